package io.weft.concurrent;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.util.IdentityHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/// Java serialisation that also carries lambdas, and stand-ins for common values that are not serialisable.
final class Sender extends ObjectOutputStream {
    private final Trace trace;
    private final IdentityHashMap<Object, Object> replaced = new IdentityHashMap<>();

    private Sender(Out out, Trace trace) throws IOException {
        super(out);
        this.trace = trace;
        enableReplaceObject(true);
    }

    /// A chain of objects that each hold the next takes more stack the longer it is, and is written where there is
    /// much.
    ///
    /// @throws NotSendableException if something in the value cannot travel
    static byte[] serialise(Object value, Trace trace) {
        try {
            var inner = new Trace();
            try {
                return write(value, inner);
            } finally {
                trace.addAll(inner);
            }
        } catch (StackOverflowError deep) {
            // once more
        }
        try {
            return Threads.isDeep() ? write(value, trace) : Threads.deep(() -> write(value, trace));
        } catch (StackOverflowError tooDeep) {
            tooDeep.setStackTrace(new StackTraceElement[0]); // a thousand frames that are all the same
            throw Unsendable.value(value, tooDeep);
        }
    }

    private static byte[] write(Object value, Trace trace) {
        var out = new Out();
        try (var sender = new Sender(out, trace)) {
            refuseGuard(value);
            sender.writeObject(value);
        } catch (NotSerializableException failure) {
            throw Unsendable.value(value, failure);
        } catch (IOException failure) {
            throw new NotSendableException(
                    "%s cannot be sent to another JVM: %s"
                            .formatted(value.getClass().getName(), failure.getMessage()),
                    "",
                    failure);
        }
        return out.toBytes();
    }

    /// What guards one JVM is not copied: Java would serialise an unlocked lock without a word. Inside of an object it
    /// may travel, where it guards the copy of that object.
    private static void refuseGuard(@Nullable Object value) throws NotSerializableException {
        boolean guards = value instanceof Lock
                || value instanceof ReadWriteLock
                || value instanceof StampedLock
                || value instanceof Condition
                || value instanceof Semaphore;
        if (value != null && guards && value.getClass().getName().startsWith("java.util.concurrent."))
            throw new NotSerializableException(value.getClass().getName());
    }

    @Override
    protected void annotateClass(Class<?> type) {
        var element = type;
        while (element.isArray()) element = element.getComponentType();
        if (UserClasses.isUser(element)) trace.classes.add(element);
    }

    @Override
    protected void annotateProxyClass(Class<?> type) {
        for (var shown : type.getInterfaces()) annotateClass(shown);
    }

    @Override
    protected @Nullable Object replaceObject(Object value) throws IOException {
        if (value instanceof SerializedLambda lambda) {
            boolean isOfTheJdk = ShippedLambda.isOfTheJdk(lambda);
            if (!isOfTheJdk) trace.lambdas.add(lambda);
            for (int i = 0; i < lambda.getCapturedArgCount(); i++) refuseGuard(lambda.getCapturedArg(i));
            return isOfTheJdk ? lambda : ShippedLambda.of(lambda);
        }
        if (value instanceof Closure.Variable variable) refuseGuard(variable.value());
        if (value instanceof FutureStep step) step.replaceIn(replaced);
        var live = Live.behind(value);
        if (live != null) {
            annotateClass(Live.typeOf(value));
            return live.sent(Live.typeOf(value));
        }
        if (value instanceof Serializable) return value;
        var known = replaced.get(value);
        if (known != null) return known;
        var standIn = StandIn.of(value);
        if (standIn == null) return value; // refused by the stream, which names its class
        replaced.put(value, standIn);
        return standIn;
    }
}
