package io.weft.kernel.eval;

import static java.lang.classfile.ClassFile.StackMapsOption.DROP_STACK_MAPS;
import static java.lang.constant.ConstantDescs.CD_CallSite;
import static java.lang.constant.ConstantDescs.CD_MethodHandles_Lookup;
import static java.lang.constant.ConstantDescs.CD_MethodType;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.io.Console;
import java.io.Serializable;
import java.lang.classfile.AccessFlags;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Interfaces;
import java.lang.classfile.Label;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.LambdaMetafactory;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Rewrites the classes of cells before they are loaded.
///
/// Each class becomes `Serializable`, as do its lambdas, so that nobody has to write that down
/// to send them to a worker JVM; and stack traces name the cell and its lines. That is the *portable*
/// form, which workers get. The *guarded* form, which this JVM loads, has stop checks besides,
/// calls of `System.exit` that throw, waits that an interrupt of the cell ends, and a console that asks the front end.
/// Stateless; any thread.
final class ClassRewriter {
    private static final ClassDesc CHECK = ClassDesc.of(StopCheck.class.getName());
    private static final DynamicCallSiteDesc STOP_CHECK = DynamicCallSiteDesc.of(
            MethodHandleDesc.ofMethod(
                    DirectMethodHandleDesc.Kind.STATIC,
                    CHECK,
                    "link",
                    MethodTypeDesc.of(CD_CallSite, CD_MethodHandles_Lookup, CD_String, CD_MethodType)),
            "stopCheck",
            MethodTypeDesc.of(CD_void));
    private static final ClassDesc SERIALIZABLE = ClassDesc.of(Serializable.class.getName());
    private static final ClassDesc METHOD = ClassDesc.of(Method.class.getName());
    private static final ClassDesc RUNTIME = ClassDesc.of(Runtime.class.getName());
    private static final ClassDesc THROWABLE = ClassDesc.of(Throwable.class.getName());
    private static final ClassDesc SYSTEM = ClassDesc.of(System.class.getName());
    private static final ClassDesc WAITS = ClassDesc.of(Waits.class.getName());
    private static final ClassDesc CONSOLE = ClassDesc.of(Console.class.getName());
    private static final ClassDesc CELL_CONSOLE = ClassDesc.of(CellConsole.class.getName());
    private static final ClassDesc LOCK = ClassDesc.of(Lock.class.getName());
    private static final Set<ClassDesc> LOCKS = Set.of(
            ClassDesc.of(ReentrantLock.class.getName()),
            ClassDesc.of(ReentrantReadWriteLock.ReadLock.class.getName()),
            ClassDesc.of(ReentrantReadWriteLock.WriteLock.class.getName()));
    /// The calls for which [Waits] stands.
    private static final Set<String> WAIT_CALLS = Set.of(
            "java/util/concurrent/locks/Lock.lock()V",
            "java/util/concurrent/locks/ReentrantLock.lock()V",
            "java/util/concurrent/locks/ReentrantReadWriteLock$ReadLock.lock()V",
            "java/util/concurrent/locks/ReentrantReadWriteLock$WriteLock.lock()V",
            "java/util/concurrent/locks/Condition.awaitUninterruptibly()V",
            "java/util/concurrent/Semaphore.acquireUninterruptibly()V",
            "java/util/concurrent/Semaphore.acquireUninterruptibly(I)V",
            "java/util/concurrent/CompletableFuture.join()Ljava/lang/Object;",
            "java/util/concurrent/Phaser.arriveAndAwaitAdvance()I",
            "java/util/concurrent/Phaser.awaitAdvance(I)I");
    private static final DirectMethodHandleDesc ALT_METAFACTORY = MethodHandleDesc.ofMethod(
            DirectMethodHandleDesc.Kind.STATIC,
            ClassDesc.of(LambdaMetafactory.class.getName()),
            "altMetafactory",
            MethodTypeDesc.of(CD_CallSite, CD_MethodHandles_Lookup, CD_String, CD_MethodType, CD_Object.arrayType()));

    private final ClassFile classFile = ClassFile.of(DROP_STACK_MAPS);

    /// Where a class comes from.
    ///
    /// @param file              the name that frames show as its file
    /// @param firstLine         the line of the cell in which the code starts
    /// @param lineShift         what to add to a line of JShell's wrapper to get the line of the cell
    /// @param volatileVariables whether its variables are volatile
    record Origin(String file, int firstLine, int lineShift, boolean volatileVariables) {
        /// What JShell put before the reader's code counts as its first line.
        int cellLine(int wrapperLine) {
            return Math.max(firstLine, wrapperLine + lineShift);
        }
    }

    /// The form of a class that a worker JVM gets.
    byte[] portable(byte[] bytes, Origin origin) {
        return rewrite(bytes, origin, false);
    }

    /// The form of a class that this JVM loads.
    ///
    /// @throws IllegalArgumentException if a method is too large to take the checks
    byte[] guarded(byte[] bytes, Origin origin) {
        return rewrite(bytes, origin, true);
    }

    private byte[] rewrite(byte[] bytes, Origin origin, boolean guard) {
        var model = classFile.parse(bytes);
        ClassTransform header = ClassTransform.ofStateful(() -> new Header(origin));
        ClassTransform methods = ClassTransform.transformingMethods(methodTransform(origin, guard));
        boolean wrapper = model.thisClass().asInternalName().matches("REPL/\\$JShell\\$\\w+");
        ClassTransform fields =
                origin.volatileVariables() && wrapper ? ClassRewriter::volatileField : ClassTransform.ACCEPT_ALL;
        return classFile.transformClass(model, header.andThen(fields).andThen(methods));
    }

    private static void volatileField(ClassBuilder builder, ClassElement element) {
        if (!(element instanceof FieldModel field)) {
            builder.with(element);
            return;
        }
        builder.withField(field.fieldName(), field.fieldType(), copy -> {
            for (FieldElement part : field) {
                if (part instanceof AccessFlags flags) copy.withFlags(flags.flagsMask() | ClassFile.ACC_VOLATILE);
                else copy.with(part);
            }
        });
    }

    private static MethodTransform methodTransform(Origin origin, boolean guard) {
        return (builder, element) -> {
            if (element instanceof CodeModel code) builder.withCode(to -> new Body(code, to, origin, guard).copy());
            else builder.with(element);
        };
    }

    /// Names the source file and adds `Serializable` to the interfaces.
    private static final class Header implements ClassTransform {
        private final Origin origin;
        private boolean seenInterfaces;

        Header(Origin origin) {
            this.origin = origin;
        }

        @Override
        public void accept(ClassBuilder builder, ClassElement element) {
            switch (element) {
                case SourceFileAttribute _ -> builder.with(SourceFileAttribute.of(origin.file()));
                case Interfaces interfaces -> {
                    seenInterfaces = true;
                    var names = new ArrayList<>(interfaces.interfaces().stream()
                            .map(entry -> entry.asSymbol())
                            .toList());
                    if (!names.contains(SERIALIZABLE)) names.add(SERIALIZABLE);
                    builder.withInterfaceSymbols(names);
                }
                default -> builder.with(element);
            }
        }

        @Override
        public void atEnd(ClassBuilder builder) {
            if (!seenInterfaces) builder.withInterfaceSymbols(SERIALIZABLE);
        }
    }

    /// Copies the code of one method. The stack maps stay the compiler's own: they name labels, which move
    /// with the code, and a check leaves the stack as it was.
    private static final class Body {
        private final CodeModel code;
        private final CodeBuilder to;
        private final Origin origin;
        private final boolean guard;
        private final Set<Label> passed = new HashSet<>();

        Body(CodeModel code, CodeBuilder to, Origin origin, boolean guard) {
            this.code = code;
            this.to = to;
            this.origin = origin;
            this.guard = guard;
        }

        void copy() {
            boolean started = false;
            boolean constructor = code.parent()
                    .map(method -> method.methodName().stringValue().equals("<init>"))
                    .orElse(false);
            for (CodeElement element : code) {
                if (guard && !started && !constructor && isInstruction(element)) {
                    started = true;
                    to.invokedynamic(STOP_CHECK);
                }
                element(element);
            }
            code.findAttribute(Attributes.stackMapTable()).ifPresent(to::with);
        }

        private static boolean isInstruction(CodeElement element) {
            return element instanceof java.lang.classfile.Instruction;
        }

        private void element(CodeElement element) {
            switch (element) {
                case LabelTarget target -> {
                    passed.add(target.label());
                    to.with(target);
                }
                case LineNumber line -> to.lineNumber(origin.cellLine(line.line()));
                case BranchInstruction branch -> {
                    checkBefore(passed.contains(branch.target()));
                    to.with(branch);
                }
                case TableSwitchInstruction table -> {
                    checkBefore(table.cases().stream().anyMatch(target -> passed.contains(target.target())));
                    to.with(table);
                }
                case LookupSwitchInstruction lookup -> {
                    checkBefore(lookup.cases().stream().anyMatch(target -> passed.contains(target.target())));
                    to.with(lookup);
                }
                case InvokeDynamicInstruction dynamic -> to.invokedynamic(lambda(dynamic));
                case InvokeInstruction call
                when guard && isExit(call) ->
                    to.invokestatic(CHECK, call.name().stringValue(), guardType(call.opcode() == Opcode.INVOKESTATIC));
                case InvokeInstruction call when guard && isReflection(call) -> checkMethodOf(call);
                case InvokeInstruction call
                when guard && isConsole(call.owner().asSymbol(), call.name().stringValue()) ->
                    to.invokestatic(CELL_CONSOLE, "console", MethodTypeDesc.of(CONSOLE));
                case InvokeInstruction call
                when guard && isCall(call, "java/lang/IO.readln(Ljava/lang/String;)Ljava/lang/String;") ->
                    to.invokestatic(CELL_CONSOLE, "readln", call.typeSymbol());
                case InvokeInstruction call
                when guard && isCall(call, "java/lang/Thread.dumpStack()V") ->
                    to.invokestatic(CHECK, "dumpStack", call.typeSymbol());
                case InvokeInstruction call
                when guard && isStackTrace(call) ->
                    to.invokestatic(CHECK, "printStackTrace", ofReceiver(call.typeSymbol()));
                case InvokeInstruction call
                when guard && isWait(call) ->
                    to.invokestatic(
                            WAITS,
                            call.name().stringValue(),
                            call.typeSymbol()
                                    .insertParameterTypes(
                                            0, receiver(call.owner().asSymbol())));
                default -> to.with(element);
            }
        }

        private static boolean isReflection(InvokeInstruction call) {
            return call.owner().asSymbol().equals(METHOD) && call.name().equalsString("invoke");
        }

        /// Shows the method to [StopCheck#refuseExit]. What it is called on and with waits in variables that the code
        /// does not have; the call itself stays where it is, since it may do what its class may do.
        private void checkMethodOf(InvokeInstruction call) {
            int arguments = ((CodeAttribute) code).maxLocals();
            to.astore(arguments).astore(arguments + 1);
            to.invokestatic(CHECK, "refuseExit", MethodTypeDesc.of(METHOD, METHOD));
            to.aload(arguments + 1).aload(arguments).with(call);
        }

        /// Whether something is told to print its stack trace: an exception, as far as the call tells.
        private static boolean isStackTrace(InvokeInstruction call) {
            if (!call.name().equalsString("printStackTrace") || call.opcode() != Opcode.INVOKEVIRTUAL) return false;
            String owner = call.owner().asInternalName();
            boolean ofJdk = owner.startsWith("java/") && owner.matches(".*(?:Exception|Error|/Throwable)");
            boolean ofCell = owner.startsWith("REPL/") && call.typeSymbol().parameterCount() == 0;
            return call.typeSymbol().returnType().equals(CD_void) && (ofJdk || ofCell);
        }

        private static MethodTypeDesc ofReceiver(MethodTypeDesc method) {
            return method.insertParameterTypes(0, method.parameterCount() == 0 ? CD_Object : THROWABLE);
        }

        private static boolean isWait(InvokeInstruction call) {
            return call.opcode() != Opcode.INVOKESPECIAL && WAIT_CALLS.contains(signature(call));
        }

        private static boolean isCall(InvokeInstruction call, String signature) {
            return call.opcode() == Opcode.INVOKESTATIC && signature(call).equals(signature);
        }

        private static String signature(InvokeInstruction call) {
            return call.owner().asInternalName() + "." + call.name().stringValue()
                    + call.type().stringValue();
        }

        /// Locks of all kinds are locks.
        private static ClassDesc receiver(ClassDesc owner) {
            return LOCKS.contains(owner) ? LOCK : owner;
        }

        private void checkBefore(boolean jumpsBack) {
            if (guard && jumpsBack) to.invokedynamic(STOP_CHECK);
        }

        private static boolean isExit(InvokeInstruction call) {
            return isExit(call.owner().asSymbol(), call.name().stringValue());
        }

        private static boolean isExit(ClassDesc owner, String name) {
            return (owner.equals(SYSTEM) && name.equals("exit"))
                    || (owner.equals(RUNTIME) && (name.equals("exit") || name.equals("halt")));
        }

        private static boolean isConsole(ClassDesc owner, String name) {
            return owner.equals(SYSTEM) && name.equals("console");
        }

        private static MethodTypeDesc guardType(boolean ofSystem) {
            return ofSystem ? MethodTypeDesc.of(CD_void, CD_int) : MethodTypeDesc.of(CD_void, RUNTIME, CD_int);
        }

        /// A lambda's call site, made serialisable; any other call site as it is.
        private DynamicCallSiteDesc lambda(InvokeDynamicInstruction dynamic) {
            var bootstrap = dynamic.bootstrapMethod();
            var arguments = new ArrayList<>(dynamic.bootstrapArgs());
            if (!bootstrap.owner().displayName().equals("LambdaMetafactory"))
                return DynamicCallSiteDesc.of(
                        bootstrap, dynamic.name().stringValue(), dynamic.typeSymbol(), array(arguments));
            if (guard) arguments.replaceAll(Body::redirected);
            if (bootstrap.methodName().equals("metafactory")) arguments.add(LambdaMetafactory.FLAG_SERIALIZABLE);
            else arguments.set(3, (Integer) arguments.get(3) | LambdaMetafactory.FLAG_SERIALIZABLE);
            return DynamicCallSiteDesc.of(
                    ALT_METAFACTORY, dynamic.name().stringValue(), dynamic.typeSymbol(), array(arguments));
        }

        private static ConstantDesc[] array(List<ConstantDesc> arguments) {
            return arguments.toArray(ConstantDesc[]::new);
        }

        /// The method that stands for the one which a method reference names.
        private static ConstantDesc redirected(ConstantDesc argument) {
            if (!(argument instanceof DirectMethodHandleDesc method)) return argument;
            if (isConsole(method.owner(), method.methodName()))
                return MethodHandleDesc.ofMethod(
                        DirectMethodHandleDesc.Kind.STATIC, CELL_CONSOLE, "console", MethodTypeDesc.of(CONSOLE));
            if (!isExit(method.owner(), method.methodName())) return argument;
            boolean ofSystem = method.kind() == DirectMethodHandleDesc.Kind.STATIC;
            return MethodHandleDesc.ofMethod(
                    DirectMethodHandleDesc.Kind.STATIC, CHECK, method.methodName(), guardType(ofSystem));
        }
    }
}
