package io.weft.concurrent;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The function of a [Closure] and the values of its variables, made of its bytes; what tasks can change in
/// them is made anew from the same bytes.
sealed interface Content {
    /// What a closure holds, made of the classes that a class loader knows.
    static Content of(Closure closure, ClassLoader loader) {
        var in = new In(closure.content());
        return closure.isPlain(in) ? new Plain(in, loader) : new Whole(in, loader);
    }

    Object function();

    /// The variables with the values that they had at home.
    Closure.Variable[] variables();

    /// Whether a task can change anything in them.
    boolean changes();

    /// Lets go of what can be made anew.
    void drop();

    /// Makes anew what can be changed.
    void renew(Closure closure);

    /// A lambda, and values that came one by one.
    final class Plain implements Content {
        private static final int FIXED = -1;

        private final ClassLoader loader;
        private final ShippedLambda lambda;
        private final int captured;
        private final String[] names;

        /// Those that the lambda captures, and after them those of the variables.
        private final @Nullable Object[] values;

        /// Where each of them stands in the bytes; [#FIXED] if nobody can change it.
        private final int[] places;

        private @Nullable Object function;

        private Plain(In in, ClassLoader loader) {
            this.loader = loader;
            this.lambda = ShippedLambda.readNames(in);
            this.captured = in.getInt();
            this.names = new String[2 * in.getLength(8)];
            for (int i = 0; i < names.length; i++) names[i] = in.getString();
            this.values = new @Nullable Object[captured + names.length / 2];
            this.places = new int[values.length];
            for (int i = 0; i < values.length; i++) {
                places[i] = in.position();
                values[i] = Codec.read(in, loader);
                if (Unchangeable.is(values[i])) places[i] = FIXED;
            }
        }

        @Override
        public Object function() {
            var known = function;
            if (known == null) {
                known = lambda.rebuild(loader, Arrays.copyOf(values, captured));
                function = known;
            }
            return known;
        }

        @Override
        public Closure.Variable[] variables() {
            var variables = new Closure.Variable[names.length / 2];
            for (int i = 0; i < variables.length; i++)
                variables[i] = new Closure.Variable(names[2 * i], names[2 * i + 1], values[captured + i]);
            return variables;
        }

        @Override
        public boolean changes() {
            for (int place : places) if (place != FIXED) return true;
            return false;
        }

        @Override
        public void drop() {
            for (int i = 0; i < places.length; i++) {
                if (places[i] == FIXED) continue;
                values[i] = null;
                if (i < captured) function = null;
            }
        }

        @Override
        public void renew(Closure closure) {
            drop();
            var in = new In(closure.content());
            for (int i = 0; i < places.length; i++) {
                if (places[i] == FIXED) continue;
                in.position(places[i]);
                values[i] = Codec.read(in, loader);
            }
        }
    }

    /// A function of any kind and its variables, which Java serialisation has made one.
    final class Whole implements Content {
        private final ClassLoader loader;
        private @Nullable Object function;
        private Closure.Variable[] variables = {};
        private final boolean changes;

        private Whole(In in, ClassLoader loader) {
            this.loader = loader;
            read(in);
            boolean fixed = Unchangeable.is(function);
            for (var variable : variables) fixed &= Unchangeable.is(variable.value());
            this.changes = !fixed;
        }

        private void read(In in) {
            var all = Codec.array(Codec.read(in, loader));
            var read = Codec.array(all[1]);
            function = all[0];
            variables = Arrays.copyOf(read, read.length, Closure.Variable[].class);
        }

        @Override
        public Object function() {
            return Objects.requireNonNull(function);
        }

        @Override
        public Closure.Variable[] variables() {
            return variables;
        }

        @Override
        public boolean changes() {
            return changes;
        }

        @Override
        public void drop() {
            function = null;
            variables = new Closure.Variable[0];
        }

        @Override
        public void renew(Closure closure) {
            drop();
            var in = new In(closure.content());
            var _ = closure.isPlain(in);
            read(in);
        }
    }
}
