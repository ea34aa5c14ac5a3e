package io.weft.kernel.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.wire.Broadcast;
import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.WireCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class IopubTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Iopub iopub = new Iopub(new WireCodec("key"), "session");
    private final Header cell = Header.of("execute_request", "client");
    private final BlockingQueue<List<byte[]>> sent = new LinkedBlockingQueue<>();
    private final Semaphore work = new Semaphore(0);
    private final Thread sender = Thread.ofPlatform().daemon().unstarted(this::sendForEver);

    @AfterEach
    void end() {
        iopub.close();
        sender.interrupt();
    }

    @RepeatedTest(100)
    void settle_endsWhenAllIsSent_alsoTextThatCouldWaitForMore() {
        // given a message that makes the text after it wait
        iopub.onWork(work::release);
        sender.start();
        iopub.send(cell, new Broadcast.Stream("stdout", "first"));
        iopub.settle(LONG);
        iopub.send(cell, new Broadcast.Stream("stdout", "second"));

        // when
        iopub.settle(LONG);

        // then
        assertThat(sent).hasSize(2);
    }

    @Test
    void settle_endsAfterItsTime_whereNobodySends() {
        iopub.send(cell, new Broadcast.Stream("stdout", "text"));

        iopub.settle(Duration.ofMillis(1));

        assertThat(sent).isEmpty();
    }

    @Test
    void settle_interrupted_endsAndStaysInterrupted() {
        // given
        iopub.send(cell, new Broadcast.Stream("stdout", "text"));
        Thread.currentThread().interrupt();

        // when
        iopub.settle(Duration.ofDays(1));

        // then
        assertThat(Thread.interrupted()).isTrue();
    }

    @RepeatedTest(100)
    void awaitReader_endsWithTheFirstSubscription() {
        Thread.ofVirtual().start(() -> iopub.welcome(new byte[0]));

        iopub.awaitReader(Duration.ofDays(1));
        iopub.awaitReader(Duration.ofDays(1));
    }

    @Test
    void awaitReader_waitsForNobodyTwice() {
        iopub.awaitReader(Duration.ofMillis(1));

        iopub.awaitReader(Duration.ofDays(1));
    }

    private void sendForEver() {
        try {
            while (true) {
                work.acquire();
                for (List<byte[]> frames = iopub.poll(); frames != null; frames = iopub.poll()) {
                    sent.add(frames);
                }
            }
        } catch (InterruptedException _) {
            // the test has ended
        }
    }
}
