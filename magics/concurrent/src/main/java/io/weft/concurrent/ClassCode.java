package io.weft.concurrent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.LocalVariableTableAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the methods of one class refer to, read from its bytes.
///
/// @param methods the methods by name and descriptor, as in `f(I)I`
record ClassCode(Map<String, Body> methods) {
    private static final ClassCode UNKNOWN = new ClassCode(Map.of());
    private static final ClassValue<ClassCode> CODE = new ClassValue<>() {
        @Override
        protected ClassCode computeValue(Class<?> type) {
            byte[] bytes = UserClasses.bytes(type);
            return bytes == null ? UNKNOWN : read(ClassFile.of().parse(bytes));
        }
    };

    /// One method: whether it is static, what it refers to, and the names of its first local variables.
    record Body(boolean isStatic, List<Ref> refs, Map<Integer, String> locals) {}

    /// A reference from a method body; class names are binary names.
    sealed interface Ref {
        record ToMethod(String owner, String method, boolean virtual) implements Ref {}

        record ToStatic(String owner, String field) implements Ref {}

        record ToType(String owner) implements Ref {}
    }

    static ClassCode of(Class<?> type) {
        return CODE.get(type);
    }

    private static ClassCode read(ClassModel model) {
        var methods = new LinkedHashMap<String, Body>();
        for (var method : model.methods()) {
            methods.put(method.methodName().stringValue() + method.methodType().stringValue(), read(method));
        }
        return new ClassCode(methods);
    }

    private static Body read(MethodModel method) {
        var refs = new ArrayList<Ref>();
        var locals = new TreeMap<Integer, String>();
        method.code().ifPresent(code -> read(code, refs, locals));
        return new Body((method.flags().flagsMask() & ClassFile.ACC_STATIC) != 0, List.copyOf(refs), locals);
    }

    private static void read(CodeModel code, List<Ref> refs, Map<Integer, String> locals) {
        for (var element : code) {
            switch (element) {
                case InvokeInstruction call ->
                    refs.add(new Ref.ToMethod(
                            binary(call.owner()),
                            call.name().stringValue() + call.type().stringValue(),
                            call.opcode() == Opcode.INVOKEVIRTUAL || call.opcode() == Opcode.INVOKEINTERFACE));
                case FieldInstruction access -> {
                    if (access.opcode() == Opcode.GETSTATIC || access.opcode() == Opcode.PUTSTATIC)
                        refs.add(new Ref.ToStatic(
                                binary(access.owner()), access.name().stringValue()));
                    else refs.add(new Ref.ToType(binary(access.owner())));
                }
                case NewObjectInstruction created -> refs.add(new Ref.ToType(binary(created.className())));
                case ConstantInstruction.LoadConstantInstruction constant ->
                    read(constant.constantEntry().constantValue(), refs);
                case InvokeDynamicInstruction site -> {
                    read(site.bootstrapMethod(), refs);
                    site.bootstrapArgs().forEach(argument -> read(argument, refs));
                }
                default -> {}
            }
        }
        for (var table : code.findAttributes(java.lang.classfile.Attributes.localVariableTable())) names(table, locals);
    }

    private static void names(LocalVariableTableAttribute table, Map<Integer, String> locals) {
        for (var variable : table.localVariables())
            if (variable.startPc() == 0)
                locals.put(variable.slot(), variable.name().stringValue());
    }

    private static void read(ConstantDesc constant, List<Ref> refs) {
        switch (constant) {
            case DirectMethodHandleDesc handle -> {
                var owner = binary(handle.owner());
                switch (handle.kind()) {
                    case STATIC_GETTER, STATIC_SETTER -> refs.add(new Ref.ToStatic(owner, handle.methodName()));
                    case GETTER, SETTER -> refs.add(new Ref.ToType(owner));
                    default ->
                        refs.add(new Ref.ToMethod(
                                owner,
                                handle.methodName() + handle.lookupDescriptor(),
                                switch (handle.kind()) {
                                    case VIRTUAL, INTERFACE_VIRTUAL, CONSTRUCTOR -> true;
                                    default -> false;
                                }));
                }
            }
            case DynamicConstantDesc<?> dynamic -> {
                read(dynamic.bootstrapMethod(), refs);
                dynamic.bootstrapArgsList().forEach(argument -> read(argument, refs));
            }
            case ClassDesc type -> {
                var element = type;
                while (element.isArray()) element = java.util.Objects.requireNonNull(element.componentType());
                if (!element.isPrimitive()) refs.add(new Ref.ToType(binary(element)));
            }
            default -> {}
        }
    }

    private static String binary(ClassEntry entry) {
        var name = entry.asInternalName();
        if (name.startsWith("[")) {
            int start = name.indexOf('L');
            return start < 0
                    ? "java.lang.Object"
                    : name.substring(start + 1, name.length() - 1).replace('/', '.');
        }
        return name.replace('/', '.');
    }

    private static String binary(ClassDesc type) {
        var descriptor = type.descriptorString();
        return descriptor.startsWith("L")
                ? descriptor.substring(1, descriptor.length() - 1).replace('/', '.')
                : "java.lang.Object";
    }
}
