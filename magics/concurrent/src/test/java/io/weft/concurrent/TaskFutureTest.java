package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TaskFutureTest {
    private final TaskFuture<String> future = new TaskFuture<>(TaskFuture.Waiting.NOBODY);

    @Test
    void whoWaits_getsTheResult_andTheFutureIsDone() throws Exception {
        var waiting = inThread(future::get);

        future.deliver("here");

        assertThat(waiting.get()).isEqualTo("here");
        assertThat(future.state()).isEqualTo(Future.State.SUCCESS);
    }

    @Test
    void whoWaits_hearsOfAFailure() throws Exception {
        var waiting = inThread(future::get);

        future.fail(new IllegalStateException("broken"));

        assertThatThrownBy(waiting::get).cause().hasRootCauseMessage("broken");
        assertThatThrownBy(future::get).isInstanceOf(ExecutionException.class).hasRootCauseMessage("broken");
    }

    @Test
    void whoWaits_isWokenByACancel() throws Exception {
        var waiting = inThread(future::get);

        future.cancel(true);

        assertThatThrownBy(waiting::get).hasCauseInstanceOf(CancellationException.class);
    }

    @Test
    void whoWaits_isWokenIfSomebodyElseCompletesIt() throws Exception {
        var getting = inThread(future::get);
        var joining = inThread(future::join);

        future.complete("by hand");
        future.deliver("too late");

        assertThat(getting.get()).isEqualTo("by hand");
        assertThat(joining.get()).isEqualTo("by hand");
        assertThat(future.get()).isEqualTo("by hand");
    }

    @Test
    void withoutAnybodyWaiting_itCompletesByItself() {
        future.deliver("here");

        await().until(future::isDone);
    }

    @Test
    void afterAWaitThatTookTooLong_itCompletesByItself() throws Exception {
        assertThatThrownBy(() -> future.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        future.deliver("late");

        assertThat(future.get(1, TimeUnit.MINUTES)).isEqualTo("late");
        await().until(future::isDone);
    }

    @Test
    void whatIsChained_doesNotRunInTheThreadThatBringsTheResult() throws Exception {
        var bringer = Thread.currentThread();
        var ran = new AtomicReference<Thread>();
        var chained = future.thenApply(text -> {
            ran.set(Thread.currentThread());
            return text.length();
        });

        future.deliver("four");

        assertThat(chained.get()).isEqualTo(4);
        assertThat(ran.get()).isNotEqualTo(bringer);
    }

    @Test
    void anInterruptEndsTheWait_andNothingElse() throws Exception {
        var caught = new AtomicReference<Throwable>();
        var thread = Thread.ofPlatform().start(() -> {
            try {
                future.get();
            } catch (InterruptedException | ExecutionException stopped) {
                caught.set(stopped);
            }
        });
        untilItWaits(thread);

        thread.interrupt();
        thread.join();
        future.deliver("here");

        assertThat(caught.get()).isInstanceOf(InterruptedException.class);
        assertThat(future.join()).isEqualTo("here");
    }

    @RepeatedTest(40)
    void whoeverComesWhenever_getsIt() throws Exception {
        var start = new CountDownLatch(1);
        var waiting = new ArrayList<FutureTask<String>>();
        for (int i = 0; i < 4; i++) {
            boolean timed = i % 2 == 0;
            var task = new FutureTask<>(() -> {
                start.await();
                return timed ? future.get(1, TimeUnit.MINUTES) : future.join();
            });
            waiting.add(task);
            Thread.ofPlatform().start(task);
        }

        start.countDown();
        future.deliver("here");

        for (var task : waiting) assertThat(task.get()).isEqualTo("here");
        await().until(future::isDone);
    }

    private static <T> FutureTask<T> inThread(Callable<T> wait) throws Exception {
        var task = new FutureTask<>(wait);
        untilItWaits(Thread.ofPlatform().start(task));
        return task;
    }

    private static void untilItWaits(Thread thread) {
        await().until(() -> thread.getState() == Thread.State.WAITING);
    }
}
