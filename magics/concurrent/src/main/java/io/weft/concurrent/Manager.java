package io.weft.concurrent;

import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Makes objects that threads and worker JVMs share, and holds them: in a JVM of its own after [#start], or in
/// this one after [#local].
///
/// It is alive until [#close] or the end of the JVM that started it. When it ends, its objects are gone, and every
/// call of them throws [ObjectLostException]. In a JVM of its own, what it holds takes no heap of this one; locally,
/// calls from here cost no messages.
///
/// ```java
/// var manager = Manager.start();
/// Map<String, String> dict = manager.dict();
/// WorkerProcess.start(() -> dict.put("key1", "value1")).join();
/// dict   // {key1=value1}
/// ```
///
/// **Threads.** All methods may be called from any thread, and from worker JVMs.
@SuppressWarnings("FutureReturnValueIgnored") // what is chained to a future does not fail
public final class Manager implements AutoCloseable, Serializable {
    private static final Set<Manager> OPEN = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final long START_SECONDS = 30;

    private final transient Handle<ManagerOps> handle;
    private final transient @Nullable WorkerJvm jvm;
    private transient volatile @Nullable Endpoint served;

    Manager(Handle<ManagerOps> handle, @Nullable WorkerJvm jvm) {
        this.handle = handle;
        this.jvm = jvm;
    }

    /// Starts a manager in a JVM of its own, and waits until it is there.
    ///
    /// @throws IllegalStateException if the JVM does not start
    public static Manager start() throws InterruptedException {
        return start("manager-" + NAMES.incrementAndGet());
    }

    /// Like [#start()], with a name for messages and tables.
    ///
    /// @throws IllegalStateException if the JVM does not start
    public static Manager start(String name) throws InterruptedException {
        return start(name, "");
    }

    /// Like [#start(String)], with room for more than the 256 MB that a manager can hold otherwise.
    ///
    /// @param heap the most memory that its objects may take, as `512m` or `2g`; empty for the usual
    /// @throws IllegalArgumentException if that is not a size
    /// @throws IllegalStateException if the JVM does not start
    public static Manager start(String name, String heap) throws InterruptedException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(heap, "heap");
        if (!heap.isEmpty()) Pool.Builder.checkHeap(heap);
        var listening = new CompletableFuture<Address>();
        var holder = new CompletableFuture<Manager>();
        var started = WorkerJvm.start(
                name, heap, WorkerCommand.Mode.MANAGER, Output.ROUTER.sink(), new Owner(listening, holder));
        try {
            var address = listening.get(START_SECONDS, TimeUnit.SECONDS);
            var reference = new Reference(address, 1, Kind.MANAGER);
            var manager = new Manager(Handle.remote(reference).as(), started);
            OPEN.add(manager);
            holder.complete(manager);
            return manager;
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof IllegalStateException told)
                throw new IllegalStateException(told.getMessage(), told.getCause());
            throw new IllegalStateException("the manager did not start: " + failure.getCause(), failure.getCause());
        } catch (TimeoutException late) {
            started.kill();
            throw new IllegalStateException(
                    "the manager '%s' was not ready within %d s".formatted(name, START_SECONDS), late);
        } catch (InterruptedException interrupted) {
            started.kill();
            throw interrupted;
        }
    }

    /// A manager whose objects live in this JVM.
    public static Manager local() {
        return new Manager(Handle.local(new ManagerCore(), Kind.MANAGER), null);
    }

    /// The managers that this JVM has started and that have not ended.
    public static List<Manager> open() {
        return List.copyOf(OPEN);
    }

    /// Starts a manager in a JVM of its own that other machines can reach, too; Python's
    /// `BaseManager(address, authkey).get_server()`.
    ///
    /// It speaks TLS 1.3 only, with a certificate that it makes for itself and whose fingerprint is part of
    /// [#uri]. A client that does not show that it knows the [#secret] is hung up on before anything it sends is
    /// read. Hand over both by a way that you trust: who has them can call the manager's objects and run code in
    /// the manager's JVM.
    ///
    /// ```java
    /// var manager = Manager.serve(new InetSocketAddress("0.0.0.0", 5000));
    /// // elsewhere
    /// var far = Manager.connect(manager.uri(), manager.secret());
    /// ```
    ///
    /// @param address where to listen; port 0 for any that is free
    /// @throws IllegalStateException if it cannot listen there
    public static Manager serve(InetSocketAddress address) throws InterruptedException {
        Objects.requireNonNull(address, "address");
        var manager = start();
        boolean served = false;
        try {
            var told = manager.handle.ops().serve(address.getHostString(), address.getPort());
            manager.served = Endpoint.of(URI.create(told[0]), told[1]);
            served = true;
            return manager;
        } finally {
            if (!served) manager.close();
        }
    }

    /// Reaches a manager that was served with [#serve], also on another machine. What it made and makes lives
    /// there; functions are sent whole, with the classes that they reach. What lives in this JVM, such as a queue
    /// made here, cannot be reached from there.
    ///
    /// @throws IllegalStateException if nothing answers there, it has another certificate, or it refuses the secret
    public static Manager connect(URI uri, String secret) {
        Objects.requireNonNull(uri, "uri");
        Objects.requireNonNull(secret, "secret");
        var endpoint = Endpoint.of(uri, secret);
        var address = endpoint.address(0, "the manager at " + endpoint);
        try {
            Hub.connect(address, new byte[0], "calls", Hub.get().jvmId()).close();
        } catch (SSLException refused) {
            throw new IllegalStateException(
                    "what answers at %s is not the manager that the URI names: %s"
                            .formatted(endpoint, refused.getMessage()),
                    refused);
        } catch (EOFException refused) {
            throw new IllegalStateException(
                    "the manager at %s refuses the secret. Ask its owner for secret(), which is new each time it is served."
                            .formatted(endpoint),
                    refused);
        } catch (IOException failure) {
            throw new IllegalStateException(
                    "cannot reach the manager at %s: %s. Is it alive, and the port open to this machine?"
                            .formatted(endpoint, failure.getMessage()),
                    failure);
        }
        var hub = Hub.get();
        hub.know(address);
        var nameless = Handle.remote(new Reference(address, 1, Kind.MANAGER)).<ManagerOps>as();
        var about = nameless.ops().describe();
        var named = endpoint.address((Long) about[1], about[0] + " at " + endpoint);
        hub.know(named);
        var manager =
                new Manager(Handle.remote(new Reference(named, 1, Kind.MANAGER)).as(), null);
        manager.served = endpoint;
        return manager;
    }

    /// Where the manager can be reached from other machines.
    ///
    /// @throws IllegalStateException if it was not made with [#serve] or [#connect]
    public URI uri() {
        return endpoint().uri();
    }

    /// What a client has to know besides the URI.
    ///
    /// @throws IllegalStateException if it was not made with [#serve] or [#connect]
    public String secret() {
        return endpoint().secret();
    }

    private Endpoint endpoint() {
        var known = served;
        if (known == null)
            throw new IllegalStateException(
                    "the manager '%s' is not served over the network: make it with Manager.serve".formatted(name()));
        return known;
    }

    /// In a manager's JVM: makes the manager known as the first object.
    static void serve() {
        var hub = Hub.get();
        hub.address();
        var core = new ManagerCore();
        hub.share(core, Kind.MANAGER, new Manager(Handle.local(core, Kind.MANAGER), null));
    }

    private record Owner(CompletableFuture<Address> address, CompletableFuture<Manager> manager)
            implements WorkerJvm.Owner {
        @Override
        public void connected(WorkerJvm worker) {
            // it says where it listens by itself
        }

        @Override
        public void listening(WorkerJvm worker, Address where) {
            address.complete(where);
        }

        @Override
        public void answered(WorkerJvm worker, Chunk chunk, WorkerJvm.Answer answer) {
            // a manager is given no tasks
        }

        @Override
        public void ended(WorkerJvm worker, Death death) {
            address.completeExceptionally(new IllegalStateException(
                    "the manager did not start: " + death.sentence() + "." + death.details()));
            manager.thenAccept(OPEN::remove);
        }
    }

    /// An empty map.
    public <K, V> SharedDict<K, V> dict() {
        return create(Kind.DICT, null);
    }

    /// A map with these entries.
    public <K, V> SharedDict<K, V> dict(Map<? extends K, ? extends V> entries) {
        Objects.requireNonNull(entries, "entries");
        SharedDict<K, V> dict = dict();
        dict.putAll(entries);
        return dict;
    }

    /// An empty list.
    public <E extends @Nullable Object> SharedList<E> list() {
        return create(Kind.LIST, null);
    }

    /// A list of these elements.
    public <E extends @Nullable Object> SharedList<E> list(Collection<? extends E> elements) {
        Objects.requireNonNull(elements, "elements");
        SharedList<E> list = list();
        list.addAll(elements);
        return list;
    }

    /// An empty set.
    public <E> SharedSet<E> set() {
        return create(Kind.SET, null);
    }

    /// A set of these elements.
    public <E> SharedSet<E> set(Collection<? extends E> elements) {
        Objects.requireNonNull(elements, "elements");
        SharedSet<E> set = set();
        set.addAll(elements);
        return set;
    }

    /// An empty namespace.
    public Namespace namespace() {
        return create(Kind.NAMESPACE, null);
    }

    public <V extends @Nullable Object> Value<V> value(V value) {
        return create(Kind.VALUE, value);
    }

    /// An array of so many zeros.
    public SharedArray array(int length) {
        if (length < 0) throw new IllegalArgumentException("an array cannot have " + length + " elements");
        return create(Kind.ARRAY, new double[length]);
    }

    /// An array of these numbers.
    public SharedArray array(double... values) {
        Objects.requireNonNull(values, "values");
        return create(Kind.ARRAY, values);
    }

    /// An array of these numbers; of zeros with `array(new int[10])`.
    public SharedIntArray array(int[] values) {
        Objects.requireNonNull(values, "values");
        return create(Kind.INT_ARRAY, values);
    }

    /// An array of these numbers; of zeros with `array(new long[10])`.
    public SharedLongArray array(long[] values) {
        Objects.requireNonNull(values, "values");
        return create(Kind.LONG_ARRAY, values);
    }

    /// An array of these objects; of nulls with `array(new String[10])`.
    public <E extends @Nullable Object> SharedObjectArray<E> array(E[] values) {
        Objects.requireNonNull(values, "values");
        // null elements tell one from another where their class is not known
        SharedObjectArray<E> array = create(Kind.OBJECT_ARRAY, new Object[values.length]);
        for (int i = 0; i < values.length; i++) if (values[i] != null) array.set(i, values[i]);
        return array;
    }

    /// A counter at 0.
    public Counter counter() {
        return create(Kind.COUNTER, null);
    }

    /// A lock that its holder can take again: Python's `RLock`. Python's `Lock` cannot be taken again.
    public SharedLock lock() {
        return create(Kind.LOCK, false);
    }

    /// The same as [#lock], by Python's name.
    public SharedLock rlock() {
        return lock();
    }

    /// A condition with a lock of its own.
    public SharedCondition condition() {
        return lock().newCondition();
    }

    /// A semaphore with so many permits, and more if more are released.
    public SharedSemaphore semaphore(int permits) {
        return create(Kind.SEMAPHORE, new int[] {permits, Integer.MAX_VALUE});
    }

    /// A semaphore that never has more permits than at the beginning; to release more is an error.
    public SharedSemaphore boundedSemaphore(int permits) {
        if (permits < 1)
            throw new IllegalArgumentException("a bounded semaphore needs at least 1 permit, not " + permits);
        return create(Kind.SEMAPHORE, new int[] {permits, permits});
    }

    /// An event that is not set.
    public Event event() {
        return create(Kind.EVENT, null);
    }

    public SharedBarrier barrier(int parties) {
        return create(Kind.BARRIER, parties);
    }

    public SharedLatch latch(int count) {
        return create(Kind.LATCH, count);
    }

    /// A queue without limit: Python's `Queue` and `JoinableQueue`.
    public <E> SharedQueue<E> queue() {
        return queue(Integer.MAX_VALUE);
    }

    /// A queue with room for so many elements.
    public <E> SharedQueue<E> queue(int capacity) {
        return create(Kind.QUEUE, capacity);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private <T> T create(Kind kind, @Nullable Object argument) {
        return (T) handle.ops().create(kind.name(), argument);
    }

    /// Tells the manager how an object of a type of your own is made, for [#create(Class)]; Python's
    /// `BaseManager.register`. Any JVM that has the manager may do so, and create.
    ///
    /// Calls of methods go to the object; a field of what [#create(Class)] gives is never that of the object.
    ///
    /// @param type an interface, or a class that is not final and has a constructor without parameters
    /// @param maker makes it in the manager's JVM
    /// @throws NotSendableException if the maker cannot travel
    public <T> void register(Class<T> type, Call<? extends T> maker) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(maker, "maker");
        Live.requireProxyable(type);
        handle.ops().register(type.getName(), Fn.of(maker));
    }

    /// Makes an object of a registered type in the manager's JVM, and gives a proxy, which can be sent to workers.
    ///
    /// Each call of a method of the proxy is one of the object: one after the other, under the object's own
    /// monitor, so `wait()` lets others in. Arguments and results travel by value, or as references if they are
    /// shared objects; fields and `final` methods stay those of the proxy, for whose class the constructor
    /// without parameters runs here too. If a call is interrupted, its method is.
    ///
    /// ```java
    /// manager.register(Tally.class, Tally::new);
    /// var tally = manager.create(Tally.class);
    /// pool.map(n -> tally.add(n), range(10));
    /// ```
    ///
    /// @throws IllegalArgumentException if the type is not registered
    public <T> T create(Class<T> type) {
        Objects.requireNonNull(type, "type");
        Live.requireProxyable(type);
        try {
            return type.cast(((Live) handle.ops().make(type.getName())).proxy(type));
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IllegalStateException("cannot make a " + type.getName() + ": " + failure, failure);
        }
    }

    /// The process that holds the objects.
    public long pid() {
        var home = handle.home();
        return home == null ? ProcessHandle.current().pid() : home.pid();
    }

    public String name() {
        var home = handle.home();
        return home == null ? "local" : home.name();
    }

    public boolean isAlive() {
        return jvm == null || jvm.isAlive();
    }

    /// What the manager's JVM is doing.
    public WorkerInfo info() {
        if (jvm != null) return jvm.info();
        var runtime = Runtime.getRuntime();
        return new WorkerInfo(
                name(),
                pid(),
                WorkerInfo.State.IDLE,
                "",
                ProcessHandle.current().info().startInstant().orElse(java.time.Instant.EPOCH),
                0,
                runtime.totalMemory() - runtime.freeMemory(),
                runtime.maxMemory());
    }

    /// Ends the manager's JVM, and with it its objects, if this JVM started it. Objects of a local manager stay as
    /// long as somebody refers to them.
    @Override
    public void close() {
        if (jvm == null) return;
        OPEN.remove(this);
        jvm.dismiss();
        try {
            jvm.process().waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "Manager[%s, pid %d%s]".formatted(name(), pid(), isAlive() ? "" : ", ended");
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
