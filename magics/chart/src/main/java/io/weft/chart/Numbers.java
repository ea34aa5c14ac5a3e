package io.weft.chart;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/// Numbers on their way into a picture: checked, and written as a reader likes them.
final class Numbers {
    /// Differences of larger numbers could leave the range of `double`.
    private static final double LARGEST = 1e300;

    private Numbers() {}

    /// @param what names the number in the message, such as `a sample of bar "one thread"`
    /// @throws IllegalArgumentException if it is nothing that a picture can show
    static double checked(double number, String what) {
        if (Double.isNaN(number))
            throw new IllegalArgumentException(
                    "%s is not a number (NaN), so there is nothing to draw; the chart is as it was".formatted(what));
        if (Math.abs(number) > LARGEST)
            throw new IllegalArgumentException(
                    "%s is %s, which no picture has room for; the chart is as it was".formatted(what, number));
        return number;
    }

    static double[] checked(double[] numbers, String what) {
        for (double number : numbers) checked(number, what);
        return numbers;
    }

    static double[] of(Collection<? extends Number> numbers) {
        return numbers.stream().mapToDouble(Number::doubleValue).toArray();
    }

    static double median(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
    }

    /// A number with three digits that count, or all those before the point: `0.0123`, `2.1`, `12,346`.
    static String written(double number) {
        double size = Math.abs(number);
        if (size == 0) return "0";
        if (size >= 1e12 || size < 1e-6) {
            BigDecimal short3 = new BigDecimal(number).round(new MathContext(3));
            int exponent = short3.precision() - short3.scale() - 1;
            return short3.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
        }
        if (size >= 100) return String.format(Locale.ROOT, "%,d", Math.round(number));
        return new BigDecimal(number)
                .round(new MathContext(3, RoundingMode.HALF_UP))
                .stripTrailingZeros()
                .toPlainString();
    }

    /// A number with its unit, where it has one.
    static String written(double number, String unit) {
        return unit.isEmpty() ? written(number) : written(number) + " " + unit;
    }

    /// A place in the picture, to a tenth of a pixel.
    static String pixel(double place) {
        double rounded = Math.round(place * 10) / 10.0;
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }
}
