package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a shared memory promises.
@Timeout(60)
class SharedMemoryTest {
    @Test
    void whatAWorkerWrites_isThere_withoutACopy() throws Exception {
        try (var pool = Pool.of(2);
                var memory = SharedMemory.create("numbers", 8 * 1000)) {
            pool.map(
                    n -> {
                        memory.doubles().put(n, n * 0.5);
                        return 0;
                    },
                    range(1000),
                    100);
            assertThat(memory.doubles().get(10)).isEqualTo(5.0);

            memory.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, 0, 42);
            assertThat(pool.<Double>apply(() -> {
                        try (var opened = SharedMemory.open("numbers")) {
                            opened.longs().put(999, -1);
                            return opened.doubles().get(0);
                        }
                    }))
                    .isEqualTo(42);
            assertThat(memory.longs().get(999)).isEqualTo(-1);
            assertThat(memory.byteSize()).isEqualTo(8000);
        }
    }

    @Test
    void aTaskThatReadsAClosedMemory_isRefused_alsoWhereItsWorkerHasItOpen() throws Exception {
        try (var pool = Pool.of(1)) {
            var memory = SharedMemory.create("lent", 8);
            memory.ints().put(1, 7);
            Call<Integer> read = () -> memory.ints().get(1);
            assertThat(pool.apply(read)).isEqualTo(7);

            memory.close();

            assertThatThrownBy(() -> pool.apply(read)).hasMessageContaining("the shared memory 'lent' is closed here");
        }
    }

    @Test
    void aMemoryOfANameThatAnotherHadBefore_isTheNewOne_forWorkersToo() throws Exception {
        try (var pool = Pool.of(1)) {
            for (int round = 1; round <= 3; round++) {
                int number = round;
                try (var memory = SharedMemory.create("again", 8)) {
                    pool.apply(() -> memory.ints().put(0, 41).get(0));
                    assertThat(memory.ints().get(0)).as("round %d", number).isEqualTo(41);
                }
            }
        }
    }

    @Test
    void aNameServesOneMemory_untilItsOwnerClosesIt() {
        var memory = SharedMemory.create("once", 16);
        assertThatThrownBy(() -> SharedMemory.create("once", 16))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'once'");
        var second = SharedMemory.open("once");

        memory.close();
        memory.close();

        assertThat(memory.isClosed()).isTrue();
        assertThatThrownBy(() -> memory.segment().get(ValueLayout.JAVA_INT, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the shared memory 'once' is closed here");
        assertThatThrownBy(() -> memory.ints().get(0)).hasMessageContaining("'once' is closed here");
        assertThatThrownBy(() -> SharedMemory.open("once")).hasMessageContaining("there is no shared memory 'once'");
        second.ints().put(0, 7);
        assertThat(second.ints().get(0)).isEqualTo(7);
        second.close();
        SharedMemory.create("once", 1).close();
    }

    @Test
    void whatAKilledWorkerMade_staysForOthers_untilOneDeletesIt() throws Exception {
        var made = SharedQueue.<Boolean>create();
        var worker = WorkerProcess.start(() -> {
            SharedMemory.create("heritage", 16).ints().put(0, 7);
            made.put(true);
            Thread.sleep(60_000);
        });
        made.take();

        worker.kill();
        assertThat(worker.completion()).failsWithin(Duration.ofSeconds(20));

        var heritage = SharedMemory.open("heritage");
        assertThat(heritage.ints().get(0)).isEqualTo(7);
        heritage.delete();
        assertThat(heritage.isClosed()).isTrue();
        assertThatThrownBy(() -> SharedMemory.open("heritage"))
                .hasMessageContaining("there is no shared memory 'heritage'");
        SharedMemory.create("heritage", 1).close();
    }

    @Test
    void oneThatDoesNotFit_isRefused_withItsSizeAndTheRoom() {
        assertThatThrownBy(() -> SharedMemory.create("huge", 1L << 60))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'huge' of 1,152,921,504,607 MB")
                .hasMessageMatching("(?s).*there is room for [0-9,]+ [a-zA-Z]+.*");
        assertThatThrownBy(() -> SharedMemory.create("../x", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedMemory.create("none", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itsDirectories_areForTheirOwnerOnly() throws Exception {
        for (var directory : SessionDirectory.memories(Hub.get().ownDirectory()))
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
    }

    /// A program with a shared memory, and perhaps a worker, which says where the memory is.
    public static final class Owner {
        @SuppressWarnings("SystemOut") // the test reads it
        public static void main(String[] args) throws Exception {
            SharedMemory.create("left", 1000);
            if (args[0].equals("with a worker")) Pool.of(1).apply(() -> 1);
            System.out.println(
                    SessionDirectory.memories(Hub.get().ownDirectory()).getFirst());
            Thread.sleep(60_000);
        }
    }

    private static Path killOwner(String how) throws Exception {
        var owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        how)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
            var directory = Path.of(Objects.requireNonNull(lines.readLine()));
            owner.destroyForcibly();
            owner.waitFor();
            return directory;
        }
    }

    @Test
    void nothingIsLeft_soonAfterAKilledOwner() throws Exception {
        var swept = killOwner("with a worker");
        await().atMost(Duration.ofSeconds(5)).until(() -> Files.notExists(swept));
    }

    @Test
    void whatAKilledOwnerWithoutWorkersLeft_isRemovedByTheNextSession() throws Exception {
        var left = killOwner("alone");
        assertThat(left.resolve("left")).exists();

        SessionDirectory.delete(SessionDirectory.create());

        assertThat(left).doesNotExist();
    }
}
