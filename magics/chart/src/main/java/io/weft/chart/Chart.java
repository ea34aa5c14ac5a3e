package io.weft.chart;

import io.weft.kernel.display.Displayable;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.display.Renderer;
import io.weft.kernel.display.Wanted;

/// A picture of numbers that draws itself as SVG: the value of a cell, or shown with `display(chart)`.
///
/// A chart is filled by its methods, each of which returns the chart itself, and can be filled
/// further after it was shown; it shows what it holds at that moment. It needs neither script nor style sheet nor
/// network, so an exported page is whole: text takes the page's colour, all else has colours that
/// stand out on light and on dark, and nothing is told by colour alone. Whoever cannot see it gets the numbers as text:
/// `toString()` is a table of them.
///
/// This is no plotting library. It draws what a measurement of concurrent code needs; for more,
/// take one from Maven.
///
/// ```java
/// Chart.bars("Time for the same work").unit("s").bar("one thread", 2.1, 2.0, 2.3).bar("four
/// threads", 0.9, 0.8)
/// ```
///
/// **Threads.** All methods may be called from any thread, so tasks that run in threads can note
/// what they do in one
/// chart. A chart does not travel to worker JVMs: let their tasks return the numbers.
public sealed interface Chart extends Displayable permits BarChart, LineChart, LaneChart {
    /// A chart with a bar for each thing that was measured.
    static BarChart bars(String title) {
        return new BarChart(title);
    }

    /// A chart with lines through points, such as a speed-up for numbers of threads.
    static LineChart lines(String title) {
        return new LineChart(title);
    }

    /// A chart with a lane for each thread, process or anything else that does one thing after the other.
    static LaneChart lanes(String title) {
        return new LaneChart(title);
    }

    /// The picture as an SVG document. Each call gives ids of its own to what the picture refers
    /// to, so that several
    /// pictures can stand in one page.
    String toSvg();

    @Override
    default MimeBundle render(Wanted wanted, Renderer renderer) {
        MimeBundle shown = MimeBundle.html(toSvg(), toString());
        return wanted.names("image/svg+xml") ? shown.with("image/svg+xml", toSvg()) : shown;
    }
}
