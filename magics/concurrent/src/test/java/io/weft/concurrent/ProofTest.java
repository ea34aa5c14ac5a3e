package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProofTest {
    @Test
    void hmac_isThatOfTheJdk() throws Exception {
        for (int length : new int[] {1, 32, 63, 64, 65, 200}) {
            // given
            var key = new byte[length];
            Arrays.fill(key, (byte) (200 + length));
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(key);
            // when
            var ours = Proof.hmac(key, key, new byte[0], new byte[] {1, 2, 3});
            // then
            assertThat(ours).isEqualTo(mac.doFinal(new byte[] {1, 2, 3}));
        }
    }

    @Test
    void aClientWithAnotherSecret_isRefused() {
        var address = Hub.get().address();

        assertThatThrownBy(() -> Hub.connect(address, Proof.newSecret(), "calls", "stranger"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aClientThatKnowsTheSecret_refusesAServerThatDoesNot() throws Exception {
        var directory = Files.createTempDirectory("weft-test");
        var address = UnixDomainSocketAddress.of(directory.resolve("s"));
        try (var server = java.nio.channels.ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(address)) {
            Thread.startVirtualThread(() -> {
                try (var channel = server.accept()) {
                    new Proof(Proof.newSecret()).server(channel);
                } catch (IOException refused) {
                    // the other side is tested
                }
            });
            try (var channel = SocketChannel.open(address)) {
                assertThatThrownBy(() -> new Proof(Proof.newSecret()).client(channel))
                        .isInstanceOf(IOException.class);
            }
        } finally {
            SessionDirectory.delete(directory);
        }
    }

    @Test
    void garbageIsHungUpOn_andTheOthersGoOn() throws Exception {
        var address = Hub.get().address();
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(address.socket()))) {
            channel.write(ByteBuffer.wrap(new byte[4096]));
            var answer = ByteBuffer.allocate(4096);
            while (channel.read(answer) >= 0 && answer.hasRemaining()) Thread.onSpinWait();
            assertThat(answer.position()).isLessThan(64);
        } catch (IOException hungUp) {
            assertThat(hungUp).isNotNull();
        }
        try (var pool = Pool.of(1)) {
            assertThat(pool.<Integer>apply(() -> 1)).isEqualTo(1);
        }
    }

    @Test
    void theDirectoryOfTheSocket_isForItsOwnerOnly() throws Exception {
        var directory =
                Objects.requireNonNull(Path.of(Hub.get().address().socket()).getParent());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
    }
}
