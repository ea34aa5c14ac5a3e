package io.weft.concurrent;

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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    /// What makes the lambdas of a class anew; each place in the code needs a class for them, and that only once.
    private static final ClassValue<Map<String, MethodHandle>> FACTORIES = new ClassValue<>() {
        @Override
        protected Map<String, MethodHandle> computeValue(Class<?> type) {
            return new ConcurrentHashMap<>();
        }
    };

    /// What the names of classes of the JDK begin with; a class of the user may begin so, too.
    private static final List<String> JDK_PREFIXES = List.of("java/", "javax/", "jdk/", "sun/", "com/sun/");

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

    /// What a lambda of the user is made of, if its class tells.
    static @Nullable SerializedLambda open(Object function) {
        var type = function.getClass();
        if (!type.isHidden() || !type.isSynthetic() || !(function instanceof Serializable)) return null;
        try {
            var replace = type.getDeclaredMethod("writeReplace");
            replace.setAccessible(true);
            return replace.invoke(function) instanceof SerializedLambda lambda && !isOfTheJdk(lambda) ? lambda : null;
        } catch (ReflectiveOperationException | RuntimeException closed) {
            return null;
        }
    }

    /// Whether it is a lambda in a class of the JDK, as a comparator can be: nobody else may make it anew, but its
    /// class does.
    static boolean isOfTheJdk(SerializedLambda lambda) {
        var name = lambda.getCapturingClass();
        if (JDK_PREFIXES.stream().noneMatch(name::startsWith)) return false;
        try {
            Class.forName(name.replace('/', '.'), false, ClassLoader.getPlatformClassLoader());
            return true;
        } catch (ClassNotFoundException ofTheUser) {
            return false;
        }
    }

    /// Writes all but what it captures.
    void writeNames(Out out) {
        for (var text : texts()) out.putString(text);
        out.putInt(kind);
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

    /// Reads what [#writeNames] wrote; it captures nothing yet.
    static ShippedLambda readNames(In in) {
        var texts = new String[8];
        for (int i = 0; i < texts.length; i++) texts[i] = in.getString();
        return new ShippedLambda(
                texts[0],
                texts[1],
                texts[2],
                texts[3],
                in.getInt(),
                texts[4],
                texts[5],
                texts[6],
                texts[7],
                new Object[0]);
    }

    private Object readResolve() {
        return rebuild(Receiver.loader(), captured);
    }

    /// The lambda with these captured values, made of the classes of this loader.
    Object rebuild(ClassLoader loader, @Nullable Object[] values) {
        try {
            var capturing = Class.forName(capturingClass, false, loader);
            var known = FACTORIES.get(capturing);
            var names = String.join("\n", texts()) + kind;
            var factory = known.get(names);
            if (factory == null) {
                factory = factory(capturing, loader, values.length);
                known.put(names, factory);
            }
            return values.length == 0
                    ? (Object) factory.asType(NO_PARAMETERS).invokeExact()
                    : factory.invokeWithArguments(values);
        } catch (Throwable failure) {
            throw new IllegalStateException(
                    "a function from another JVM cannot be read here: its lambda %s of %s cannot be rebuilt: %s"
                            .formatted(method, capturingClass, failure),
                    failure);
        }
    }

    /// What makes such lambdas of the values that they capture.
    private MethodHandle factory(Class<?> capturing, ClassLoader loader, int values) throws Throwable {
        var lookup = lookupIn(capturing);
        var shown = Class.forName(interfaceClass, false, loader);
        var implementation = implementation(lookup, Class.forName(methodClass, false, loader), loader);
        var capturedTypes = implementation.type();
        var factoryType = capturedTypes
                .dropParameterTypes(values, capturedTypes.parameterCount())
                .changeReturnType(shown);
        return LambdaMetafactory.altMetafactory(
                        lookup,
                        interfaceMethod,
                        factoryType,
                        MethodType.fromMethodDescriptorString(interfaceSignature, loader),
                        implementation,
                        MethodType.fromMethodDescriptorString(instantiatedSignature, loader),
                        LambdaMetafactory.FLAG_SERIALIZABLE)
                .getTarget();
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
