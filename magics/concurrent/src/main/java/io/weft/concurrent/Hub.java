package io.weft.concurrent;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What this JVM is to the others of its session: it listens on a socket, serves the objects it shares, the
/// functions it sends and their classes, and reaches the other JVMs.
///
/// There is one per JVM. It listens from the first moment that somebody needs it.
///
/// **Threads.** Any thread may use it; each connection is served by a thread of its own.
@SuppressWarnings("ReferenceEquality") // class loaders have no other equality
final class Hub {
    private static final Hub HUB = new Hub();
    private static final int CLOSURES_KEPT = 256;
    private static final int UNPROVEN_AT_ONCE = 64;
    private static final int CONNECT_MILLIS = 10_000;
    private static final long REFUSED_PAUSE_NANOS = 20_000_000;

    private volatile @Nullable String jvmId;
    private byte @Nullable [] secret;
    private @Nullable Path directory;
    private String name = "the main JVM";
    private boolean home = true;
    private volatile @Nullable Client self;
    private @Nullable Address address;
    private volatile @Nullable Endpoint served;
    private final Map<String, Address> networks = new ConcurrentHashMap<>();
    private final Semaphore unproven = new Semaphore(UNPROVEN_AT_ONCE);
    private final AtomicInteger directories = new AtomicInteger();

    private final Map<String, CompletableFuture<Connection>> expected = new ConcurrentHashMap<>();
    private final Map<Long, Held> objects = new ConcurrentHashMap<>();
    private final AtomicLong objectIds = new AtomicLong();
    private final Map<Address, Peer> peers = new ConcurrentHashMap<>();
    private final Map<Reference, WeakReference<Object>> remotes = new ConcurrentHashMap<>();

    private final Map<ClassLoader, Integer> loaderIds = new WeakHashMap<>();
    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();

    /// How many of them there are.
    private volatile int known;

    /// The one that was made last: making one takes longer than a call of a shared object.
    private volatile WeakReference<@Nullable LoaderChain> chain = new WeakReference<>(null);

    private final Closures closures = new Closures();
    private final Map<String, WeakReference<Closure>> offered = new ConcurrentHashMap<>();
    private final Latest<Closure> recent =
            new Latest<>(CLOSURES_KEPT, Runtime.getRuntime().maxMemory() / 16, closure -> closure.content().length);

    /// The one that was offered last: often it is the next, too.
    private volatile @Nullable Closure latest;

    /// What the locks of this JVM need once others use them.
    private static final class Locks {
        private static final ClientNumbers NUMBERS = new ClientNumbers(HUB.jvmId());
        private static final LockFile FILE = new LockFile(HUB.jvmId());
    }

    private Hub() {}

    static Hub get() {
        return HUB;
    }

    /// In a worker JVM, before anything else: belong to the session that started it.
    synchronized void join(byte[] sessionSecret, Path ownDirectory, String ownName, String ownId) {
        secret = sessionSecret.clone();
        jvmId = ownId;
        directory = ownDirectory;
        name = ownName;
        home = false;
    }

    /// In a worker JVM that was a spare one, before it has called any other: what it is called from now on.
    synchronized void rename(String newName) {
        name = newName;
        self = null;
    }

    /// What tells this JVM from all others.
    String jvmId() {
        var known = jvmId;
        if (known != null) return known;
        synchronized (this) {
            if (jvmId == null) jvmId = UUID.randomUUID().toString();
            return jvmId;
        }
    }

    /// Numbers for this JVM and its clients, as the words of its locks hold them.
    ClientNumbers numbers() {
        return Locks.NUMBERS;
    }

    LockFile lockFile() {
        return Locks.FILE;
    }

    /// This JVM, as others see it.
    Client self() {
        var known = self;
        if (known != null) return known;
        synchronized (this) {
            known = new Client(jvmId(), name, ProcessHandle.current().pid(), false);
            self = known;
            return known;
        }
    }

    boolean isHome() {
        return home;
    }

    synchronized byte[] secret() {
        if (secret == null) secret = Proof.newSecret();
        return secret;
    }

    /// Where this JVM listens; starts to listen if it does not yet.
    synchronized Address address() {
        if (address != null) return address;
        try {
            var own = directory == null ? SessionDirectory.create() : SessionDirectory.at(directory);
            directory = own;
            var socket = own.resolve("s");
            var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            if (home) Runtime.getRuntime().addShutdownHook(new Thread(this::leave, "weft-leave"));
            Threads.start("weft-accept", () -> accept(server, this::welcome));
            var listening =
                    new Address(socket.toString(), ProcessHandle.current().pid(), name);
            address = listening;
            return listening;
        } catch (IOException failure) {
            throw new IllegalStateException(
                    "cannot open a socket for worker JVMs: " + failure.getMessage()
                            + ". Threads still work: Pool.ofThreads(n).",
                    failure);
        }
    }

    /// A fresh directory for a worker, below that of this JVM.
    Path directoryForWorker() {
        address();
        synchronized (this) {
            return java.util.Objects.requireNonNull(directory).resolve(Integer.toString(directories.incrementAndGet()));
        }
    }

    Path ownDirectory() {
        address();
        synchronized (this) {
            return java.util.Objects.requireNonNull(directory);
        }
    }

    private void leave() {
        WorkerJvm.killAll();
        SessionDirectory.deleteSession(ownDirectory());
    }

    // ---- connections

    /// The connection that the worker of that name will open.
    CompletableFuture<Connection> expect(String worker) {
        var connection = new CompletableFuture<Connection>();
        expected.put(worker, connection);
        return connection;
    }

    void forget(String worker) {
        expected.remove(worker);
    }

    static Connection connect(Address to, byte[] secret, String role, String who) throws IOException {
        return connect(to, secret, role, who, "");
    }

    /// @param receipts the name of the [Receipts] for the connection; empty if there are none
    static Connection connect(Address to, byte[] secret, String role, String who, String receipts) throws IOException {
        boolean far = Endpoint.isIn(to);
        var channel = far ? SocketChannel.open() : SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean open = false;
        try {
            Connection connection;
            if (far) {
                var endpoint = Endpoint.in(to);
                channel.socket().connect(new InetSocketAddress(endpoint.host(), endpoint.port()), CONNECT_MILLIS);
                prepare(channel);
                connection = new Proof(endpoint.secretBytes()).client(Tls.client(channel, endpoint.fingerprint()));
            } else {
                channel.connect(UnixDomainSocketAddress.of(to.socket()));
                connection = new Proof(secret).client(channel);
            }
            connection.write(
                    Frame.Type.HELLO,
                    0,
                    new Out()
                            .putString(role)
                            .putString(who)
                            .putClient(get().self())
                            .putString(receipts)
                            .toBytes());
            open = true;
            return connection;
        } finally {
            if (!open) channel.close();
        }
    }

    private static void prepare(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }

    /// Listens on the network too, for JVMs that know a secret which is made here.
    synchronized Endpoint serve(String host, int port) throws IOException {
        if (served != null) throw new IllegalStateException("is served already, at " + served);
        var identity = Tls.Identity.create();
        var server = ServerSocketChannel.open();
        boolean bound = false;
        try {
            server.bind(new InetSocketAddress(host, port));
            bound = true;
        } finally {
            if (!bound) server.close();
        }
        var local = (InetSocketAddress) server.getLocalAddress();
        var shown = local.getAddress().isAnyLocalAddress()
                ? InetAddress.getLocalHost().getHostName()
                : host;
        var endpoint = new Endpoint(
                shown, local.getPort(), identity.fingerprint(), HexFormat.of().formatHex(Proof.newSecret()));
        served = endpoint;
        Threads.start("weft-accept", () -> accept(server, channel -> welcomeFar(channel, identity, endpoint)));
        return endpoint;
    }

    /// Whoever comes over the network proves itself first, and then may call shared objects and nothing else.
    private void welcomeFar(SocketChannel channel, Tls.Identity identity, Endpoint endpoint) {
        if (!unproven.tryAcquire()) {
            closeQuietly(channel);
            return;
        }
        Connection connection;
        try {
            prepare(channel);
            connection = new Proof(endpoint.secretBytes()).server(Tls.server(channel, identity));
        } catch (IOException | RuntimeException refused) {
            closeQuietly(channel);
            return;
        } finally {
            unproven.release();
        }
        try {
            var hello = connection.read();
            if (hello.type() != Frame.Type.HELLO) throw new IOException("no greeting");
            var in = hello.in();
            var role = in.getString();
            var _ = in.getString();
            var told = in.getClient();
            var client = new Client(told.jvmId(), told.name() + " at " + hostOf(channel), told.pid(), true);
            switch (role) {
                case "life" -> watch(connection, client);
                case "calls" -> new Server(this, connection, client, null).serve();
                default -> connection.close();
            }
        } catch (IOException | RuntimeException refused) {
            connection.close();
        }
    }

    private static String hostOf(SocketChannel channel) throws IOException {
        return channel.getRemoteAddress() instanceof InetSocketAddress from ? from.getHostString() : "";
    }

    /// From now on reaches the objects of a manager at the address by which this JVM knows it.
    void know(Address network) {
        networks.put(Endpoint.in(network).fingerprint(), network);
    }

    /// A reference as the JVM that is being served can use it: one over the network needs the address there.
    Reference shown(Reference reference) {
        var endpoint = served;
        if (endpoint == null || !Client.current().remote() || !isHere(reference.home())) return reference;
        return new Reference(
                endpoint.address(reference.home().pid(), reference.home().name()), reference.id(), reference.kind());
    }

    private void accept(ServerSocketChannel server, Consumer<SocketChannel> welcome) {
        while (server.isOpen()) {
            try {
                var channel = server.accept();
                Threads.start("weft-serve", () -> welcome.accept(channel));
            } catch (IOException refused) {
                if (!server.isOpen()) return;
                LockSupport.parkNanos(REFUSED_PAUSE_NANOS); // out of file descriptors: those in use go on
            }
        }
    }

    private void welcome(SocketChannel channel) {
        try {
            var connection = new Proof(secret()).server(channel);
            var hello = connection.read();
            if (hello.type() != Frame.Type.HELLO) {
                connection.close();
                return;
            }
            var in = hello.in();
            var role = in.getString();
            var who = in.getString();
            var client = in.getClient();
            switch (role) {
                case "worker" -> {
                    var waiting = expected.remove(who);
                    if (waiting == null || !waiting.complete(connection)) connection.close();
                }
                case "life" -> watch(connection, client);
                case "calls" -> {
                    var receipts = in.getString();
                    new Server(
                                    this,
                                    connection,
                                    client,
                                    receipts.isEmpty() ? null : Receipts.take(ownDirectory(), receipts))
                            .serve();
                }
                default -> connection.close();
            }
        } catch (IOException | RuntimeException refused) {
            closeQuietly(channel);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException alreadyClosed) {
            // nothing left to close
        }
    }

    /// Waits for the end of a client JVM, and then frees what it held.
    private void watch(Connection connection, Client client) {
        try (connection) {
            while (true) connection.read();
        } catch (IOException ended) {
            for (var held : objects.values())
                if (held.core() instanceof ClientWatcher watcher) watcher.clientEnded(client);
        }
    }

    // ---- shared objects

    /// A shared object that lives here: what does the work, what it can be asked, and what users see of it.
    record Held(Object core, Kind kind, Object facade) {}

    long share(Object core, Kind kind, Object facade) {
        long id = objectIds.incrementAndGet();
        objects.put(id, new Held(core, kind, facade));
        return id;
    }

    @Nullable
    Held held(long id) {
        return objects.get(id);
    }

    /// The object that a reference stands for: the very object at its home, one proxy for it elsewhere.
    Object resolve(Reference reference) {
        if (isHere(reference.home())) {
            var held = objects.get(reference.id());
            if (held == null) throw new ObjectLostException("the shared object no longer exists", null);
            return held.facade();
        }
        if (Endpoint.isIn(reference.home())) {
            var network = networks.get(Endpoint.in(reference.home()).fingerprint());
            if (network != null && !network.equals(reference.home()))
                return resolve(new Reference(network, reference.id(), reference.kind()));
        }
        while (true) {
            var known = remotes.get(reference);
            var proxy = known == null ? null : known.get();
            if (proxy != null) return proxy;
            var made = reference.kind().facade(Handle.remote(reference));
            if (known == null) {
                if (remotes.putIfAbsent(reference, new WeakReference<>(made)) == null) return made;
            } else if (remotes.replace(reference, known, new WeakReference<>(made))) return made;
        }
    }

    boolean isHere(Address other) {
        var endpoint = served;
        if (endpoint != null && Endpoint.isIn(other))
            return Endpoint.in(other).fingerprint().equals(endpoint.fingerprint());
        var own = address;
        return own != null && own.socket().equals(other.socket());
    }

    Peer peer(Address to) {
        return peers.computeIfAbsent(to, Peer::new);
    }

    // ---- functions and classes

    Closure.Root rootOf(ClassLoader loader) {
        synchronized (loaders) {
            int id = loaderIds.computeIfAbsent(loader, fresh -> {
                loaders.add(new WeakReference<>(fresh));
                known = loaders.size();
                return loaders.size() - 1;
            });
            return new Closure.Root(address(), id);
        }
    }

    /// The class loader itself, if the classes are at home here.
    @Nullable
    ClassLoader loaderAtHome(Closure.Root root) {
        if (!isHere(root.home())) return null;
        synchronized (loaders) {
            return root.loader() >= 0 && root.loader() < loaders.size()
                    ? loaders.get(root.loader()).get()
                    : null;
        }
    }

    /// The class loader for values that arrive: the calling thread's, then those that sent functions.
    ClassLoader arrivals() {
        var context = Thread.currentThread().getContextClassLoader();
        var latestChain = chain.get();
        if (latestChain != null && latestChain.context == context && latestChain.known == known) return latestChain;
        var candidates = new ArrayList<ClassLoader>();
        if (context != null) candidates.add(context);
        int now;
        synchronized (loaders) {
            now = known;
            for (int i = loaders.size() - 1; i >= 0; i--) {
                var loader = loaders.get(i).get();
                if (loader != null && loader != context && !StartupCache.isTeacher(loader)) candidates.add(loader);
            }
        }
        if (candidates.size() == 1) return candidates.getFirst();
        var made = new LoaderChain(candidates, context, now);
        chain = new WeakReference<>(made);
        return made;
    }

    /// Makes a closure known, so that the JVM that is told its id can fetch it.
    void offer(Closure closure) {
        if (closure == latest) return;
        latest = closure;
        offered.put(closure.id(), new WeakReference<>(closure));
        recent.put(closure.id(), closure);
        if (offered.size() > 8 * CLOSURES_KEPT) offered.values().removeIf(kept -> kept.get() == null);
    }

    @Nullable
    Closure offered(String id) {
        var known = offered.get(id);
        return known == null ? null : known.get();
    }

    /// The function of that id, for a task of a call.
    Closures.Ready function(String id, long call, Address origin) {
        return closures.get(id, call, origin);
    }

    Closure fetchClosure(Address origin, String id) {
        if (isHere(origin)) {
            var own = offered(id);
            if (own != null) return own;
        }
        return Closure.from(
                peer(origin).ask(Frame.Type.CLOSURE, new Out().putString(id).toBytes()));
    }

    List<byte[]> fetchClasses(Closure.Root root, List<String> names) {
        var out = new Out().putInt(root.loader()).putInt(names.size());
        names.forEach(out::putString);
        var in = peer(root.home()).ask(Frame.Type.CLASSES, out.toBytes());
        var bytes = new ArrayList<byte[]>();
        for (int i = 0; i < names.size(); i++) bytes.add(in.getBytes());
        return bytes;
    }

    /// The bytes of the classes that a closure reaches, for a JVM that cannot ask for them.
    List<byte[]> classesOf(Closure closure) {
        if (!isHere(closure.root().home())) return fetchClasses(closure.root(), closure.classes());
        return closure.classes().stream()
                .map(name -> classBytes(closure.root().loader(), name))
                .toList();
    }

    /// A closure that came with its classes.
    Closures.Ready function(Closure closure, List<byte[]> classes) {
        return closures.get(closure, classes);
    }

    /// A closure that its owner brings since a task to come needs it.
    void bring(In in) {
        var closure = Closure.fromBytes(in.getBytes());
        var classes = new HashMap<String, byte[]>();
        for (int left = in.getLength(8); left > 0; left--) classes.put(in.getString(), in.getBytes());
        closures.bring(closure, classes);
    }

    byte[] classBytes(int loaderId, String className) {
        ClassLoader loader;
        synchronized (loaders) {
            loader = loaderId >= 0 && loaderId < loaders.size()
                    ? loaders.get(loaderId).get()
                    : null;
        }
        if (loader == null) return Frame.NOTHING;
        try {
            var type = Class.forName(className, false, loader);
            var bytes = UserClasses.isUser(type) ? UserClasses.bytes(type) : null;
            return bytes == null ? Frame.NOTHING : bytes;
        } catch (ClassNotFoundException | LinkageError missing) {
            return Frame.NOTHING;
        }
    }

    /// Calls a method of a core with arguments that came from another JVM.
    static @Nullable Object invoke(Object core, java.lang.reflect.Method method, @Nullable Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(core, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    static final class LoaderChain extends ClassLoader {
        private final List<ClassLoader> candidates;
        private final @Nullable ClassLoader context;
        private final int known;

        LoaderChain(List<ClassLoader> candidates, @Nullable ClassLoader context, int known) {
            super("arrivals", Hub.class.getClassLoader());
            this.candidates = candidates;
            this.context = context;
            this.known = known;
        }

        @Override
        protected Class<?> loadClass(String className, boolean resolve) throws ClassNotFoundException {
            for (var candidate : candidates) {
                try {
                    return Class.forName(className, false, candidate);
                } catch (ClassNotFoundException next) {
                    // the next one may know it
                }
            }
            return super.loadClass(className, resolve);
        }
    }
}
