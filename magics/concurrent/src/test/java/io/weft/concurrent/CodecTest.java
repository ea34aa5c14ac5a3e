package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What goes in comes out again, whichever way it takes.
class CodecTest {
    enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "the other one";
            }
        }
    }

    record Inner(short s, byte b, char c) {}

    record Everything(
            int i,
            long l,
            double d,
            float f,
            boolean z,
            @Nullable String text,
            @Nullable Integer box,
            @Nullable Colour colour,
            @Nullable Inner inner,
            @Nullable Object any) {}

    record Holder(List<Integer> numbers) {}

    record Node(int value, @Nullable Node next) {}

    record Counted(int value) implements Serializable {
        private Object writeReplace() {
            return new Counted(value + 1);
        }
    }

    static Everything everything(int i) {
        return new Everything(
                i,
                -i,
                i / 3.0,
                i / 7f,
                i % 2 == 0,
                "ünï " + i,
                i,
                Colour.GREEN,
                new Inner((short) i, (byte) i, 'ß'),
                i % 3 == 0 ? "x" : i);
    }

    static List<Object> values() {
        var withNull = new ArrayList<@Nullable Object>(Arrays.asList(1, null, "x"));
        var values = new ArrayList<Object>(List.of(
                1,
                2L,
                3.5,
                4.25f,
                true,
                'x',
                "text",
                "x".repeat(200_000),
                new byte[] {1, 2},
                new byte[200_000],
                new int[] {1, -2},
                new long[] {Long.MIN_VALUE, 7},
                new double[] {0.5, -0.0},
                List.of(1, 2, 3),
                List.of("a", "b"),
                List.of(1, "b", 2.0),
                List.of(),
                new ArrayList<>(List.of(1L, 2L)),
                Range.range(3, 30, 3),
                Range.range(0),
                new HashMap<>(Map.of("a", 1, "b", 2)),
                new HashMap<>(),
                new TreeMap<>(Map.of("z", List.of(1))),
                new LinkedHashMap<>(Map.of("k", everything(1)))));
        values.addAll(List.of(
                everything(5),
                new Everything(0, 0, 0, 0, false, null, null, null, null, null),
                new Everything(0, 0, 0, 0, false, "x".repeat(200_000), 1, Colour.RED, null, new int[] {1}),
                new Holder(List.of(1, 2)),
                new Node(1, new Node(2, null)),
                Pair.of(1, "b"),
                withNull,
                new Object[] {1, "two", null, everything(2), new int[] {3}},
                new Object[] {everything(1), everything(2)},
                new Object[] {new Holder(List.of()), new Holder(List.of(1))},
                new Object[] {new byte[100_000], new byte[100_000]}));
        return values;
    }

    private static @Nullable Object back(Object value) {
        var out = Codec.write(Out.referring(), value, new Trace());
        return Codec.read(
                new In(Arrays.copyOf(out.array(), out.size()), out.parts().toArray(byte[][]::new)),
                CodecTest.class.getClassLoader());
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueComesBackEqual_alsoAfterAJvmHeldItThatDoesNotKnowItsClasses(Object value) {
        assertThat(back(value)).usingRecursiveComparison().isEqualTo(value);

        var held = Codec.decode(Codec.encode(value), null);
        var again = Codec.decode(Codec.encode(held), CodecTest.class.getClassLoader());

        assertThat(again).usingRecursiveComparison().isEqualTo(value);
        assertThat(again).hasSameClassAs(value);
    }

    @Test
    void aHeldValueOfAUsersClassIsBytes_whichAreEqualIfTheValuesAre() {
        for (var value : List.of(
                everything(3), new ArrayList<>(List.of(everything(3), everything(4))), new Holder(List.of(1)))) {
            var held = Codec.decode(Codec.encode(value), null);

            assertThat(held).isInstanceOf(Blob.class).isEqualTo(Codec.decode(Codec.encode(value), null));
        }
    }

    @Test
    void anObjectThatIsMetTwiceStaysOne() {
        var shared = new int[] {1};
        var list = new ArrayList<>(List.of(shared, shared));
        var array = new Object[] {shared, shared};
        var itself = new ArrayList<Object>();
        itself.add(itself);

        assertThat(back(list))
                .satisfies(copy -> assertThat(((List<?>) copy).get(0)).isSameAs(((List<?>) copy).get(1)));
        assertThat((Object[]) back(array)).satisfies(copy -> assertThat(copy[0]).isSameAs(copy[1]));
        assertThat((List<?>) back(itself))
                .satisfies(copy -> assertThat(copy.getFirst()).isSameAs(copy));
    }

    @Test
    void aLongTextThatManyRecordsShareTravelsOnce() {
        var text = "x".repeat(10_000);
        var records = IntStream.range(0, 1000)
                .mapToObj(i -> new Everything(i, 0, 0, 0, true, text, null, null, null, null))
                .toArray();

        assertThat(Codec.encode(records).length).isLessThan(200_000);
        assertThat((Object[]) back(records)).isEqualTo(records);
    }

    @Test
    void aRecordWithItsOwnWayToBeWrittenIsWrittenThatWay() {
        assertThat(back(new Counted(1))).isEqualTo(new Counted(2));
    }

    @Test
    void whatCannotTravelIsRefused_alsoInARecord() {
        var held = new Everything(0, 0, 0, 0, false, null, null, null, null, new Thread());

        assertThatThrownBy(() -> back(held))
                .isInstanceOf(NotSendableException.class)
                .hasMessageContaining("Thread");
        assertThatThrownBy(() -> back(new Object[] {1, new Thread()})).isInstanceOf(NotSendableException.class);
    }

    @Test
    void aLargeArrayIsNeitherCopiedNorShared() {
        var large = new byte[1 << 20];

        var out = Codec.write(Out.referring(), large, new Trace());

        assertThat(out.size()).isLessThan(100);
        assertThat(out.parts()).singleElement().isSameAs(large);
        assertThat(Codec.write(new Out(), large, new Trace()).parts()).isEmpty();
    }

    @Test
    void brokenBytesAreRefused_withoutAskingForTheirLength() {
        var bytes = Codec.encode(new int[] {1, 2, 3});
        for (int cut = 0; cut < bytes.length; cut++) {
            var shorter = Arrays.copyOf(bytes, cut);
            assertThatThrownBy(() -> Codec.decode(shorter, null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("broken message");
        }
        for (int tag : new int[] {9, 12, 15, 16, 20, 23}) {
            var huge = new Out().putByte(tag).putInt(Integer.MAX_VALUE).toBytes();
            assertThatThrownBy(() -> Codec.decode(huge, null)).isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> Codec.decode(new Out().putByte(8).putInt(-1).toBytes(), null))
                .hasMessageContaining("no part");
    }

    @Test
    void aRecordOfAnotherShapeIsRefused() {
        var bytes = new Out()
                .putByte(22)
                .putString(Node.class.getName())
                .putString("int")
                .putInt(1)
                .toBytes();

        assertThatThrownBy(() -> Codec.decode(bytes, CodecTest.class.getClassLoader()))
                .hasMessageContaining("cannot be read");
        var noRecord = new Out()
                .putByte(22)
                .putString(Thread.class.getName())
                .putString("")
                .toBytes();
        assertThatThrownBy(() -> Codec.decode(noRecord, CodecTest.class.getClassLoader()))
                .hasMessageContaining("cannot be read");
    }

    @Test
    void mapsKeepNullsAndTheirOrder() {
        var map = new LinkedHashMap<@Nullable String, @Nullable Integer>();
        map.put("z", 1);
        map.put(null, 2);
        map.put("a", null);

        assertThat((Map<?, ?>) back(map)).isEqualTo(map).isExactlyInstanceOf(LinkedHashMap.class);
        assertThat(back(map))
                .satisfies(copy ->
                        assertThat(((Map<?, ?>) copy).keySet().toArray()).containsExactly("z", null, "a"));
        assertThat(back(Collections.unmodifiableList(new ArrayList<>(List.of(1)))))
                .isEqualTo(List.of(1));
    }

    private record Bottomless(List<Object> inner) implements java.io.Serializable {
        @SuppressWarnings("InfiniteRecursion") // that is the point
        private Object writeReplace() {
            return inner.isEmpty() ? new Bottomless(List.of()).writeReplace() : this;
        }
    }

    @Test
    void whatIsNestedWithoutEnd_isNamed_withoutAThousandFrames() {
        assertThatThrownBy(() -> Codec.encode(new Bottomless(List.of())))
                .isInstanceOf(NotSendableException.class)
                .hasMessageContaining("a " + Bottomless.class.getName() + " cannot be sent to another JVM")
                .hasMessageContaining("nested too deeply")
                .satisfies(failure -> assertThat(java.util.Objects.requireNonNull(failure.getCause())
                                .getStackTrace())
                        .isEmpty());
    }
}
