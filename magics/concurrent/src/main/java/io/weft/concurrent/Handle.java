package io.weft.concurrent;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How what users see of a shared object reaches the object: directly where it lives, by messages elsewhere.
final class Handle<O> {
    private static final Object[] NOTHING = {};

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
            Puts.flush(Thread.currentThread());
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
        private final Map<Method, Kind.Verb> verbs = new HashMap<>();

        Caller(Reference reference) {
            this.reference = reference;
            this.peer = Hub.get().peer(reference.home());
            for (var verb : reference.kind().verbs()) verbs.put(verb.method(), verb);
        }

        @Nullable
        Object call(Method method, @Nullable Object @Nullable [] arguments) throws InterruptedException {
            var verb = verbs.get(method);
            if (verb == null) throw new UnsupportedOperationException(method.getName());
            return call(verb, arguments == null ? NOTHING : arguments);
        }

        private @Nullable Object call(Kind.Verb verb, @Nullable Object... arguments) throws InterruptedException {
            var body = peer.body(verb, arguments);
            In answer = verb.waits()
                    ? peer.callWaiting(reference.id(), body)
                    : peer.call(reference.id(), body, verb.repeatable());
            return Codec.read(answer, Hub.get().arrivals());
        }

        @Override
        public void putAll(Object[] elements) throws InterruptedException {
            call(verb("putAll"), new Object[] {elements});
        }

        @Override
        public void put(Object element) throws InterruptedException {
            call(verb("put"), element, -1L);
        }

        @Override
        public void putLate(Object element) throws InterruptedException {
            var body = peer.body(verb("put"), new Object[] {element, -1L});
            if (!peer.callLate(reference.id(), body)) peer.callWaiting(reference.id(), body);
        }

        @Override
        public boolean isUnlimited() {
            try {
                return call(verb("remainingCapacity")) instanceof Integer left && left > Puts.UNLIMITED;
            } catch (InterruptedException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        private Kind.Verb verb(String name) {
            for (var verb : reference.kind().verbs()) if (verb.name().equals(name)) return verb;
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
