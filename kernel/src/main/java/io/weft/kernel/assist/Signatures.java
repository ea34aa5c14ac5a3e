package io.weft.kernel.assist;

import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.IntersectionType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.lang.model.type.UnionType;
import javax.lang.model.type.WildcardType;
import org.jspecify.annotations.Nullable;

/// Declarations and types as a reader of Java writes them: simple names, and nothing of JShell's wrappers.
final class Signatures {
    private Signatures() {}

    /// A type with simple names.
    static String type(TypeMirror type) {
        return switch (type.getKind()) {
            case DECLARED, ERROR -> declared((DeclaredType) type);
            case ARRAY -> type(((ArrayType) type).getComponentType()) + "[]";
            case TYPEVAR -> variable((TypeVariable) type);
            case WILDCARD -> wildcard((WildcardType) type);
            case INTERSECTION -> joined(((IntersectionType) type).getBounds(), " & ");
            case UNION -> joined(((UnionType) type).getAlternatives(), " | ");
            case NULL -> "null";
            default ->
                type.getKind().isPrimitive() || type.getKind() == TypeKind.VOID
                        ? type.getKind().name().toLowerCase(java.util.Locale.ROOT)
                        : type.toString();
        };
    }

    private static String variable(TypeVariable type) {
        String name = type.asElement().getSimpleName().toString();
        // what a wildcard stands for at one place has no name of its own
        return name.startsWith("<captured") || type.toString().startsWith("capture#")
                ? "? extends " + type(type.getUpperBound())
                : name;
    }

    private static String wildcard(WildcardType type) {
        if (type.getExtendsBound() != null) return "? extends " + type(type.getExtendsBound());
        return type.getSuperBound() != null ? "? super " + type(type.getSuperBound()) : "?";
    }

    private static String joined(List<? extends TypeMirror> types, String separator) {
        return types.stream().map(Signatures::type).collect(Collectors.joining(separator));
    }

    private static String declared(DeclaredType type) {
        String name = name(type.asElement());
        String arguments = joined(type.getTypeArguments(), ", ");
        if (name.isEmpty() && type.asElement() instanceof TypeElement anonymous)
            return anonymous.getInterfaces().isEmpty()
                    ? type(anonymous.getSuperclass())
                    : type(anonymous.getInterfaces().getFirst());
        return arguments.isEmpty() ? name : name + "<" + arguments + ">";
    }

    /// The name of a type with those that enclose it.
    static String name(@Nullable Element type) {
        if (type == null) return "";
        String name = type.getSimpleName().toString();
        Element outer = type.getEnclosingElement();
        boolean nested = outer instanceof TypeElement && !isWrapper(outer) && !name.isEmpty();
        return nested ? name(outer) + "." + name : name;
    }

    /// Whether a class is one that the session or the assistant puts around the reader's declarations.
    static boolean isWrapper(@Nullable Element element) {
        if (element == null) return false;
        String name = element.getSimpleName().toString();
        return name.startsWith("$JShell$") || name.equals(Sketch.CLASS);
    }

    /// `String substring(int, int)`: return type, name and parameters, as seen through the receiver's type.
    ///
    /// @param as the method's type for the receiver
    static String method(ExecutableElement method, ExecutableType as) {
        String parameters = parameters(method, as, -1, List.of());
        if (method.getKind() == ElementKind.CONSTRUCTOR) return name(method.getEnclosingElement()) + parameters;
        return type(as.getReturnType()) + " " + method.getSimpleName() + parameters;
    }

    /// The parameters in parentheses, with names where the class file has them.
    ///
    /// @param names  the names of the parameters where they are known from elsewhere
    /// @param marked the parameter that is put between `«` and `»`; -1 for none
    static String parameters(ExecutableElement method, ExecutableType as, int marked, List<String> names) {
        var joiner = new StringJoiner(", ", "(", ")");
        List<? extends VariableElement> parameters = method.getParameters();
        for (int i = 0; i < parameters.size(); i++) {
            String text = type(as.getParameterTypes().get(i));
            boolean last = i == parameters.size() - 1;
            if (method.isVarArgs() && last) text = text.substring(0, text.length() - 2) + "...";
            String own = parameters.get(i).getSimpleName().toString();
            String name = names.size() == parameters.size() ? names.get(i) : own;
            if (!name.matches("arg\\d+")) text += " " + name;
            boolean current = i == marked || (last && method.isVarArgs() && marked > i);
            joiner.add(current ? "«" + text + "»" : text);
        }
        return joiner.toString();
    }

    /// How a type is declared: `public sealed interface Shape<T> extends Comparable<T>`.
    static String declaration(TypeElement type) {
        var words = new StringJoiner(" ");
        for (Modifier modifier : type.getModifiers()) {
            boolean implied = modifier == Modifier.STATIC
                    || (type.getKind().isInterface() && modifier == Modifier.ABSTRACT)
                    || (modifier == Modifier.FINAL
                            && (type.getKind() == ElementKind.RECORD || type.getKind() == ElementKind.ENUM))
                    || (modifier == Modifier.PUBLIC
                            && type.getQualifiedName().toString().startsWith("REPL."));
            if (!implied) words.add(modifier.toString());
        }
        words.add(
                switch (type.getKind()) {
                    case ANNOTATION_TYPE -> "@interface";
                    default -> type.getKind().name().toLowerCase(java.util.Locale.ROOT);
                });
        String components = type.getKind() == ElementKind.RECORD
                ? type.getRecordComponents().stream()
                        .map(component -> type(component.asType()) + " " + component.getSimpleName())
                        .collect(Collectors.joining(", ", "(", ")"))
                : "";
        words.add(name(type) + parameters(type.getTypeParameters()) + components);
        @Nullable TypeMirror parent = type.getSuperclass();
        String above = parent.getKind() == TypeKind.NONE ? "" : type(parent);
        if (type.getKind() == ElementKind.CLASS && !above.equals("Object")) words.add("extends " + above);
        var interfaces = type.getInterfaces().stream()
                .map(Signatures::type)
                .filter(name -> !name.equals("Serializable")
                        || !type.getQualifiedName().toString().startsWith("REPL."))
                .toList();
        if (!interfaces.isEmpty())
            words.add((type.getKind().isInterface() ? "extends " : "implements ") + String.join(", ", interfaces));
        return words.toString();
    }

    private static String parameters(List<? extends TypeParameterElement> parameters) {
        if (parameters.isEmpty()) return "";
        return parameters.stream()
                .map(parameter -> {
                    String bounds = parameter.getBounds().stream()
                            .map(Signatures::type)
                            .filter(bound -> !bound.equals("Object"))
                            .collect(Collectors.joining(" & "));
                    return parameter.getSimpleName() + (bounds.isEmpty() ? "" : " extends " + bounds);
                })
                .collect(Collectors.joining(", ", "<", ">"));
    }
}
