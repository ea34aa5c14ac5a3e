package io.weft.concurrent;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.reflect.Field;
import java.util.Optional;
import java.util.function.Predicate;

/// Where in the source code something is used, as far as the class file tells.
final class SourceLine {
    private SourceLine() {}

    /// Where a method reads a static field.
    ///
    /// @param method name and descriptor, as in `f(I)I`
    static Optional<StackTraceElement> reading(Field field, Class<?> type, String method) {
        return first(
                type,
                method,
                element -> element instanceof FieldInstruction access
                        && (access.opcode() == Opcode.GETSTATIC || access.opcode() == Opcode.PUTSTATIC)
                        && access.name().equalsString(field.getName()));
    }

    /// Where a method reads a local variable or parameter.
    static Optional<StackTraceElement> reading(int slot, Class<?> type, String method) {
        return first(type, method, element -> element instanceof LoadInstruction load && load.slot() == slot);
    }

    private static Optional<StackTraceElement> first(Class<?> type, String method, Predicate<CodeElement> wanted) {
        byte[] bytes = UserClasses.bytes(type);
        if (bytes == null) return Optional.empty();
        var model = ClassFile.of().parse(bytes);
        for (var each : model.methods()) {
            if (!method.equals(
                    each.methodName().stringValue() + each.methodType().stringValue())) continue;
            int line = each.code().map(code -> line(code, wanted)).orElse(-1);
            if (line < 0) return Optional.empty();
            return Optional.of(
                    new StackTraceElement(type.getName(), each.methodName().stringValue(), sourceFile(model), line));
        }
        return Optional.empty();
    }

    private static int line(Iterable<CodeElement> code, Predicate<CodeElement> wanted) {
        int line = -1;
        for (var element : code) {
            if (element instanceof LineNumber number) line = number.line();
            else if (wanted.test(element)) return line;
        }
        return -1;
    }

    private static String sourceFile(ClassModel model) {
        return model.findAttribute(Attributes.sourceFile())
                .map(file -> file.sourceFile().stringValue())
                .orElse("");
    }

    /// `Main.java:12`, or `cell 3, line 12` in a notebook; empty if it is not known.
    static String inWords(Optional<StackTraceElement> place) {
        return place.filter(at -> at.getFileName() != null && !at.getFileName().isEmpty())
                .map(at -> at.getFileName().endsWith(".java")
                        ? " at %s:%d".formatted(at.getFileName(), at.getLineNumber())
                        : " at %s, line %d".formatted(at.getFileName(), at.getLineNumber()))
                .orElse("");
    }
}
