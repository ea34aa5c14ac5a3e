package io.weft.concurrent;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// How what users see of a shared object reaches the object: directly where it lives, by messages elsewhere.
final class Handle<O> {
    private final O ops;
    private final Kind kind;
    private @Nullable Reference reference;

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
        var peer = Hub.get().peer(reference.home());
        var methods = reference.kind().methods();
        var ops = reference.kind().ops();
        var proxy = Proxy.newProxyInstance(ops.getClassLoader(), new Class<?>[] {ops}, (_, method, arguments) -> {
            int index = methods.indexOf(method);
            if (index < 0) throw new UnsupportedOperationException(method.getName());
            var body = Peer.body(index, method, arguments == null ? new Object[0] : arguments);
            In answer = Kind.waits(method)
                    ? peer.callWaiting(reference.id(), body)
                    : peer.call(reference.id(), body, method.isAnnotationPresent(Repeatable.class));
            return Codec.read(answer, Hub.get().arrivals());
        });
        return new Handle<>(proxy, reference.kind(), reference);
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
        return known;
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
