package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What a manager over the network promises, to those who know the secret and to those who do not.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemoteManagerTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private Manager served = Manager.local();

    @BeforeAll
    void serve() throws Exception {
        served = Manager.serve(new InetSocketAddress("localhost", 0));
    }

    @AfterAll
    void stop() {
        served.close();
    }

    /// A value of a class that the manager's JVM does not have.
    record Point(int x) {}

    /// An own type.
    static class Tally {
        private int sum;

        int add(Point point) {
            sum += point.x();
            return sum;
        }
    }

    /// A program that knows nothing but the URI and the secret.
    public static final class Stranger {
        @SuppressWarnings("SystemOut") // the test reads it
        public static void main(String[] args) throws Exception {
            try {
                var far = Manager.connect(URI.create(args[0]), args[1]);
                SharedQueue<SharedDict<String, Point>> door =
                        far.create(Door.class).queue();
                var dict = door.take();
                for (int i = 0; i < 50; i++)
                    dict.merge("sum", new Point(i), (Merger) (a, b) -> new Point(a.x() + b.x()));
                far.register(Tally.class, Tally::new);
                var tally = far.create(Tally.class);
                tally.add(new Point(1));
                dict.put("tally", new Point(tally.add(new Point(41))));
                System.out.println("done " + far.name());
            } catch (IllegalStateException refused) {
                System.out.println("refused: " + refused.getMessage());
            }
            System.exit(0);
        }
    }

    /// A function that can travel out of a plain program.
    interface Merger extends java.util.function.BiFunction<Point, Point, Point>, java.io.Serializable {}

    /// Where two programs that share a manager meet.
    static class Door {
        private static final Door ONE = new Door();
        private SharedQueue<SharedDict<String, Point>> queue = SharedQueue.create();

        SharedQueue<SharedDict<String, Point>> queue() {
            return queue;
        }
    }

    private static String run(Class<?> program, String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(Arrays.asList(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(Arrays.asList(arguments));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var out = process.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    @Test
    void aForeignProcessWithTheSecret_sharesObjectsValuesAndFunctions() throws Exception {
        served.register(Door.class, () -> Door.ONE);
        SharedDict<String, Point> dict = served.dict();
        served.create(Door.class).queue().put(dict);

        var said = run(Stranger.class, served.uri().toString(), served.secret());

        assertThat(said)
                .isEqualTo(
                        "done %s at weft://localhost:%d",
                        served.name(), served.uri().getPort());
        assertThat(dict.get("sum")).isEqualTo(new Point(1225));
        assertThat(dict.get("tally")).isEqualTo(new Point(42));
    }

    @Test
    void aForeignProcessWithAnotherSecret_isRefused() throws Exception {
        assertThat(run(Stranger.class, served.uri().toString(), "guess"))
                .startsWith("refused: the manager at weft://localhost:")
                .contains("refuses the secret");
    }

    @Test
    void whoeverConnects_hasQueuesLocksAndWaits_alsoInItsWorkers() throws Exception {
        var far = Manager.connect(served.uri(), served.secret());
        SharedQueue<Integer> queue = far.queue();
        var lock = far.lock();
        var process = WorkerProcess.start(() -> {
            lock.lock();
            queue.put(42);
            Thread.sleep(60_000);
        });
        assertThat(queue.get(SOON)).isEqualTo(42);
        assertThat(lock.tryLock()).isFalse();

        process.kill();

        assertThat(lock.tryLock(20, TimeUnit.SECONDS)).isTrue();
        lock.unlock();
        assertThat(far.uri()).isEqualTo(served.uri());
        var waiting = new CompletableFuture<Throwable>();
        var taker = Thread.startVirtualThread(() -> {
            try {
                queue.take();
            } catch (InterruptedException stop) {
                waiting.complete(stop);
            }
        });
        taker.interrupt();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isNotNull();
        var large = new byte[3_000_000];
        Arrays.fill(large, (byte) 7);
        Map<String, byte[]> dict = far.dict();
        dict.put("large", large);
        assertThat(dict.get("large")).isEqualTo(large);
        far.close();
        queue.put(1);
        assertThat(queue.take()).isEqualTo(1);
    }

    @Test
    void aServerWithAnotherCertificate_isNotTrusted() {
        var uri = served.uri();
        var other = URI.create(uri.toString().replace(uri.getFragment(), "0".repeat(64)));

        assertThatThrownBy(() -> Manager.connect(other, served.secret()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is not the manager that the URI names")
                .hasRootCauseMessage("what answers has another certificate than the URI names");
    }

    @Test
    void aServerInPlainText_isNotTrusted_andGetsNoSecret() throws Exception {
        try (var plain = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            var heard = CompletableFuture.supplyAsync(() -> {
                try (var client = plain.accept()) {
                    client.getOutputStream()
                            .write("WEFT1\n0123456789012345678901234567890123456789"
                                    .getBytes(StandardCharsets.US_ASCII));
                    return client.getInputStream().readNBytes(1)[0];
                } catch (IOException broken) {
                    throw new IllegalStateException(broken);
                }
            });
            var uri = URI.create("weft://localhost:%d#%s"
                    .formatted(plain.getLocalPort(), served.uri().getFragment()));

            assertThatThrownBy(() -> Manager.connect(uri, served.secret()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasCauseInstanceOf(SSLException.class);
            assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo((byte) 22); // a handshake of TLS, and no proof
        }
    }

    @Test
    void aPeerInPlainText_isHungUpOn_andTheOthersGoOn() throws Exception {
        try (var peer = new Socket("localhost", served.uri().getPort())) {
            peer.setSoTimeout(20_000);
            peer.getOutputStream().write("WEFT1\n".repeat(100).getBytes(StandardCharsets.US_ASCII));
            assertThat(readAll(peer.getInputStream())).isLessThan(100);
        }
        assertThat(served.counter().increment()).isEqualTo(1);
    }

    /// How many bytes came before the other side hung up.
    private static int readAll(InputStream in) {
        int count = 0;
        try {
            while (in.read() >= 0) count++;
        } catch (java.net.SocketException reset) {
            // as good as the end
        } catch (IOException late) {
            throw new AssertionError("was not hung up on", late);
        }
        return count;
    }

    @Test
    void whatWasRecorded_cannotBeReplayed() throws Exception {
        // given all that a client has sent, as somebody between it and the manager could record it
        BlockingQueue<byte[]> recorded = new LinkedBlockingQueue<>();
        var counter = served.counter();
        try (var between = ServerSocketChannel.open().bind(new InetSocketAddress("localhost", 0))) {
            Threads.start("recorder", () -> {
                try {
                    while (true) relay(between.accept(), recorded);
                } catch (IOException closed) {
                    // the test is over
                }
            });
            int port = ((InetSocketAddress) between.getLocalAddress()).getPort();
            var far = Manager.connect(
                    URI.create("weft://localhost:%d#%s"
                            .formatted(port, served.uri().getFragment())),
                    served.secret());
            far.counter().increment();
        }

        // when it is sent once more
        try (var peer = new Socket("localhost", served.uri().getPort())) {
            peer.setSoTimeout(20_000);
            for (var bytes = recorded.poll(); bytes != null; bytes = recorded.poll()) {
                try {
                    peer.getOutputStream().write(bytes);
                } catch (IOException hungUp) {
                    break;
                }
            }
            peer.shutdownOutput();
            readAll(peer.getInputStream());
        } catch (IOException hungUp) {
            assertThat(hungUp).isNotNull();
        }

        // then the handshake has failed, as its keys were others
        assertThat(counter.get()).isZero();
    }

    private void relay(SocketChannel client, BlockingQueue<byte[]> recorded) throws IOException {
        var server = SocketChannel.open(
                new InetSocketAddress("localhost", served.uri().getPort()));
        Threads.start("to-server", () -> copy(client, server, recorded));
        Threads.start("to-client", () -> copy(server, client, new LinkedBlockingQueue<>()));
    }

    private static void copy(SocketChannel from, SocketChannel to, BlockingQueue<byte[]> recorded) {
        try (from;
                to) {
            var buffer = java.nio.ByteBuffer.allocate(1 << 16);
            while (from.read(buffer) >= 0) {
                buffer.flip();
                recorded.add(Arrays.copyOf(buffer.array(), buffer.limit()));
                while (buffer.hasRemaining()) to.write(buffer);
                buffer.clear();
            }
        } catch (IOException closed) {
            // one side is done
        }
    }

    @Test
    void errorsSayWhatIsWrong() throws Exception {
        assertThatThrownBy(() -> Manager.connect(URI.create("http://localhost:1"), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weft://HOST:PORT#FINGERPRINT");
        int unused;
        try (var free = new ServerSocket(0)) {
            unused = free.getLocalPort();
        }
        var nobody = URI.create("weft://localhost:%d#%s".formatted(unused, "0".repeat(64)));
        assertThatThrownBy(() -> Manager.connect(nobody, ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot reach the manager at weft://localhost:" + unused);
        assertThatThrownBy(() -> Manager.serve(
                        new InetSocketAddress("localhost", served.uri().getPort())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot serve a manager at");
        try (var local = Manager.start()) {
            assertThatThrownBy(local::uri)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Manager.serve");
        }
        assertThat(served.toString() + served.uri()).doesNotContain(served.secret());
    }
}
