package io.weft.concurrent;

import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A lambda on its way: which method it runs, as what interface, with which captured values.
///
/// It is made anew with [LambdaMetafactory], so its class needs no `$deserializeLambda$`.
@SuppressWarnings("ArrayRecordComponent") // shared with nobody
record ShippedLambda(
        String capturingClass,
        String interfaceClass,
        String interfaceMethod,
        String interfaceSignature,
        int kind,
        String methodClass,
        String method,
        String methodSignature,
        String instantiatedSignature,
        @Nullable Object[] captured)
        implements Serializable {
    private static final String LOOKUP_CLASS = "WeftLookup$";
    private static final MethodType NO_PARAMETERS = MethodType.methodType(Object.class);
    private static final ClassDesc LOOKUP =
            MethodHandles.Lookup.class.describeConstable().orElseThrow();

    static ShippedLambda of(SerializedLambda lambda) {
        var captured = new @Nullable Object[lambda.getCapturedArgCount()];
        for (int i = 0; i < captured.length; i++) captured[i] = lambda.getCapturedArg(i);
        return new ShippedLambda(
                lambda.getCapturingClass().replace('/', '.'),
                lambda.getFunctionalInterfaceClass().replace('/', '.'),
                lambda.getFunctionalInterfaceMethodName(),
                lambda.getFunctionalInterfaceMethodSignature(),
                lambda.getImplMethodKind(),
                lambda.getImplClass().replace('/', '.'),
                lambda.getImplMethodName(),
                lambda.getImplMethodSignature(),
                lambda.getInstantiatedMethodType(),
                captured);
    }

    /// What a lambda is made of, if its class tells.
    static @Nullable SerializedLambda open(Object function) {
        var type = function.getClass();
        if (!type.isHidden() || !type.isSynthetic() || !(function instanceof Serializable)) return null;
        try {
            var replace = type.getDeclaredMethod("writeReplace");
            replace.setAccessible(true);
            return replace.invoke(function) instanceof SerializedLambda lambda ? lambda : null;
        } catch (ReflectiveOperationException | RuntimeException closed) {
            return null;
        }
    }

    /// Writes it, if what it captures can be written without Java serialisation.
    boolean write(Out out, Trace trace) {
        for (var text : texts()) out.putString(text);
        out.putInt(kind).putInt(captured.length);
        for (var value : captured) if (!Codec.box(out, value, trace)) return false;
        return true;
    }

    private List<String> texts() {
        return List.of(
                capturingClass,
                interfaceClass,
                interfaceMethod,
                interfaceSignature,
                methodClass,
                method,
                methodSignature,
                instantiatedSignature);
    }

    static ShippedLambda read(In in, ClassLoader loader) {
        var texts = new String[8];
        for (int i = 0; i < texts.length; i++) texts[i] = in.getString();
        int kind = in.getInt();
        var captured = new @Nullable Object[in.getLength(1)];
        for (int i = 0; i < captured.length; i++) captured[i] = Codec.read(in, loader);
        return new ShippedLambda(
                texts[0], texts[1], texts[2], texts[3], kind, texts[4], texts[5], texts[6], texts[7], captured);
    }

    private Object readResolve() throws ObjectStreamException {
        return rebuild(Receiver.loader());
    }

    /// The lambda, made of the classes of this loader.
    Object rebuild(ClassLoader loader) throws ObjectStreamException {
        try {
            var lookup = lookupIn(Class.forName(capturingClass, false, loader));
            var shown = Class.forName(interfaceClass, false, loader);
            var implementation = implementation(lookup, Class.forName(methodClass, false, loader), loader);
            var capturedTypes = implementation.type();
            var factoryType = capturedTypes
                    .dropParameterTypes(captured.length, capturedTypes.parameterCount())
                    .changeReturnType(shown);
            var site = LambdaMetafactory.altMetafactory(
                    lookup,
                    interfaceMethod,
                    factoryType,
                    MethodType.fromMethodDescriptorString(interfaceSignature, loader),
                    implementation,
                    MethodType.fromMethodDescriptorString(instantiatedSignature, loader),
                    LambdaMetafactory.FLAG_SERIALIZABLE);
            return captured.length == 0
                    ? (Object) site.getTarget().asType(NO_PARAMETERS).invokeExact()
                    : site.getTarget().invokeWithArguments(captured);
        } catch (Throwable failure) {
            var broken = new InvalidObjectException(
                    "cannot rebuild the lambda %s of %s: %s".formatted(method, capturingClass, failure));
            broken.initCause(failure);
            throw broken;
        }
    }

    private MethodHandle implementation(MethodHandles.Lookup lookup, Class<?> owner, ClassLoader loader)
            throws ReflectiveOperationException {
        var type = MethodType.fromMethodDescriptorString(methodSignature, loader);
        return switch (kind) {
            case MethodHandleInfo.REF_invokeStatic -> lookup.findStatic(owner, method, type);
            case MethodHandleInfo.REF_newInvokeSpecial -> lookup.findConstructor(owner, type);
            case MethodHandleInfo.REF_invokeSpecial -> lookup.findSpecial(owner, method, type, owner);
            default -> lookup.findVirtual(owner, method, type);
        };
    }

    /// A lookup with all rights of `type`. One that comes from our own module would lack the rights that
    /// [LambdaMetafactory] asks for, so a tiny class in the package of `type` makes it.
    private static MethodHandles.Lookup lookupIn(Class<?> type) throws ReflectiveOperationException {
        var outside = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        if (outside.hasFullPrivilegeAccess()) return outside;
        var prefix = type.getPackageName().isEmpty() ? "" : type.getPackageName() + ".";
        var name = prefix + LOOKUP_CLASS;
        Class<?> inside;
        synchronized (ShippedLambda.class) {
            try {
                inside = Class.forName(name, true, type.getClassLoader());
            } catch (ClassNotFoundException missing) {
                inside = outside.defineClass(lookupClass(name));
            }
        }
        var own = (MethodHandles.Lookup) inside.getMethod("lookup").invoke(null);
        return MethodHandles.privateLookupIn(type, java.util.Objects.requireNonNull(own));
    }

    /// Whether a class is one that is made here and nowhere to be fetched.
    static boolean isLookup(String className) {
        return className.endsWith(LOOKUP_CLASS);
    }

    private static byte[] lookupClass(String name) {
        return ClassFile.of()
                .build(
                        ClassDesc.of(name),
                        type -> type.withFlags(ClassFile.ACC_PUBLIC)
                                .withMethodBody(
                                        "lookup",
                                        MethodTypeDesc.of(LOOKUP),
                                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                                        code -> code.invokestatic(
                                                        ConstantDescs.CD_MethodHandles,
                                                        "lookup",
                                                        MethodTypeDesc.of(ConstantDescs.CD_MethodHandles_Lookup))
                                                .areturn()));
    }
}
