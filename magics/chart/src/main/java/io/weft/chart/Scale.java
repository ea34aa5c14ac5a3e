package io.weft.chart;

import java.util.ArrayList;
import java.util.List;

/// Where on an axis a number stands.
///
/// @param least       the number at the axis' beginning; less than `most`, and positive if logarithmic
/// @param most        the number at its end
/// @param logarithmic whether equal steps are equal factors
/// @param from        the pixel of `least`
/// @param to          the pixel of `most`; less than `from` for an axis that goes up
record Scale(double least, double most, boolean logarithmic, double from, double to) {
    /// An axis for numbers between these; where both are one, there is some room around it.
    static Scale between(double least, double most, boolean logarithmic, double from, double to) {
        if (least < most) return new Scale(least, most, logarithmic, from, to);
        if (logarithmic) return new Scale(least / 2, most * 2, true, from, to);
        double room = least == 0 ? 1 : Math.abs(least) / 2;
        return new Scale(least == 0 ? 0 : least - room, most + room, false, from, to);
    }

    /// This axis between other pixels.
    Scale onto(double from, double to) {
        return new Scale(least, most, logarithmic, from, to);
    }

    double pixel(double number) {
        double share =
                logarithmic ? Math.log(number / least) / Math.log(most / least) : (number - least) / (most - least);
        return from + share * (to - from);
    }

    /// About so many round numbers on the axis: 1, 2 or 5 times a power of ten apart, and on a
    /// logarithmic axis powers of ten with as many of 1, 2 and 5 between them as there is room for.
    List<Double> ticks(int about) {
        return logarithmic ? factors(about) : steps(about);
    }

    private List<Double> steps(int about) {
        double rough = (most - least) / Math.max(1, about);
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * 10;
        for (double factor : new double[] {5, 2, 1}) if (rough <= factor * power * 1.0000001) step = factor * power;
        var ticks = new ArrayList<Double>();
        double first = Math.ceil(least / step - 1e-9);
        for (int i = 0; (first + i) * step <= most + step * 1e-9 && i < 100; i++) {
            double tick = (first + i) * step;
            ticks.add(
                    Math.abs(tick) < step * 1e-9
                            ? 0.0
                            : Double.parseDouble(String.format(java.util.Locale.ROOT, "%.12g", tick)));
        }
        return ticks;
    }

    private List<Double> factors(int about) {
        int lowest = (int) Math.floor(Math.log10(least));
        int highest = (int) Math.ceil(Math.log10(most));
        int decades = Math.max(1, highest - lowest);
        double[] factors = decades * 3 <= about * 2 ? new double[] {1, 2, 5} : new double[] {1};
        int every = Math.max(1, (int) Math.ceil((double) decades / Math.max(1, about)));
        var ticks = new ArrayList<Double>();
        for (int decade = lowest; decade <= highest; decade += every)
            for (double factor : factors) {
                double tick = Double.parseDouble(factor + "e" + decade);
                if (tick >= least * (1 - 1e-9) && tick <= most * (1 + 1e-9)) ticks.add(tick);
            }
        return ticks.size() < 2 ? List.of(least, most) : ticks;
    }
}
