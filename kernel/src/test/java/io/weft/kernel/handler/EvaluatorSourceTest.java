package io.weft.kernel.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.client.ScriptedEvaluator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EvaluatorSourceTest {
    private final ExecutorService cells = Executors.newSingleThreadExecutor();
    private final ScriptedEvaluator evaluator = new ScriptedEvaluator();

    @AfterEach
    void end() {
        cells.shutdownNow();
    }

    @Test
    void anEvaluatorThatIsBeingMade_whenTheKernelCloses_isClosedToo() throws Exception {
        // given
        var making = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        var source = new EvaluatorSource(
                () -> {
                    making.countDown();
                    try {
                        mayEnd.await();
                    } catch (InterruptedException interrupted) {
                        throw new IllegalStateException(interrupted);
                    }
                    return evaluator;
                },
                cells::execute);
        source.prepare();
        making.await();

        // when
        source.close();
        mayEnd.countDown();

        // then
        Awaitility.await().until(evaluator::isClosed);
    }

    @Test
    void nobodyWaitsForAnEvaluator_thatIsNotMadeAnyMore() {
        // given
        var source = new EvaluatorSource(() -> evaluator, cells::execute);

        // when
        source.close();

        // then
        assertThatThrownBy(source::await)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ends");
        assertThat(evaluator.isClosed()).isFalse();
    }
}
