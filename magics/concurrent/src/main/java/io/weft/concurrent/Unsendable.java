package io.weft.concurrent;

import java.io.NotSerializableException;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Says what keeps a value from travelling: which variable holds it, where in it, and what to do.
final class Unsendable {
    private static final String ADVICE =
            " Open it inside the task instead, or send the plain values that the task needs.";
    /// Where the classes are by which a notebook shows values and asks its reader.
    private static final String NOTEBOOK = "io.weft.kernel.";

    private static final int OBJECTS_SEARCHED = 100_000;

    private Unsendable() {}

    /// @param failure what the serialisation met: an object that refuses, or too many inside one another
    static NotSendableException value(Object value, Throwable failure) {
        boolean itself = failure instanceof NotSerializableException
                && value.getClass().getName().equals(failure.getMessage());
        return new NotSendableException(
                "%s cannot be sent to another JVM%s.%s"
                        .formatted(describe(value), itself ? "" : ": it " + reaches(value, failure), advice(failure)),
                "",
                failure);
    }

    /// Which of some items of a load it is.
    ///
    /// @param from where the first of them is in the load
    static NotSendableException item(Load load, int from, @Nullable Object[] items, NotSendableException failure) {
        for (int i = 0; i < items.length; i++) {
            try {
                Codec.write(new Out(), new @Nullable Object[] {items[i]}, new Trace());
            } catch (NotSendableException own) {
                return new NotSendableException(
                        load.label(from + i) + " cannot be started: " + own.getMessage(), "", own.getCause());
            }
        }
        return failure;
    }

    /// The result of a task that has run.
    static NotSendableException result(NotSendableException failure) {
        return late(
                "the task has run, but its result cannot be sent back: ",
                failure,
                " Return the plain values that the caller needs of it.");
    }

    /// An element of a queue, for whoever was to have it.
    static NotSendableException element(NotSendableException failure) {
        return late(
                "the queue had an element that cannot travel, and has it no more: ",
                failure,
                " Put what others need of it into the queue, as plain values.");
    }

    private static NotSendableException late(String what, NotSendableException failure, String advice) {
        return new NotSendableException(
                what + String.valueOf(failure.getMessage()).replace(ADVICE, advice), "", null);
    }

    static NotSendableException variable(Field field, Reach.Reader reader, Object value, NotSendableException failure) {
        var owner = field.getDeclaringClass().getName();
        if (owner.startsWith(NOTEBOOK))
            return new NotSendableException(
                    "the function uses what only the notebook's own JVM has, such as display(…): a worker has no cell to show things in."
                            + " Return the value from the task, and show it in the cell.",
                    field.getName(),
                    failure.getCause());
        boolean notebook = owner.contains("$JShell$");
        var name = notebook ? field.getName() : field.getDeclaringClass().getSimpleName() + "." + field.getName();
        var method = reader.name();
        var by = method.startsWith("lambda$") || method.startsWith("do_it$") ? "the function" : method + "()";
        var place = SourceLine.reading(field, reader.type(), reader.method());
        return from(
                place,
                new NotSendableException(
                        "variable '%s' cannot be sent to a worker: it %s; it is read by %s%s.%s"
                                .formatted(
                                        name,
                                        reaches(value, failure.getCause()),
                                        by,
                                        SourceLine.inWords(place),
                                        advice(failure.getCause())),
                        field.getName(),
                        failure.getCause()));
    }

    /// Lets the trace begin where the value is used: that is the line to change.
    private static NotSendableException from(Optional<StackTraceElement> place, NotSendableException failure) {
        if (place.isEmpty()) return failure;
        var frames = new ArrayList<StackTraceElement>();
        frames.add(place.get());
        frames.addAll(Arrays.asList(failure.getStackTrace()));
        failure.setStackTrace(frames.toArray(new StackTraceElement[0]));
        return failure;
    }

    /// A local variable that a lambda captured; its name is in the class file if it was compiled with `-g`.
    static NotSendableException captured(
            SerializedLambda lambda, Class<?> owner, int index, Object value, NotSendableException failure) {
        var body = ClassCode.of(owner).methods().get(lambda.getImplMethodName() + lambda.getImplMethodSignature());
        String name = "";
        Optional<StackTraceElement> place = Optional.empty();
        if (body != null && lambda.getImplMethodName().startsWith("lambda$")) {
            int slot = 0;
            for (int i = 0; i < index; i++) slot += slots(lambda, i, body.isStatic());
            name = body.locals().getOrDefault(slot, "");
            place = SourceLine.reading(slot, owner, lambda.getImplMethodName() + lambda.getImplMethodSignature());
        }
        var what = name.equals("this")
                ? "the object that the lambda belongs to (a %s)"
                        .formatted(value.getClass().getName())
                : name.isEmpty() ? "a value that the lambda captured" : "local variable '" + name + "'";
        var words = SourceLine.inWords(place);
        return from(
                place,
                new NotSendableException(
                        "%s cannot be sent to a worker: it %s%s.%s"
                                .formatted(
                                        what,
                                        reaches(value, failure.getCause()),
                                        words.isEmpty() ? "" : "; it is read" + words,
                                        advice(failure.getCause())),
                        name,
                        failure.getCause()));
    }

    private static int slots(SerializedLambda lambda, int index, boolean isStatic) {
        if (!isStatic && index == 0) return 1;
        var type = java.lang.constant.MethodTypeDesc.ofDescriptor(lambda.getImplMethodSignature())
                .parameterType(isStatic ? index : index - 1)
                .descriptorString();
        return type.equals("J") || type.equals("D") ? 2 : 1;
    }

    private static String describe(Object value) {
        if (value instanceof Object[]) return "an item";
        return "a " + value.getClass().getName();
    }

    private static String reaches(Object value, @Nullable Throwable failure) {
        if (failure instanceof StackOverflowError)
            return "is nested too deeply to be sent, such as a long chain of objects that each hold the next";
        if (!(failure instanceof NotSerializableException refused))
            return failure == null ? "cannot be serialised" : "cannot be serialised: " + failure.getMessage();
        var type = String.valueOf(refused.getMessage());
        if (value.getClass().getName().equals(type)) return "holds a " + shown(type);
        var path = pathTo(value, type);
        return "reaches a " + shown(type) + (path.isEmpty() ? "" : " (at " + path + ")");
    }

    private static String shown(String type) {
        int lambda = type.indexOf("$$Lambda");
        return lambda < 0 ? type : "lambda of " + type.substring(0, lambda) + " that is not Serializable";
    }

    private static String advice(@Nullable Throwable failure) {
        if (failure instanceof StackOverflowError) return " Send a list or an array of its parts instead.";
        var message = failure == null ? "" : String.valueOf(failure.getMessage());
        if (message.contains("$$Lambda"))
            return " Give it a type of this library, such as Task, Call, Work or Action, or cast it where it is made, as in"
                    + " (Supplier<Integer> & Serializable) () -> 1.";
        var shared = sharedFor(message);
        if (!shared.isEmpty()) return " It works within one JVM. What JVMs share is %s.".formatted(shared);
        if (message.startsWith("java.") || message.startsWith("jdk.") || message.startsWith("sun.")) return ADVICE;
        if (message.equals(Pool.class.getName()))
            return " Pools do not travel: call the pool from here with what the task returns, or note what the task"
                    + " needs of it, such as pool.size(), in a variable before.";
        if (message.startsWith("io.weft.concurrent.")) return " Open one inside the task instead.";
        return " Let the class implement java.io.Serializable, or make it a record." + ADVICE;
    }

    /// What JVMs share in place of a class that works within one; empty if there is nothing.
    private static String sharedFor(String type) {
        if (type.startsWith("java.util.concurrent.locks.ReentrantLock")) return "manager.rlock(), or manager.lock()";
        if (type.contains("$ConditionObject")) return "manager.condition()";
        if (type.startsWith("java.util.concurrent.locks.")) return "manager.lock()";
        return switch (type) {
            case "java.util.concurrent.Semaphore" -> "manager.semaphore(permits)";
            case "java.util.concurrent.CountDownLatch" -> "manager.latch(count)";
            case "java.util.concurrent.CyclicBarrier", "java.util.concurrent.Phaser" -> "manager.barrier(parties)";
            case "java.util.concurrent.Exchanger" -> "a Pipe";
            default -> "";
        };
    }

    private record Step(Object value, String path) {}

    /// Where in the value an object of the class is: `server.sockets[0]`; empty if it is not found.
    private static String pathTo(Object root, String type) {
        var seen = new IdentityHashMap<Object, Boolean>();
        var open = new ArrayDeque<Step>();
        open.add(new Step(root, ""));
        while (!open.isEmpty() && seen.size() < OBJECTS_SEARCHED) {
            var step = open.remove();
            if (seen.put(step.value(), true) != null) continue;
            if (step.value().getClass().getName().equals(type)) return step.path();
            switch (step.value()) {
                case Object[] array -> elements(Arrays.asList(array), step.path(), open);
                case Collection<?> collection -> elements(collection, step.path(), open);
                case Map<?, ?> map ->
                    map.forEach((key, value) -> {
                        if (value != null) open.add(new Step(value, step.path() + "[" + key + "]"));
                    });
                default -> fields(step, open);
            }
        }
        return "";
    }

    private static void elements(Collection<?> values, String path, ArrayDeque<Step> open) {
        int index = 0;
        for (var value : values) {
            if (value != null) open.add(new Step(value, path + "[" + index + "]"));
            index++;
        }
    }

    private static void fields(Step step, ArrayDeque<Step> open) {
        for (Class<?> at = step.value().getClass(); at != null; at = at.getSuperclass()) {
            for (var field : at.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (field.getType().isPrimitive() || Modifier.isStatic(modifiers) || Modifier.isTransient(modifiers))
                    continue;
                try {
                    if (!field.trySetAccessible()) continue;
                    var value = field.get(step.value());
                    var name = step.path().isEmpty() ? field.getName() : step.path() + "." + field.getName();
                    if (value != null) open.add(new Step(value, name));
                } catch (ReflectiveOperationException | RuntimeException hidden) {
                    // the path stays unknown; the class alone is named
                }
            }
        }
    }
}
