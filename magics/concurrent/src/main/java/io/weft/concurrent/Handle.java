package io.weft.concurrent;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How what users see of a shared object reaches the object: directly where it lives, by messages elsewhere.
final class Handle<O> {
    private final O ops;
    private final Kind kind;
    private @Nullable Reference reference;
    private @Nullable Puts puts;

    private Handle(O ops, Kind kind, @Nullable Reference reference) {
        this.ops = ops;
        this.kind = kind;
        this.reference = reference;
    }

    /// For an object that lives in this JVM.
    static <O> Handle<O> local(O core, Kind kind) {
        return new Handle<>(core, kind, null);
    }

    static Handle<?> remote(Reference reference) {
        var ops = reference.kind().ops();
        var caller = new Caller(reference);
        var proxy = Proxy.newProxyInstance(ops.getClassLoader(), new Class<?>[] {ops}, (_, method, arguments) -> {
            Puts.flushAll();
            return caller.call(method, arguments);
        });
        var handle = new Handle<>(proxy, reference.kind(), reference);
        if (reference.kind() == Kind.QUEUE) handle.puts = new Puts(caller);
        return handle;
    }

    /// Makes the calls of one object in another JVM.
    private static final class Caller implements Puts.Way {
        private final Reference reference;
        private final Peer peer;
        private final Map<Method, Verb> verbs = new HashMap<>();

        private record Verb(int index, boolean waits, boolean repeatable) {}

        Caller(Reference reference) {
            this.reference = reference;
            this.peer = Hub.get().peer(reference.home());
            var methods = reference.kind().methods();
            for (int i = 0; i < methods.size(); i++) {
                var method = methods.get(i);
                verbs.put(method, new Verb(i, Kind.waits(method), method.isAnnotationPresent(Repeatable.class)));
            }
        }

        @Nullable
        Object call(Method method, @Nullable Object @Nullable [] arguments) throws InterruptedException {
            var verb = verbs.get(method);
            if (verb == null) throw new UnsupportedOperationException(method.getName());
            var body = peer.body(verb.index(), method, arguments == null ? new Object[0] : arguments);
            In answer = verb.waits()
                    ? peer.callWaiting(reference.id(), body)
                    : peer.call(reference.id(), body, verb.repeatable());
            return Codec.read(answer, Hub.get().arrivals());
        }

        @Override
        public void putAll(Object[] elements) throws InterruptedException {
            call(queueMethod("putAll"), new Object[] {elements});
        }

        @Override
        public void put(Object element) throws InterruptedException {
            call(queueMethod("put"), new Object[] {element, -1L});
        }

        @Override
        public boolean isUnlimited() {
            try {
                return call(queueMethod("remainingCapacity"), null) instanceof Integer left && left > Puts.UNLIMITED;
            } catch (InterruptedException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        private Method queueMethod(String name) {
            for (var method : verbs.keySet()) if (method.getName().equals(name)) return method;
            throw new IllegalStateException(name);
        }
    }

    /// The way for elements that are put into a queue, if it lives elsewhere.
    @Nullable
    Puts puts() {
        return puts;
    }

    /// The same handle, for a facade that knows what it asks.
    @SuppressWarnings("unchecked")
    <P> Handle<P> as() {
        return (Handle<P>) this;
    }

    O ops() {
        return ops;
    }

    /// Where the object lives, if not here.
    @Nullable
    Address home() {
        var known = reference;
        return known == null || Hub.get().isHere(known.home()) ? null : known.home();
    }

    /// What travels in place of `facade`; makes the object known to other JVMs.
    synchronized Reference reference(Object facade) {
        var known = reference;
        if (known == null) {
            var hub = Hub.get();
            known = new Reference(hub.address(), hub.share(ops(), kind, facade), kind);
            reference = known;
        }
        return Hub.get().shown(known);
    }

    /// A value as it is held, opened for users here.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"}) // as nullable as what was put in
    static <T extends @Nullable Object> T here(@Nullable Object held) {
        return (T)
                (held instanceof Blob(var bytes) ? Codec.decode(bytes, Hub.get().arrivals()) : held);
    }

    /// A call that may be interrupted.
    interface Waiting<T extends @Nullable Object> {
        T run() throws InterruptedException;
    }

    /// Makes a call for a method that does not tell of interrupts: it goes through, and the interrupt is kept.
    static <T extends @Nullable Object> T uninterrupted(Waiting<T> call, T otherwise) {
        boolean interrupted = Thread.interrupted();
        try {
            return call.run();
        } catch (InterruptedException late) {
            interrupted = true;
            return otherwise;
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
