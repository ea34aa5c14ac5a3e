package io.weft.kernel.assist;

import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.ErroneousTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnaryTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.TreePath;
import io.weft.kernel.assist.Analyst.Analysis;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import org.jspecify.annotations.Nullable;

/// Which types would fit at a place of a sketch.
///
/// @param analysis what the compiler knows
/// @param at       the place
record Expectation(Analysis analysis, TreePath at) {
    /// The types, without those that everything fits.
    List<TypeMirror> types() {
        Tree inner = at.getLeaf();
        for (TreePath path = at.getParentPath(); path != null; path = path.getParentPath()) {
            Tree tree = path.getLeaf();
            boolean transparent = tree instanceof ParenthesizedTree
                    || tree instanceof ErroneousTree
                    || (tree instanceof NewClassTree creation && creation.getIdentifier() == inner)
                    || (tree instanceof MethodInvocationTree call && call.getMethodSelect() == inner)
                    || (tree instanceof ConditionalExpressionTree choice && choice.getCondition() != inner);
            if (!transparent) return useful(around(path, inner));
            inner = tree;
        }
        return List.of();
    }

    private static List<TypeMirror> useful(List<TypeMirror> types) {
        return types.stream()
                .filter(type -> type.getKind() != TypeKind.ERROR
                        && type.getKind() != TypeKind.NONE
                        && type.getKind() != TypeKind.VOID
                        && type.getKind() != TypeKind.TYPEVAR
                        && type.getKind() != TypeKind.EXECUTABLE
                        && type.getKind() != TypeKind.PACKAGE
                        && !type.toString().equals("java.lang.Object"))
                .toList();
    }

    private List<TypeMirror> around(TreePath path, Tree inner) {
        return switch (path.getLeaf()) {
            case VariableTree variable when variable.getInitializer() == inner -> of(new TreePath(path, variable));
            case AssignmentTree assignment
            when assignment.getExpression() == inner -> of(new TreePath(path, assignment.getVariable()));
            case ReturnTree _ -> returned(path);
            case IfTree choice when choice.getCondition() == inner -> primitive(TypeKind.BOOLEAN);
            case WhileLoopTree loop when loop.getCondition() == inner -> primitive(TypeKind.BOOLEAN);
            case DoWhileLoopTree loop when loop.getCondition() == inner -> primitive(TypeKind.BOOLEAN);
            case ConditionalExpressionTree _ -> primitive(TypeKind.BOOLEAN);
            case UnaryTree not when not.getKind() == Tree.Kind.LOGICAL_COMPLEMENT -> primitive(TypeKind.BOOLEAN);
            case BinaryTree both
            when both.getKind() == Tree.Kind.CONDITIONAL_AND || both.getKind() == Tree.Kind.CONDITIONAL_OR ->
                primitive(TypeKind.BOOLEAN);
            case BinaryTree both
            when both.getKind() != Tree.Kind.PLUS ->
                of(new TreePath(path, both.getLeftOperand() == inner ? both.getRightOperand() : both.getLeftOperand()));
            case ThrowTree _ -> throwable();
            case CatchTree _ -> throwable();
            case VariableTree variable
            when path.getParentPath().getLeaf() instanceof CatchTree && variable.getType() == inner -> throwable();
            case MethodInvocationTree call ->
                arguments(methods(path, call.getMethodSelect()), call.getArguments(), inner);
            case NewClassTree creation -> arguments(constructors(path, creation), creation.getArguments(), inner);
            case LambdaExpressionTree _ -> List.of();
            default -> {
                TypeMirror selector = selector();
                yield selector == null ? List.of() : List.of(selector);
            }
        };
    }

    /// The type of what the switch around the place, whose label stands there, looks at.
    @Nullable
    TypeMirror selector() {
        for (TreePath path = at; path != null; path = path.getParentPath()) {
            ExpressionTree selector = switch (path.getLeaf()) {
                case SwitchTree choice -> choice.getExpression();
                case SwitchExpressionTree choice -> choice.getExpression();
                default -> null;
            };
            if (selector != null) {
                while (selector instanceof ParenthesizedTree inside) selector = inside.getExpression();
                return analysis.trees().getTypeMirror(new TreePath(path, selector));
            }
            if (path.getLeaf() instanceof StatementTree
                    && !(path.getLeaf() instanceof CaseTree)
                    && !(path.getLeaf() instanceof ExpressionStatementTree)) return null;
        }
        return null;
    }

    private List<TypeMirror> of(TreePath path) {
        Element element = analysis.trees().getElement(path);
        TypeMirror type = path.getLeaf() instanceof VariableTree && element != null
                ? element.asType()
                : analysis.trees().getTypeMirror(path);
        return type == null ? List.of() : List.of(type);
    }

    private List<TypeMirror> primitive(TypeKind kind) {
        return List.of(analysis.types().getPrimitiveType(kind));
    }

    private List<TypeMirror> throwable() {
        return List.of(analysis.elements().getTypeElement("java.lang.Throwable").asType());
    }

    private List<TypeMirror> returned(TreePath path) {
        for (TreePath outer = path; outer != null; outer = outer.getParentPath()) {
            if (outer.getLeaf() instanceof LambdaExpressionTree) return List.of();
            if (outer.getLeaf() instanceof MethodTree
                    && analysis.trees().getElement(outer) instanceof ExecutableElement method)
                return List.of(method.getReturnType());
        }
        return List.of();
    }

    /// The methods that a call could mean, as seen from its receiver.
    List<ExecutableType> methods(TreePath call, ExpressionTree select) {
        var path = new TreePath(call, select);
        if (analysis.trees().getElement(path) instanceof ExecutableElement method
                && method.asType() instanceof ExecutableType type
                && !(select instanceof MemberSelectTree)) return List.of(type);
        var found = new ArrayList<ExecutableType>();
        if (select instanceof MemberSelectTree member
                && analysis.trees().getTypeMirror(new TreePath(path, member.getExpression()))
                        instanceof DeclaredType receiver
                && receiver.asElement() instanceof TypeElement type)
            for (Element each : analysis.elements().getAllMembers(type))
                if (each.getKind() == ElementKind.METHOD && each.getSimpleName().contentEquals(member.getIdentifier()))
                    found.add(as(receiver, each));
        return found;
    }

    private ExecutableType as(DeclaredType receiver, Element method) {
        boolean isStatic = method.getModifiers().contains(Modifier.STATIC);
        return (ExecutableType) (isStatic ? method.asType() : analysis.types().asMemberOf(receiver, method));
    }

    private List<ExecutableType> constructors(TreePath path, NewClassTree creation) {
        var found = new ArrayList<ExecutableType>();
        if (analysis.trees().getTypeMirror(new TreePath(path, creation.getIdentifier())) instanceof DeclaredType type)
            for (Element each : type.asElement().getEnclosedElements())
                if (each.getKind() == ElementKind.CONSTRUCTOR) found.add((ExecutableType) each.asType());
        return found;
    }

    private static List<TypeMirror> arguments(
            List<ExecutableType> methods, List<? extends Tree> arguments, Tree inner) {
        int index = arguments.indexOf(inner);
        var found = new ArrayList<TypeMirror>();
        if (index < 0) return found;
        for (ExecutableType method : methods) {
            List<? extends TypeMirror> parameters = method.getParameterTypes();
            if (index < parameters.size()) found.add(parameters.get(index));
            if (!parameters.isEmpty()
                    && index >= parameters.size() - 1
                    && parameters.getLast() instanceof ArrayType array) found.add(array.getComponentType());
        }
        return found;
    }
}
