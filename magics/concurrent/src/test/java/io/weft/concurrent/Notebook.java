package io.weft.concurrent;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassHierarchyResolver.ClassHierarchyInfo;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Interfaces;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.LambdaMetafactory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.jspecify.annotations.Nullable;

/// A JShell session in this JVM that treats classes as the kernel does: it makes them and their lambdas
/// serialisable and answers for their bytes.
final class Notebook implements AutoCloseable {
    private final JShell shell;

    Notebook() {
        var classPath = System.getProperty("java.class.path");
        shell = JShell.builder()
                .compilerOptions("-g", "-classpath", classPath)
                .executionEngine(new Engine(), Map.of())
                .build();
        eval("import io.weft.concurrent.*; import static io.weft.concurrent.Range.range; import java.util.*;"
                + " import java.util.function.*;");
    }

    /// Evaluates all snippets; the value of the last one, as text.
    String eval(String cell) {
        String value = "";
        for (var rest = cell; !rest.isBlank(); ) {
            var part = shell.sourceCodeAnalysis().analyzeCompletion(rest);
            for (var event : shell.eval(part.source())) {
                if (event.causeSnippet() != null) continue;
                if (event.exception() instanceof EvalException thrown)
                    throw new CellFailed(thrown.getExceptionClassName(), thrown);
                if (event.status() == Snippet.Status.REJECTED)
                    throw new IllegalArgumentException(part.source() + ": "
                            + shell.diagnostics(event.snippet())
                                    .map(diagnostic -> diagnostic.getMessage(null))
                                    .toList());
                value = event.value() == null ? "" : event.value();
            }
            rest = part.remaining();
        }
        return value;
    }

    @Override
    public void close() {
        shell.close();
    }

    static final class CellFailed extends RuntimeException {
        final String className;

        CellFailed(String className, Throwable cause) {
            super(cause.getMessage(), cause);
            this.className = className;
        }
    }

    private static final class Engine implements ExecutionControlProvider {
        @Override
        public String name() {
            return "here";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv env, @Nullable Map<String, String> parameters) {
            return new DirectExecutionControl(new Loader());
        }
    }

    private static final class Loader extends ClassLoader implements LoaderDelegate {
        private final Map<String, byte[]> bytes = new ConcurrentHashMap<>();

        Loader() {
            super(Notebook.class.getClassLoader());
        }

        @Override
        public void load(ExecutionControl.ClassBytecodes[] classes) {
            for (var each : classes) bytes.put(each.name(), sendable(each.bytecodes()));
            for (var each : classes) {
                try {
                    loadClass(each.name());
                } catch (ClassNotFoundException impossible) {
                    throw new IllegalStateException(impossible);
                }
            }
        }

        @Override
        public void classesRedefined(ExecutionControl.ClassBytecodes[] classes) {}

        @Override
        public void addToClasspath(String path) {}

        @Override
        public Class<?> findClass(String name) throws ClassNotFoundException {
            var known = bytes.get(name);
            if (known == null) throw new ClassNotFoundException(name);
            var loaded = findLoadedClass(name);
            return loaded != null ? loaded : defineClass(name, known, 0, known.length);
        }

        @Override
        public @Nullable InputStream getResourceAsStream(String name) {
            var known = bytes.get(name.replace(".class", "").replace('/', '.'));
            return known != null ? new ByteArrayInputStream(known) : super.getResourceAsStream(name);
        }
    }

    private static byte[] sendable(byte[] original) {
        var hierarchy = ClassHierarchyResolver.defaultResolver()
                .orElse(_ -> ClassHierarchyInfo.ofClass(ConstantDescs.CD_Object));
        var classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(hierarchy));
        var model = classFile.parse(original);
        return classFile.build(model.thisClass().asSymbol(), type -> {
            var interfaces = new LinkedHashSet<ClassDesc>();
            for (var element : model) {
                switch (element) {
                    case Interfaces declared -> declared.interfaces().forEach(each -> interfaces.add(each.asSymbol()));
                    case MethodModel method ->
                        type.transformMethod(
                                method, java.lang.classfile.MethodTransform.transformingCode(serialisableLambdas()));
                    default -> type.with(element);
                }
            }
            interfaces.add(Serializable.class.describeConstable().orElseThrow());
            type.withInterfaceSymbols(new ArrayList<>(interfaces));
        });
    }

    private static CodeTransform serialisableLambdas() {
        var metafactory = LambdaMetafactory.class.describeConstable().orElseThrow();
        return (code, element) -> {
            if (element instanceof InvokeDynamicInstruction site
                    && site.bootstrapMethod().owner().equals(metafactory)
                    && site.bootstrapMethod().methodName().equals("metafactory")) {
                var arguments = new ArrayList<ConstantDesc>(site.bootstrapArgs());
                arguments.add(LambdaMetafactory.FLAG_SERIALIZABLE);
                var alt = MethodHandleDesc.ofMethod(
                        java.lang.constant.DirectMethodHandleDesc.Kind.STATIC,
                        metafactory,
                        "altMetafactory",
                        MethodTypeDesc.of(
                                ConstantDescs.CD_CallSite,
                                ConstantDescs.CD_MethodHandles_Lookup,
                                ConstantDescs.CD_String,
                                ConstantDescs.CD_MethodType,
                                ConstantDescs.CD_Object.arrayType()));
                code.invokedynamic(DynamicCallSiteDesc.of(
                        alt, site.name().stringValue(), site.typeSymbol(), arguments.toArray(ConstantDesc[]::new)));
            } else {
                code.with(element);
            }
        };
    }
}
