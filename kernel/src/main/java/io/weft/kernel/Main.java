package io.weft.kernel;

import io.weft.kernel.channel.ChannelException;
import io.weft.kernel.channel.Registrar;
import io.weft.kernel.channel.StderrLog;
import io.weft.kernel.eval.JShellEvaluator;
import io.weft.kernel.handler.Kernel;
import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Registration;
import io.weft.kernel.wire.StartFile;
import io.weft.kernel.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// The kernel's program: `java … io.weft.kernel.Main CONNECTION_FILE`.
public final class Main {
    private static final int BAD_INPUT = 2;
    private static final int CANNOT_LISTEN = 3;
    private static final Duration MAX_REGISTRATION = Duration.ofSeconds(10);
    private static final Duration MAX_END = Duration.ofMillis(950);
    private static final String USAGE = """
            Usage: java -cp … io.weft.kernel.Main CONNECTION_FILE
                   java -cp … io.weft.kernel.Main --rehearse | --help | --version

            The Weft kernel for Jupyter. Jupyter starts it and writes CONNECTION_FILE, which
            says where the kernel listens, or to whom it says where. To use it, run `jupyter lab` and pick "Java (Weft)".
            --rehearse runs a short session with itself, for a JVM that records what a start needs.

            Ends with 0 when a front end shuts it down, 2 when CONNECTION_FILE cannot be used,
            3 when an address in it cannot be listened on or nobody waits at its registration
            address.""";

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        PrintStream err = System.err;
        switch (arguments.length == 1 ? arguments[0] : "") {
            case "--help", "-h" -> System.out.println(USAGE);
            case "--version" -> System.out.println("weft " + version());
            case "--rehearse" -> System.exit(rehearse(err));
            case String argument
            when argument.isEmpty() || argument.startsWith("-") -> {
                err.println("weft: exactly one argument is needed, the path of a connection file.\n\n" + USAGE);
                System.exit(BAD_INPUT);
            }
            case String file -> System.exit(run(file, err));
        }
    }

    private static int run(String file, PrintStream err) throws InterruptedException {
        tellOfStaleCache(err);
        Kernel kernel;
        try {
            kernel = startWith(StartFile.read(Path.of(file)), new StderrLog(err));
        } catch (WireException | InvalidPathException wrong) {
            err.println("weft: " + wrong.getMessage());
            return BAD_INPUT;
        } catch (ChannelException taken) {
            err.println("weft: " + taken.getMessage());
            return CANNOT_LISTEN;
        }
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            haltAfter(MAX_END); // a signal ends it too
                            kernel.close();
                        },
                        "weft-exit"));
        interruptOnSigint(kernel);
        endWithParent(kernel);
        kernel.awaitShutdown();
        haltAfter(MAX_END);
        kernel.close();
        return 0;
    }

    /// The JVM ignores a start-up cache that another one made, and starts more slowly than without any.
    private static void tellOfStaleCache(PrintStream err) {
        String maker = System.getProperty("weft.cache.java");
        String java = Runtime.version().toString();
        if (maker != null && !maker.equals(java))
            err.println(
                    "weft: the start-up cache was made by Java %s and is of no use to Java %s: run install.sh again for faster starts."
                            .formatted(maker, java));
    }

    private static int rehearse(PrintStream err) throws InterruptedException {
        PrintStream out = System.out; // cells take its place
        try (var kernel = Kernel.start(Rehearsal.connection(), JShellEvaluator::new, version(), new StderrLog(err))) {
            Rehearsal.with(kernel);
            kernel.awaitShutdown();
            out.println("\nrehearsed on Java " + Runtime.version());
            return 0;
        } catch (ChannelException | IllegalStateException failed) {
            err.println("weft: the rehearsal failed: " + failed.getMessage());
            return CANNOT_LISTEN;
        }
    }

    private static Kernel start(ConnectionInfo connection, StderrLog log) throws ChannelException {
        return Kernel.start(connection, JShellEvaluator::new, version(), Kernel.historyFile(), log);
    }

    private static Kernel startWith(StartFile file, StderrLog log) throws ChannelException {
        return switch (file) {
            case ConnectionInfo connection -> start(connection, log);
            case Registration registration -> {
                Kernel kernel = start(registration.anyPorts(), log);
                try {
                    Registrar.register(registration, kernel.connection(), MAX_REGISTRATION);
                } catch (ChannelException | RuntimeException failed) {
                    kernel.close();
                    throw failed;
                }
                PublishedConnection.write(kernel.connection(), registration, log);
                yield kernel;
            }
        };
    }

    /// A thread or a shutdown hook of the notebook that never ends does not keep the process.
    private static void haltAfter(Duration time) {
        Thread.ofPlatform().daemon().name("weft-halt").start(() -> {
            try {
                Thread.sleep(time);
            } catch (InterruptedException _) {
                // then now
            }
            Runtime.getRuntime().halt(0);
        });
    }

    /// Ends the kernel when the Jupyter server that started it has gone without saying so.
    private static void endWithParent(Kernel kernel) {
        String parent = System.getenv("JPY_PARENT_PID");
        if (parent == null || !parent.matches("[1-9]\\d{0,17}") || parent.equals("1")) {
            return;
        }
        ProcessHandle.of(Long.parseLong(parent)).ifPresent(server -> endAfter(server, kernel));
    }

    /// Looks once a second: `onExit` of the JDK tells on the common pool, which a cell may keep busy for ever. And the
    /// JDK takes a process for dead when it can't open a file of `/proc`, as after a cell that has opened too many.
    private static void endAfter(ProcessHandle server, Kernel kernel) {
        Path known = Path.of("/proc", String.valueOf(server.pid()));
        Thread.ofPlatform().daemon().name("weft-parent").start(() -> {
            try {
                while (server.isAlive() || Files.exists(known)) Thread.sleep(1000);
                kernel.requestShutdown();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Ctrl-C in a terminal ends the cell and not the kernel.
    ///
    /// The JDK has signals only in `sun.misc`, at which the compiler warns; a JDK without them leaves
    /// the interrupt request of the protocol.
    private static void interruptOnSigint(Kernel kernel) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle interrupt =
                    MethodHandles.lookup().bind(kernel, "interrupt", MethodType.methodType(void.class));
            Object handle =
                    MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.dropArguments(interrupt, 0, signal));
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("INT"), handle);
        } catch (ReflectiveOperationException | IllegalArgumentException _) {
            // no signals here
        }
    }

    private static String version() {
        try (@Nullable
                InputStream properties =
                        Main.class.getResourceAsStream("/META-INF/maven/io.weft/weft-kernel/pom.properties")) {
            if (properties == null) {
                return "development";
            }
            var values = new Properties();
            values.load(properties);
            return values.getProperty("version", "development");
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
