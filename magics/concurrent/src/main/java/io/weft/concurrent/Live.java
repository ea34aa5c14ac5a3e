package io.weft.concurrent;

import java.io.Serializable;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An object of a user's class that lives in a manager, as others reach it: calls of its proxies become messages.
final class Live implements InvocationHandler, Serializable {
    private static final String SUFFIX = "$WeftLive";
    private static final String HANDLER = "weftHandler";
    private static final String EQUALS = "equals(java.lang.Object)";
    private static final List<String> OF_OBJECT = List.of("equals", "hashCode", "toString");
    private static final String METHODS = "weftMethods";
    private static final ClassDesc HANDLER_TYPE = desc(InvocationHandler.class);
    private static final ClassDesc METHOD_TYPE = desc(Method.class);
    private static final ClassDesc METHODS_TYPE = METHOD_TYPE.arrayType();
    private static final MethodTypeDesc INVOKE = MethodTypeDesc.of(
            ConstantDescs.CD_Object, ConstantDescs.CD_Object, METHOD_TYPE, ConstantDescs.CD_Object.arrayType());

    private final transient Handle<ObjectOps> handle;

    Live(Handle<ObjectOps> handle) {
        this.handle = handle;
    }

    /// What travels in place of a proxy.
    record Sent(Object live, String type) implements Serializable {
        private Object readResolve() throws ClassNotFoundException {
            return ((Live) live).proxy(Class.forName(type, false, Receiver.loader()));
        }
    }

    /// The object behind a proxy; null if it is none.
    static @Nullable Live behind(Object proxy) {
        if (Proxy.isProxyClass(proxy.getClass()))
            return Proxy.getInvocationHandler(proxy) instanceof Live live ? live : null;
        if (!isProxy(proxy.getClass().getName())) return null;
        try {
            return proxy.getClass().getField(HANDLER).get(proxy) instanceof Live live ? live : null;
        } catch (ReflectiveOperationException notOurs) {
            return null;
        }
    }

    /// Whether a class is one of those made here for proxies.
    static boolean isProxy(String className) {
        return className.endsWith(SUFFIX);
    }

    /// The type that a proxy stands for.
    static Class<?> typeOf(Object proxy) {
        return Proxy.isProxyClass(proxy.getClass())
                ? proxy.getClass().getInterfaces()[0]
                : proxy.getClass().getSuperclass();
    }

    Sent sent(Class<?> type) {
        return new Sent(this, type.getName());
    }

    /// An object of the type, each method of which asks the one in the manager.
    Object proxy(Class<?> type) {
        if (type.isInterface()) return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this);
        try {
            var proxyClass = proxyClass(type);
            var constructor = proxyClass.getDeclaredConstructor();
            constructor.setAccessible(true);
            var proxy = constructor.newInstance();
            proxyClass.getField(HANDLER).set(proxy, this);
            return proxy;
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException("cannot make a proxy of " + type.getName() + ": " + failure, failure);
        }
    }

    /// Refuses a type of which there can be no proxy.
    static void requireProxyable(Class<?> type) {
        String why = "";
        if (type.isPrimitive() || type.isArray() || type.isAnnotation() || type.isHidden() || type.isSealed())
            why = "it is not a plain interface or class";
        else if (type.isInterface()) return;
        else if (Modifier.isFinal(type.getModifiers())) why = type.isRecord() ? "it is a record" : "it is final";
        else if (!UserClasses.isUser(type)) why = "it belongs to the JDK";
        else if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) why = "it is an inner class";
        else {
            try {
                if (Modifier.isPrivate(type.getDeclaredConstructor().getModifiers()))
                    why = "its constructor is private";
            } catch (NoSuchMethodException missing) {
                why = "it has no constructor without parameters";
            }
        }
        if (!why.isEmpty())
            throw new IllegalArgumentException(
                    "%s cannot be shared: %s, so no proxy can stand for it. Register an interface that it implements."
                            .formatted(type.getName(), why));
    }

    /// The methods that can be called through a proxy of a type, by signature.
    static Map<String, Method> methods(Class<?> type) {
        var methods = new LinkedHashMap<String, Method>();
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass())
            for (var method : at.getDeclaredMethods()) add(methods, method);
        for (var method : type.getMethods()) add(methods, method);
        for (var method : Object.class.getMethods()) add(methods, method);
        return methods;
    }

    private static void add(Map<String, Method> methods, Method method) {
        int modifiers = method.getModifiers();
        boolean own = method.getDeclaringClass() != Object.class || OF_OBJECT.contains(method.getName());
        if (own && !Modifier.isStatic(modifiers) && !Modifier.isPrivate(modifiers))
            methods.putIfAbsent(signature(method), method);
    }

    private static String signature(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getName)
                .collect(Collectors.joining(",", method.getName() + "(", ")"));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (signature(method).equals(EQUALS)) // two proxies are equal if the same object is behind them
        return arguments != null && arguments[0] != null && behind(arguments[0]) == this;
        var given = arguments == null ? new Object[0] : arguments;
        return Handle.<@Nullable Object>here(handle.ops().call(signature(method), given));
    }

    private Object writeReplace() {
        return handle.reference(this);
    }

    // ---- proxies of classes

    private static synchronized Class<?> proxyClass(Class<?> type) throws ReflectiveOperationException {
        var name = type.getName() + SUFFIX;
        try {
            return Class.forName(name, true, type.getClassLoader());
        } catch (ClassNotFoundException missing) {
            var methods = new ArrayList<Method>();
            for (var method : methods(type).values()) if (!Modifier.isFinal(method.getModifiers())) methods.add(method);
            var made =
                    MethodHandles.privateLookupIn(type, MethodHandles.lookup()).defineClass(code(name, type, methods));
            made.getField(METHODS).set(null, methods.toArray(new Method[0]));
            return made;
        }
    }

    private static byte[] code(String name, Class<?> type, List<Method> methods) {
        var self = ClassDesc.of(name);
        var parent = desc(type);
        return ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(_ -> null))
                .build(self, made -> {
                    made.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_SYNTHETIC)
                            .withSuperclass(parent);
                    made.withField(HANDLER, HANDLER_TYPE, ClassFile.ACC_PUBLIC | ClassFile.ACC_TRANSIENT);
                    made.withField(METHODS, METHODS_TYPE, ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC);
                    made.withMethodBody(
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void,
                            ClassFile.ACC_PUBLIC,
                            code -> code.aload(0)
                                    .invokespecial(parent, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                                    .return_());
                    for (int i = 0; i < methods.size(); i++) {
                        int index = i;
                        var method = methods.get(i);
                        var shape = MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                                .describeConstable()
                                .orElseThrow();
                        made.withMethodBody(
                                method.getName(),
                                shape,
                                method.getModifiers() & (ClassFile.ACC_PUBLIC | ClassFile.ACC_PROTECTED),
                                code -> forward(code, self, index, shape));
                    }
                });
    }

    /// `return handler.invoke(this, methods[index], arguments)`
    private static void forward(CodeBuilder code, ClassDesc self, int index, MethodTypeDesc shape) {
        code.aload(0).getfield(self, HANDLER, HANDLER_TYPE);
        code.aload(0);
        code.getstatic(self, METHODS, METHODS_TYPE).loadConstant(index).aaload();
        code.loadConstant(shape.parameterCount()).anewarray(ConstantDescs.CD_Object);
        for (int i = 0; i < shape.parameterCount(); i++) {
            var parameter = shape.parameterType(i);
            code.dup().loadConstant(i).loadLocal(TypeKind.from(parameter), code.parameterSlot(i));
            if (parameter.isPrimitive()) {
                var box = box(parameter);
                code.invokestatic(box, "valueOf", MethodTypeDesc.of(box, parameter));
            }
            code.aastore();
        }
        code.invokeinterface(HANDLER_TYPE, "invoke", INVOKE);
        var result = shape.returnType();
        if (result.equals(ConstantDescs.CD_void)) {
            code.pop().return_();
        } else if (result.isPrimitive()) {
            var box = box(result);
            code.checkcast(box).invokevirtual(box, result.displayName() + "Value", MethodTypeDesc.of(result));
            code.return_(TypeKind.from(result));
        } else {
            code.checkcast(result).areturn();
        }
    }

    private static ClassDesc box(ClassDesc primitive) {
        return desc(MethodType.methodType(
                        switch (primitive.descriptorString().charAt(0)) {
                            case 'I' -> int.class;
                            case 'J' -> long.class;
                            case 'D' -> double.class;
                            case 'F' -> float.class;
                            case 'Z' -> boolean.class;
                            case 'C' -> char.class;
                            case 'B' -> byte.class;
                            default -> short.class;
                        })
                .wrap()
                .returnType());
    }

    private static ClassDesc desc(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }
}
