package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class OutcomeTest {
    private static void ints(Outcome outcome, int first, int... numbers) {
        var out = new Out().putInt(numbers.length).putInts(numbers);
        outcome.fill(first, numbers.length, Parcel.INTS, new In(out.toBytes()));
    }

    @Test
    void parts_mayComeInAnyOrder_andOfAnyKind() throws Exception {
        var outcome = new Outcome(6);
        ints(outcome, 4, 5, 6);
        assertThat(outcome.isEnded(4, 2)).isTrue();
        assertThat(outcome.isEnded(3, 2)).isFalse();
        ints(outcome, 0, 1);
        outcome.fill(2, new @Nullable Object[] {"three", null});
        assertThat(outcome.isEnded()).isFalse();
        ints(outcome, 1, 2);

        outcome.await();

        assertThat(outcome.list().toArray()).containsExactly(1, 2, "three", null, 5, 6);
        assertThat(outcome.failure()).isNull();
    }

    @Test
    void whoWaits_goesOnAtTheFirstFailureInOrder_whenAllBeforeItHasEnded() throws Exception {
        var outcome = new Outcome(10);
        var late = new IllegalStateException("late");
        var first = new IllegalStateException("first");
        outcome.fail(7, 2, late);
        assertThat(outcome.isDecided()).isFalse();
        outcome.fail(3, 1, first);
        ints(outcome, 1, 1, 2);
        assertThat(outcome.isDecided()).isFalse();
        var waiter = CompletableFuture.runAsync(() -> {
            try {
                outcome.await();
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
        });

        ints(outcome, 0, 0);

        waiter.get(10, TimeUnit.SECONDS);
        assertThat(outcome.failure()).isSameAs(first);
        assertThat(outcome.isEnded()).isFalse();
    }

    @Test
    void whatHasEnded_isNotChangedByWhatComesLater() {
        var outcome = new Outcome(4);
        var ended = new AtomicInteger();
        outcome.whenEnded(ended::incrementAndGet);
        assertThat(outcome.fail(1, 2, new IllegalStateException("over its time")))
                .isTrue();
        assertThat(outcome.fail(1, 2, new IllegalStateException("again"))).isFalse();
        ints(outcome, 0, 1, 2, 3);
        assertThat(ended).hasValue(0);
        assertThat(outcome.fail(new IllegalStateException("the rest"))).isTrue();

        assertThat(outcome.isEnded()).isTrue();
        assertThat(ended).hasValue(1);
        assertThat(outcome.failure()).hasMessage("over its time");
        assertThat(outcome.failureOf(2)).hasMessage("over its time");
        assertThat(outcome.failureOf(3)).hasMessage("the rest");
        outcome.whenEnded(ended::incrementAndGet);
        assertThat(ended).hasValue(2);
    }

    @Test
    void nothing_hasEndedAtOnce() throws Exception {
        var outcome = new Outcome(0);

        outcome.await();

        assertThat(outcome.isEnded()).isTrue();
        assertThat(outcome.list()).isEmpty();
    }
}
