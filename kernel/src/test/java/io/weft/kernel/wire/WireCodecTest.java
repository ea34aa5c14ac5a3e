package io.weft.kernel.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WireCodecTest {
    private final WireCodec codec = new WireCodec("secret");

    @Test
    void decode_givesBackWhatWasEncoded_withIdentitiesAndBuffers() throws Exception {
        // given
        var content = new LinkedHashMap<String, Object>();
        content.put("text", "ä\n\"𝄞");
        content.put("tree", List.of(1, 2.5, true, Map.of("a", "b")));
        var header = new Header(Map.of("msg_id", "1", "msg_type", "comm_msg", "subshell_id", "x"));
        var message = new WireMessage(
                List.of(bytes("id")), header, Header.NONE, Map.of("m", 1), content, List.of(bytes("raw")));

        // when
        WireMessage back = codec.decode(codec.encode(message));

        // then
        assertThat(back.content()).isEqualTo(content);
        assertThat(back.header()).isEqualTo(header);
        assertThat(back.parent()).isEqualTo(Header.NONE);
        assertThat(back.identities()).containsExactly(bytes("id"));
        assertThat(back.buffers()).containsExactly(bytes("raw"));
    }

    @Test
    void encode_signsAsOtherJupyterClientsDo() {
        // given the frames whose signature Python's hmac module gives for this key
        var message = new WireMessage(List.of(), Header.NONE, Header.NONE, Map.of(), Map.of(), List.of());

        // when
        List<byte[]> frames = codec.encode(message);

        // then
        assertThat(frames.get(1))
                .asString(UTF_8)
                .isEqualTo("34982f0bfec60e7b933ffde06c1ecab0fba073717a95ab943d1dd06f82c2d5e4");
    }

    @Test
    void decode_refusesAMessage_whoseContentWasChanged() {
        List<byte[]> frames = new ArrayList<>(codec.encode(request("execute_request")));
        frames.set(5, bytes("{\"code\":\"evil\"}"));

        assertThatThrownBy(() -> codec.decode(frames))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("signature is wrong");
    }

    @Test
    void decode_refusesAMessage_signedWithAnotherKeyOrNotAtAll() {
        List<byte[]> others = new WireCodec("other").encode(request("execute_request"));
        List<byte[]> unsigned = new WireCodec("").encode(request("execute_request"));

        assertThatThrownBy(() -> codec.decode(others)).hasMessageContaining("signature is wrong");
        assertThatThrownBy(() -> codec.decode(unsigned)).hasMessageContaining("signature is missing");
    }

    @Test
    void decode_refusesAMessage_thatItHasSeen() throws Exception {
        // given
        List<byte[]> frames = codec.encode(request("execute_request"));
        codec.decode(frames);

        // when, then
        assertThatThrownBy(() -> codec.decode(frames)).hasMessageContaining("used before");
    }

    @Test
    void decode_acceptsEverySignature_whereTheKeyIsEmpty() throws Exception {
        var open = new WireCodec("");
        List<byte[]> frames = codec.encode(request("execute_request"));

        assertThat(open.decode(frames).header().type()).isEqualTo("execute_request");
        assertThat(open.decode(frames).header().type()).isEqualTo("execute_request");
    }

    @Test
    void decode_throwsNothingButWireException_whateverTheFrames() {
        // given messages with frames cut, doubled, swapped, and bytes changed, signed by nobody who checks
        var open = new WireCodec("");
        var random = new Random(20);
        int refused = 0;
        for (int round = 0; round < 3_000; round++) {
            List<byte[]> frames = new ArrayList<>(open.encode(request("execute_request")));
            Fuzz.damage(frames, random);

            // when
            try {
                Request.of(open.decode(frames));
            } catch (WireException _) {
                refused++;
            }
        }

        // then nothing else was thrown, and most were refused
        assertThat(refused).isGreaterThan(1_000);
    }

    @Test
    void write_replacesHalvesOfSurrogatePairs_thatUtf8CannotHold() throws Exception {
        Map<String, String> tree = Map.of("text", "a\uD834b\uDD1Ec𝄞\uD834");

        assertThat(Json.readObject(Json.write(tree))).isEqualTo(Map.of("text", "a\uFFFDb\uFFFDc𝄞\uFFFD"));
    }

    @Test
    void write_survivesTreesThatContainThemselves() throws Exception {
        // given
        var tree = new LinkedHashMap<String, Object>();
        tree.put("numbers", List.of(Double.NaN, 1e300, Long.MAX_VALUE));
        tree.put("self", tree);

        // when
        String json = new String(Json.write(tree), UTF_8);

        // then
        assertThat(json).startsWith("{\"numbers\":[\"NaN\",1.0E300,9223372036854775807],\"self\":{");
    }

    @Test
    void readObject_refusesJsonThatIsTooDeep() {
        String deep = "{\"a\":".repeat(2_000) + "1" + "}".repeat(2_000);

        assertThatThrownBy(() -> Json.readObject(bytes(deep))).isInstanceOf(WireException.class);
    }

    private static WireMessage request(String type) {
        return new WireMessage(
                List.of(bytes("client")),
                Header.of(type, "session"),
                Header.NONE,
                Map.of(),
                Map.of("code", "1+1", "silent", false),
                List.of());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
