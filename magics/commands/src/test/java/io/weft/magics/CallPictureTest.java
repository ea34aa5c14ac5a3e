package io.weft.magics;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.concurrent.PoolEvent;
import io.weft.concurrent.WorkerInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallPictureTest {
    private static final Instant NOW = Instant.EPOCH;
    private static final List<WorkerInfo> WORKERS = List.of(
            new WorkerInfo("worker-1", 11, WorkerInfo.State.BUSY, "", NOW, 1, 30 << 20, 256 << 20),
            new WorkerInfo("worker-2", 12, WorkerInfo.State.BUSY, "", NOW, 1, 0, 0));

    private CallProgress progress = new CallProgress("map", System.nanoTime() - TimeUnit.SECONDS.toNanos(2));

    private void submitted(int tasks) {
        progress.note(new PoolEvent.TasksSubmitted(NOW, 1, "map", 0, tasks));
    }

    private void started(int first, int tasks, String worker) {
        progress.note(new PoolEvent.TasksStarted(NOW, 1, "map", first, tasks, worker));
    }

    private void done(int first, int tasks, String worker, int millis) {
        progress.note(new PoolEvent.TasksDone(NOW, 1, "map", first, tasks, worker, Duration.ofMillis(millis)));
    }

    private void failed(int first, int tasks, String worker, Throwable failure) {
        progress.note(new PoolEvent.TasksFailed(NOW, 1, "map", first, tasks, worker, Duration.ofMillis(100), failure));
    }

    private String headline() {
        return new CallPicture("pool", progress, WORKERS).bundle().plainText();
    }

    private String html() {
        return String.valueOf(
                new CallPicture("<pool>", progress, WORKERS).bundle().data().get("text/html"));
    }

    @Test
    void whileItRuns_theLineSaysHowMuchHowFastAndHowLong() {
        submitted(1000);
        started(0, 250, "worker-1");
        done(0, 250, "worker-1", 500);
        assertThat(headline()).matches("pool\\.map: 250 of 1,000 tasks, 25 %, 12\\d per s, [56]\\.\\d s left");
    }

    @Test
    void aCallThatTakesItsItemsOneAfterTheOther_hasNoEndToTell() {
        progress = new CallProgress("imap", System.nanoTime() - TimeUnit.SECONDS.toNanos(2));
        submitted(10);
        done(0, 4, "worker-1", 500);
        assertThat(headline()).matches("pool\\.imap: 4 tasks, [12]\\.\\d per s");
    }

    @Test
    void whatFailedOrWasCancelled_isCounted_andEndsTheCall() {
        submitted(10);
        done(0, 4, "worker-1", 100);
        failed(4, 2, "worker-2", new IllegalStateException());
        assertThat(progress.isOver()).isFalse();
        failed(6, 4, "", new CancellationException());
        assertThat(progress.isOver()).isTrue();
        assertThat(headline()).matches("pool\\.map: 4 of 10 tasks, [12]\\.\\d per s, 2\\.\\d s, 2 failed, 4 cancelled");
    }

    @Test
    void whatIsRunAgain_isCounted() {
        submitted(2);
        progress.note(new PoolEvent.TasksRetried(NOW, 1, "map", 0, 1, 2));
        done(0, 2, "worker-1", 100);
        assertThat(headline()).endsWith(", 1 run again");
    }

    @Test
    void eachWorkerHasARow_withWhatItIsAt_andInTheEndHowBusyItWas() {
        submitted(40);
        started(0, 10, "worker-1");
        started(10, 10, "worker-2");
        done(10, 10, "worker-2", 1000);
        assertThat(html())
                .contains(">worker-1<", ">11<", ">items 0–9<", ">30 of 256 MB<", ">worker-2<", ">10<")
                .doesNotContain("slowest", "<pool>", "<script");
        done(0, 10, "worker-1", 100);
        started(20, 20, "worker-3");
        done(20, 20, "worker-3", 100);
        assertThat(html()).contains(">busy<", ">5 %<", ">ended<").doesNotContain(">at<");
    }

    @Test
    void theEndNamesTheFiveThatTookLongest() {
        submitted(7);
        int[] millis = {10, 700, 30, 500, 600, 20, 40};
        for (int at = 0; at < millis.length; at++) done(at, 1, "worker-1", millis[at]);
        assertThat(progress.slowest())
                .extracting(CallProgress.Slow::items)
                .containsExactly("item 1", "item 4", "item 3", "item 6", "item 2");
        assertThat(html()).contains(">slowest<", ">item 1<", ">0.700 s<").doesNotContain(">item 0<");
    }
}
