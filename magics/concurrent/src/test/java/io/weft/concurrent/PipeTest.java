package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a pipe promises, within a JVM and between two.
@Timeout(60)
class PipeTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    record Point(int x) {}

    @Test
    void eachEnd_receivesWhatTheOtherSends_inOrder_alsoInAWorker() throws Exception {
        try (var pipe = Pipe.<Point>open()) {
            var right = pipe.right();
            var worker = WorkerProcess.start(() -> {
                for (int i = 0; i < 200; i++)
                    right.send(new Point(right.receive().x() + 1));
            });
            var sent = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 200; i++) pipe.left().send(new Point(i));
                } catch (InterruptedException stop) {
                    throw new IllegalStateException(stop);
                }
            });

            for (int i = 0; i < 200; i++) assertThat(pipe.left().receive(SOON)).isEqualTo(new Point(i + 1));
            assertThat(sent).succeedsWithin(SOON);
            worker.join();
        }
    }

    @Test
    void aClosedEnd_isTheEndOfWhatTheOtherReceives() throws Exception {
        var pipe = Pipe.<Integer>open();
        assertThat(pipe.left().poll()).isFalse();
        assertThat(pipe.left().poll(Duration.ofMillis(10))).isFalse();
        assertThatThrownBy(() -> pipe.left().receive(Duration.ofMillis(10))).isInstanceOf(TimeoutException.class);
        pipe.right().send(1);

        pipe.right().close();

        assertThat(pipe.left().poll(SOON)).isTrue();
        assertThat(pipe.left().recv()).isEqualTo(1);
        assertThat(pipe.left().poll()).isTrue();
        assertThatThrownBy(() -> pipe.left().receive())
                .isInstanceOf(QueueClosedException.class)
                .hasMessageContaining("the other end");
        assertThatThrownBy(() -> pipe.left().send(2)).isInstanceOf(QueueClosedException.class);
        assertThatThrownBy(() -> pipe.right().receive())
                .isInstanceOf(QueueClosedException.class)
                .hasMessageContaining("this end");
    }

    @Test
    void aTaskThatNamesThePipe_leavesTheOtherEndToTheOthers_whenItsProcessEnds() throws Exception {
        // given
        var pipe = Pipe.<String>open();
        var worker = WorkerProcess.start(() -> {
            pipe.right().send("hi");
        });
        // when
        worker.join();
        // then
        assertThat(pipe.left().receive(SOON)).isEqualTo("hi");
        assertThatThrownBy(() -> pipe.left().receive(SOON))
                .isInstanceOf(QueueClosedException.class)
                .hasMessageContaining("the other end");
    }

    @Test
    void whenOneOfTwoProcessesThatNameThePipeEnds_theOtherSeesTheEndOfIt() throws Exception {
        // given two that have both ends, each of which uses one
        var pipe = Pipe.<String>open();
        var received = SharedQueue.<String>create();
        var first = WorkerProcess.start(() -> {
            pipe.right().send("hi");
            Thread.sleep(60_000);
        });
        var second = WorkerProcess.start(() -> {
            received.put(pipe.left().receive());
            try {
                pipe.left().receive();
            } catch (QueueClosedException end) {
                return;
            }
            throw new IllegalStateException("something came");
        });
        assertThat(received.take()).isEqualTo("hi");
        // when
        first.kill();
        // then
        assertThat(second.join(SOON)).isTrue();
        assertThat(second.exitCode()).hasValue(0);
    }

    @Test
    void whenTheProcessOfAnEndIsKilled_theOtherReceivesWhatIsLeft_andThenTheEnd() throws Exception {
        var pipe = Pipe.<Integer>open();
        var right = pipe.right();
        var worker = WorkerProcess.start("sender", () -> {
            right.send(1);
            Thread.sleep(60_000);
        });
        assertThat(pipe.left().poll(SOON)).isTrue();
        var received = new CompletableFuture<Integer>();
        Thread.startVirtualThread(() -> {
            try {
                pipe.left().receive();
                received.complete(pipe.left().receive());
            } catch (Exception end) {
                received.completeExceptionally(end);
            }
        });

        worker.kill();

        assertThatThrownBy(() -> received.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(QueueClosedException.class)
                .hasMessageContaining("sender (pid %d) has ended", worker.pid());
        assertThatThrownBy(() -> pipe.left().send(2)).isInstanceOf(QueueClosedException.class);
    }

    @Test
    void twoWorkers_talkToEachOther_andOneHearsOfTheOthersEnd() throws Exception {
        var pipe = Pipe.<String>open();
        var left = pipe.left();
        var right = pipe.right();
        var said = SharedQueue.<String>create();
        var asker = WorkerProcess.start(() -> {
            left.send("question");
            said.put(left.receive());
            try {
                left.receive();
            } catch (QueueClosedException end) {
                said.put("end");
            }
        });
        var answerer = WorkerProcess.start(() -> right.send("answer to " + right.receive()));

        assertThat(said.get(SOON)).isEqualTo("answer to question");
        answerer.join();
        assertThat(said.get(SOON)).isEqualTo("end");
        asker.join();
    }
}
