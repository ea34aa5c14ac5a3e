package io.weft.concurrent;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The items of a load as they travel, so that a few of them can be sent at a time: a range as such, numbers as
/// numbers, others grain by grain as the bytes that they were turned into when the pool was called.
sealed interface Parcel {
    int INTS = 0;
    int LONGS = 1;
    int DOUBLES = 2;
    int RANGE = 3;
    int GRAINS = 4;

    /// Large grains travel alone.
    int LARGE_BYTES = 1 << 16;

    /// Adds the items of some grains in a row: the form, and what belongs to it.
    void write(Out out, int from, int to);

    /// Where the items end, at most, that may be sent together with this one.
    int end(int from, int to);

    /// The items of a load.
    ///
    /// @throws NotSendableException if an item cannot travel
    static Parcel of(Load load, Trace trace) {
        return switch (load.items) {
            case Range range -> new Spaced(range);
            case Numbers.Ints ints -> new Packed(ints.numbers);
            case Numbers.Longs longs -> new Packed(longs.numbers);
            case Numbers.Doubles doubles -> new Packed(doubles.numbers);
            case List<?> items -> {
                var packed = pack(items);
                yield packed == null ? Grains.of(load, trace) : new Packed(packed);
            }
        };
    }

    private static @Nullable Object pack(List<?> items) {
        int size = items.size();
        Object first = size == 0 ? null : items.getFirst();
        if (first instanceof Integer) {
            var all = new int[size];
            for (int i = 0; i < size; i++) {
                if (!(items.get(i) instanceof Integer number)) return null;
                all[i] = number;
            }
            return all;
        }
        if (first instanceof Long) {
            var all = new long[size];
            for (int i = 0; i < size; i++) {
                if (!(items.get(i) instanceof Long number)) return null;
                all[i] = number;
            }
            return all;
        }
        if (!(first instanceof Double)) return null;
        var all = new double[size];
        for (int i = 0; i < size; i++) {
            if (!(items.get(i) instanceof Double number)) return null;
            all[i] = number;
        }
        return all;
    }

    /// A part of a range.
    record Spaced(Range range) implements Parcel {
        @Override
        public void write(Out out, int from, int to) {
            out.putByte(RANGE).putInt(range.get(from)).putInt(range.step());
        }

        @Override
        public int end(int from, int to) {
            return to;
        }
    }

    /// Numbers.
    ///
    /// @param numbers an array of `int`, `long` or `double`
    record Packed(Object numbers) implements Parcel {
        @Override
        public void write(Out out, int from, int to) {
            int count = to - from;
            switch (numbers) {
                case int[] all -> out.putByte(INTS).putInt(count).putInts(all, from, count);
                case long[] all -> out.putByte(LONGS).putInt(count).putLongs(all, from, count);
                case double[] all -> out.putByte(DOUBLES).putInt(count).putDoubles(all, from, count);
                default -> throw new IllegalStateException("not numbers");
            }
        }

        @Override
        public int end(int from, int to) {
            return to;
        }
    }

    /// Items as bytes.
    final class Grains implements Parcel {
        private final int grain;

        /// The bytes of a grain, or of several small ones in a row.
        private final Out[] bytes;

        /// The end of each grain within the bytes that it is in.
        private final int[] ends;

        private Grains(int grain, int count) {
            this.grain = grain;
            this.bytes = new Out[count];
            this.ends = new int[count];
        }

        static Grains of(Load load, Trace trace) {
            var grains = new Grains(load.grain, load.grains());
            var all = load.items.toArray();
            var block = new Out();
            for (int i = 0; i < grains.ends.length; i++) {
                int from = i * load.grain;
                var items = Arrays.copyOfRange(all, from, load.grainEnd(from));
                try {
                    block = grains.add(i, items, load, block, trace);
                } catch (NotSendableException refused) {
                    throw Unsendable.item(load, from, items, refused);
                }
            }
            return grains;
        }

        /// Adds a grain.
        ///
        /// @param block where small ones gather
        /// @return where the next ones do
        private Out add(int index, @Nullable Object[] items, Load load, Out block, Trace trace) {
            if (ends.length == 1) {
                put(index, Codec.write(load.batch.out(), items, trace));
                return block;
            }
            if (grain == 1 && isSmall(items[0])) {
                Codec.write(block, items, trace);
            } else {
                var own = Codec.write(load.batch.out(), items, trace);
                if (own.size() >= LARGE_BYTES || !own.parts().isEmpty()) {
                    // not worth another copy
                    put(index, own);
                    return new Out();
                }
                block.append(own);
            }
            put(index, block);
            return block.size() >= 4 * LARGE_BYTES ? new Out() : block;
        }

        private static boolean isSmall(@Nullable Object item) {
            return item instanceof String text
                    ? text.length() < LARGE_BYTES / 4
                    : item == null || item instanceof Integer || item instanceof Long || item instanceof Double;
        }

        private void put(int index, Out out) {
            bytes[index] = out;
            ends[index] = out.size();
        }

        private int start(int index) {
            return index > 0 && bytes[index - 1] == bytes[index] ? ends[index - 1] : 0;
        }

        @Override
        public void write(Out out, int from, int to) {
            out.putByte(GRAINS);
            for (int i = from / grain; i < Math.ceilDiv(to, grain); i++) {
                int start = start(i);
                out.putInt(ends[i] - start);
                if (bytes[i].parts().isEmpty()) out.write(bytes[i].array(), start, ends[i] - start);
                else out.append(bytes[i]);
            }
        }

        @Override
        public int end(int from, int to) {
            int first = from / grain;
            int last = Math.ceilDiv(to, grain);
            int end = first + 1;
            while (end < last && bytes[end] == bytes[first]) end++;
            return (int) Math.min(to, (long) end * grain);
        }
    }

    /// Items that have arrived, to be looked at grain by grain.
    final class Arrived {
        private final int form;
        private final In in;
        private final ClassLoader loader;
        private int[] ints = {};
        private long[] longs = {};
        private double[] doubles = {};
        private @Nullable Object[] objects = {};
        private int start;
        private int step;
        private int first;
        private int next;

        Arrived(In in, int count, ClassLoader loader) {
            this.in = in;
            this.loader = loader;
            this.form = in.getByte();
            switch (form) {
                case INTS -> ints = in.getInts();
                case LONGS -> longs = in.getLongs();
                case DOUBLES -> doubles = in.getDoubles();
                case RANGE -> {
                    start = in.getInt();
                    step = in.getInt();
                }
                case GRAINS -> next = in.position();
                default -> throw new IllegalStateException("broken message: unknown form " + form);
            }
            int found = Math.max(ints.length, Math.max(longs.length, doubles.length));
            if (form < RANGE && found != count) throw new IllegalStateException("broken message: items are missing");
        }

        /// Goes on to the next grain, with items from this one on.
        void open(int from, int to) {
            if (form != GRAINS) return;
            in.position(next);
            int length = in.getLength(1);
            next = in.position() + length;
            first = from;
            objects = Codec.array(Codec.read(in, loader));
            if (objects.length != to - from) throw new IllegalStateException("broken message: items are missing");
        }

        /// An item of this grain.
        @Nullable
        Object get(int index) {
            return switch (form) {
                case INTS -> ints[index];
                case LONGS -> longs[index];
                case DOUBLES -> doubles[index];
                case RANGE -> start + index * step;
                default -> objects[index - first];
            };
        }
    }
}
