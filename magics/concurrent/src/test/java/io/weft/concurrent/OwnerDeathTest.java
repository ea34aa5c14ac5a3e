package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Nothing outlives the JVM that started it.
@Timeout(60)
class OwnerDeathTest {
    /// A program with busy workers, which says who they are and where its socket is.
    public static final class Owner {
        @SuppressWarnings("SystemOut") // the test reads it
        public static void main(String[] args) throws Exception {
            var pool = Pool.of(2);
            var manager = Manager.start();
            var pids = pool.onEach(() -> ProcessHandle.current().pid());
            var _ = pool.mapAsync(
                    _ -> {
                        while (!Thread.interrupted()) Thread.onSpinWait();
                        return 0;
                    },
                    Range.range(2),
                    1);
            System.out.println(Stream.concat(pids.values().stream(), Stream.of(manager.pid()))
                            .map(String::valueOf)
                            .reduce("", (all, pid) -> all + pid + " ")
                    + Path.of(Hub.get().address().socket()).getParent());
            if (args[0].equals("wait")) Thread.sleep(60_000);
            System.exit(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait", "exit"})
    void workersAndFilesAreGone_soonAfterTheirOwner(String how) throws Exception {
        var owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        how)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String[] said;
        try (var lines = new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
            said = Objects.requireNonNull(lines.readLine()).split(" ");
            if (how.equals("wait")) owner.destroyForcibly();
            owner.waitFor();
        }
        var directory = Path.of(said[3]);

        await().atMost(Duration.ofSeconds(3))
                .until(() -> Arrays.stream(said, 0, 3)
                        .noneMatch(pid -> ProcessHandle.of(Long.parseLong(pid))
                                .map(ProcessHandle::isAlive)
                                .orElse(false)));
        await().atMost(Duration.ofSeconds(3)).until(() -> Files.notExists(directory));
        assertThat(owner.isAlive()).isFalse();
    }

    @Test
    void aDirectoryThatAKilledJvmLeft_isRemovedByTheNext() throws Exception {
        var dead = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
                .redirectErrorStream(true)
                .start();
        dead.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        dead.waitFor();
        var left = Files.createDirectory(Path.of(System.getProperty("java.io.tmpdir"), "weft-" + dead.pid() + "-left"));

        SessionDirectory.delete(SessionDirectory.create());

        assertThat(left).doesNotExist();
    }
}
