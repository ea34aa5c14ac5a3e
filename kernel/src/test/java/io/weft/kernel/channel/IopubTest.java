package io.weft.kernel.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.wire.Broadcast;
import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.WireCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
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

    @Test
    void send_takesWhatAValueIsNow_onTheThreadOfTheCell() throws Exception {
        // given
        var askedOn = new ArrayList<Thread>();
        var list = new ArrayList<Object>(List.of(1, new Object() {
            @Override
            public String toString() {
                askedOn.add(Thread.currentThread());
                return "mine";
            }
        }));
        Map<String, Object> state = Map.of("list", list);
        iopub.send(cell, new Broadcast.CommMessage("comm_msg", Map.of("data", state), Map.of(), List.of()));
        iopub.send(cell, new Broadcast.Display(Map.of("application/json", state), Map.of(), ""));
        iopub.send(cell, new Broadcast.UpdateDisplay(Map.of("application/json", state), Map.of(), "id"));
        iopub.send(cell, new Broadcast.ExecuteResult(1, Map.of("application/json", state), Map.of()));

        // when
        list.clear();
        iopub.onWork(work::release);
        sender.start();
        iopub.settle(LONG);

        // then
        assertThat(sent)
                .hasSize(4)
                .allSatisfy(
                        frames -> assertThat(new String(frames.get(6), UTF_8)).contains("{\"list\":[1,\"mine\"]}"));
        assertThat(askedOn).hasSize(4).containsOnly(Thread.currentThread());
    }

    @Test
    void send_holdsAWriterOfCommMessagesBack_whileNobodyTakesThem() throws Exception {
        // given
        var large = new Broadcast.CommMessage(
                "comm_msg", Map.of("data", Map.of("rows", List.of("x".repeat(5 << 20)))), Map.of(), List.of());
        iopub.send(cell, large);
        Thread writer = Thread.ofPlatform().start(() -> iopub.send(cell, large));

        // when
        Awaitility.await().until(() -> writer.getState() == Thread.State.TIMED_WAITING);
        iopub.poll();
        writer.join();

        // then
        assertThat(iopub.poll()).isNotNull();
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
