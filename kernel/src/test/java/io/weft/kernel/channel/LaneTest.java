package io.weft.kernel.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.wire.WireException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LaneTest {
    @Test
    void add_behindTheEnd_isRefused() {
        var lane = new Lane("test");
        lane.end();

        assertThat(lane.add(() -> {})).isFalse();
    }

    @RepeatedTest(value = 200, failureThreshold = 1)
    void everyWork_isRunOrGivenBackOrRefused_whenTheLaneEndsMeanwhile() throws Exception {
        // given
        var lane = new Lane("test");
        var dealtWith = new CountDownLatch(100);
        var ended = new ConcurrentLinkedQueue<Runnable>();
        Thread ending = Thread.ofPlatform().start(() -> ended.addAll(lane.end()));

        // when
        for (int i = 0; i < 100; i++) if (!lane.add(dealtWith::countDown)) dealtWith.countDown();
        ending.join();
        ended.forEach(Runnable::run);

        // then
        dealtWith.await();
    }

    @Test
    void aSubshellThatIsDeleted_takesNoMoreRequests() throws WireException {
        var shells = new Subshells(new Lane("main"));
        Lane lane = shells.lane(shells.open());

        shells.ids().forEach(shells::close);

        assertThat(lane.add(() -> {})).isFalse();
    }
}
