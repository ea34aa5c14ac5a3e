package io.weft.concurrent;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The closure that a lambda was packed into, good for as long as all that the lambda captures and reads is the same.
///
/// To see that, all of it must be values that cannot be changed; other lambdas are packed anew for each call.
@SuppressWarnings("ArrayRecordComponent") // shared with nobody
record PackedLambda(
        Closure closure,
        Field[] captured,
        @Nullable Object[] capturedValues,
        Field[] variables,
        @Nullable Object[] values) {
    /// The latest of the lambdas that one place in the code has made.
    private static final class Latest {
        volatile @Nullable PackedLambda packed;
    }

    private static final ClassValue<Latest> LATEST = new ClassValue<>() {
        @Override
        protected Latest computeValue(Class<?> type) {
            return new Latest();
        }
    };

    static @Nullable Closure find(Object function) {
        if (!function.getClass().isHidden()) return null;
        var packed = LATEST.get(function.getClass()).packed;
        return packed != null
                        && same(packed.captured, function, packed.capturedValues)
                        && same(packed.variables, null, packed.values)
                ? packed.closure
                : null;
    }

    static void keep(Object function, Closure closure, Map<Field, @Nullable Object> variables) {
        if (!function.getClass().isHidden() || !function.getClass().isSynthetic()) return;
        try {
            var captured = Arrays.stream(function.getClass().getDeclaredFields())
                    .filter(field -> !Modifier.isStatic(field.getModifiers()))
                    .toArray(Field[]::new);
            for (var field : captured) field.setAccessible(true);
            var capturedValues = new @Nullable Object[captured.length];
            for (int i = 0; i < captured.length; i++) capturedValues[i] = captured[i].get(function);
            var fields = variables.keySet().toArray(Field[]::new);
            var values = new @Nullable Object[fields.length];
            for (int i = 0; i < fields.length; i++) values[i] = variables.get(fields[i]);
            if (unchangeable(capturedValues) && unchangeable(values))
                LATEST.get(function.getClass()).packed =
                        new PackedLambda(closure, captured, capturedValues, fields, values);
        } catch (IllegalAccessException | RuntimeException closed) {
            // then it is packed again
        }
    }

    private static boolean unchangeable(@Nullable Object[] values) {
        return Arrays.stream(values).allMatch(Unchangeable::isLeaf);
    }

    private static boolean same(Field[] fields, @Nullable Object holder, @Nullable Object[] values) {
        try {
            for (int i = 0; i < fields.length; i++) if (!Objects.equals(values[i], fields[i].get(holder))) return false;
            return true;
        } catch (IllegalAccessException closed) {
            return false;
        }
    }
}
