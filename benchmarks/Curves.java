import io.weft.chart.Chart;

/// Draws one of the curves of `concurrency.py`: reads title and axes, then a point a line with its samples, and writes
/// SVG.
public class Curves {
    private static final String OF_ITS_OWN = ":root{color:#222}@media(prefers-color-scheme:dark){:root{color:#ddd}}";

    public static void main(String[] args) {
        var input = new java.util.Scanner(System.in, java.nio.charset.StandardCharsets.UTF_8).useDelimiter("\\R");
        var head = input.next().split("\t");
        var chart = Chart.lines(head[0]).x(head[1]).y(head[2]).logX().logY();
        while (input.hasNext()) {
            var words = input.next().split("\t");
            var samples = new double[words.length - 2];
            for (int i = 0; i < samples.length; i++) samples[i] = Double.parseDouble(words[i + 2]);
            chart.point(words[0], Double.parseDouble(words[1]), samples);
        }
        // as an image of its own it has no page whose colour its text could take
        System.out.println(chart.toSvg().replaceFirst(">", "><style>" + OF_ITS_OWN + "</style>"));
    }
}
