package io.weft.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.display.Renderer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {
    private static final BarChart TIMES = Chart.bars("Time for the same work")
            .unit("s")
            .bar("one thread", 2.1, 2.0, 2.3)
            .bar("four threads", 0.9, 0.8);

    static Stream<Chart> charts() {
        var crowded = Chart.lanes("crowded");
        IntStream.range(0, 30_000).forEach(n -> crowded.span("lane " + n % 3, n, n + 0.7, "step " + n));
        var endless = Chart.lines("endless");
        endless.line(
                "all",
                IntStream.range(0, 100_000).boxed().toList(),
                IntStream.range(0, 100_000).boxed().toList());
        return Stream.of(
                TIMES,
                Chart.bars(""),
                Chart.bars("below zero")
                        .bar("cold", -12, -14, -9)
                        .bar("nothing", 0)
                        .bar("warm", 21),
                Chart.bars("far apart").bar("large", 1e300).bar("small", 1e-300).bar("large below zero", -1e300),
                Chart.bars("groups")
                        .bar("without", 1)
                        .group("threads")
                        .bar("a", 1, 2)
                        .group("JVMs")
                        .bar("b", 3),
                Chart.bars("<b>&amp;\u0000\ud800\"'")
                        .unit("</svg>")
                        .group("<g>")
                        .bar("]]><script>alert(1)</script>", 1),
                Chart.bars("a very long label").bar("Donaudampfschifffahrtsgesellschaftskapitän ".repeat(30), 1),
                Chart.lines("no lines"),
                Chart.lines("one point").point("alone", 0, 0),
                Chart.lines("below zero").line("down", List.of(-3, 4), List.of(-1e300, 1e300)),
                Chart.lines("factors").logX().logY().line("half", List.of(1e-9, 1e9), List.of(1e12, 0.5)),
                Chart.lines("one factor").logX().logY().point("alone", 8, 8),
                Chart.lines("spread")
                        .x("threads")
                        .y("times as fast")
                        .point("m", 1, 1, 2, 3)
                        .ideal("i", List.of(1), List.of(1)),
                endless,
                Chart.lanes("no spans"),
                Chart.lanes("a moment").span("lane", 5, 5, "now"),
                Chart.lanes("overlaps")
                        .unit("ms")
                        .span("a", 0, 9, "long", "runs")
                        .span("a", 2, 3, "short", "waits"),
                crowded);
    }

    @ParameterizedTest
    @MethodSource("charts")
    void everyPicture_isWellFormed_hasASizeAndANameAndStaysWithinItsEdges(Chart chart) {
        Picture picture = Picture.of(chart);
        var root = picture.root();
        assertThat(root.getAttribute("role")).isEqualTo("img");
        assertThat(picture.first("title")).isNotBlank().isEqualTo(root.getAttribute("aria-label"));
        assertThat(picture.first("desc")).isNotBlank();
        double width = Double.parseDouble(root.getAttribute("width"));
        double height = Double.parseDouble(root.getAttribute("height"));
        assertThat(root.getAttribute("viewBox")).isEqualTo("0 0 %.0f %.0f".formatted(width, height));
        assertThat(root.getAttribute("style")).contains("max-width:100%");
        for (var box : picture.all("rect")) {
            if (picture.isInsideOther(box)) continue;
            assertThat(number(box, "x")).isBetween(-1.0, width);
            assertThat(number(box, "x") + number(box, "width")).isBetween(0.0, width + 1);
            assertThat(number(box, "y") + number(box, "height")).isBetween(0.0, height);
        }
        for (var text : picture.all("text")) {
            if (text.hasAttribute("y")) assertThat(number(text, "y")).isBetween(0.0, height);
            double length = Lettering.width(text.getTextContent(), 13);
            double left = switch (text.getAttribute("text-anchor")) {
                case "middle" -> number(text, "x") - length / 2;
                case "end" -> number(text, "x") - length;
                default -> number(text, "x");
            };
            assertThat(left).as(text.getTextContent()).isGreaterThan(-3);
            assertThat(left + length).as(text.getTextContent()).isLessThan(width + 8);
        }
        assertThat(chart.toSvg()).doesNotContain("NaN", "Infinity");
    }

    @ParameterizedTest
    @MethodSource("charts")
    void everyPicture_isOfASizeThatAPageCanHold_andNeedsNothingElse(Chart chart) {
        assertThat(chart.toSvg()).hasSizeLessThan(400_000).doesNotContain("<script", "<style", "@import", "<image");
        assertThat(Pattern.compile("url\\((?!#)|(?:href|src)=")
                        .matcher(chart.toSvg())
                        .find())
                .isFalse();
        assertThat(chart.toString()).hasSizeLessThan(60_000);
    }

    @Test
    void aBar_isAsLongAsTheMedian_withAWhiskerFromLeastToMost() {
        Picture picture = Picture.of(TIMES);
        var one = picture.withTitle("one thread: 2.1 s (2 to 2.3 s)");
        var four = picture.withTitle("four threads: 0.85 s (0.8 to 0.9 s)");
        assertThat(number(four, "width") / number(one, "width")).isCloseTo(0.85 / 2.1, within(0.01));
        // the whisker of the first bar: from 2 to 2.3 on the same scale
        var ends = Pattern.compile("M([\\d.]+) ([\\d.]+)L([\\d.]+) \\2M").matcher(TIMES.toSvg());
        assertThat(ends.find()).isTrue();
        double perSecond = number(one, "width") / 2.1;
        assertThat(Double.parseDouble(ends.group(1)) - number(one, "x")).isCloseTo(2 * perSecond, within(0.3));
        assertThat(Double.parseDouble(ends.group(3)) - number(one, "x")).isCloseTo(2.3 * perSecond, within(0.3));
        assertThat(picture.texts()).contains("one thread", "four threads", "2.1 s", "0.85 s", "s");
    }

    @Test
    void text_isTheTwinOfThePicture() {
        assertThat(TIMES).hasToString("""
                Time for the same work
                                median  least   most  samples
                  one thread     2.1 s    2 s  2.3 s        3
                  four threads  0.85 s  0.8 s  0.9 s        2""");
        assertThat(Chart.lines("Speed-up")
                        .x("threads")
                        .y("times as fast")
                        .line("measured", List.of(1, 2, 4), List.of(1.0, 1.9, 2.1))
                        .ideal("ideal", List.of(1, 2), List.of(1, 2)))
                .hasToString("""
                        Speed-up (times as fast)
                          threads  measured  ideal
                                1         1      1
                                2       1.9      2
                                4       2.1      –""");
        assertThat(Chart.lanes("Who ran when")
                        .unit("ms")
                        .span("worker-1", 0, 20, "task 0")
                        .span("worker-2", 5, 30, "task 1"))
                .hasToString("""
                        Who ran when
                                            from     to
                          worker-1  task 0  0 ms  20 ms
                          worker-2  task 1  5 ms  30 ms""");
    }

    @Test
    void aChart_showsItselfAsHtmlAndText() {
        MimeBundle shown = new Renderer().render(TIMES);
        assertThat(shown.data()).containsOnlyKeys("text/plain", "text/html");
        assertThat((String) shown.data().get("text/html")).startsWith("<svg ").endsWith("</svg>");
        assertThat(shown.plainText()).isEqualTo(TIMES.toString());
        assertThat(new Renderer().render(TIMES, List.of("image/svg+xml")).data())
                .containsKey("image/svg+xml");
    }

    @Test
    void twoPictures_haveNoIdInCommon() {
        var chart = Chart.bars("twice").group("a").bar("x", 1).group("b").bar("y", 2);
        List<String> first = Picture.of(chart).ids();
        List<String> second = Picture.of(chart).ids();
        assertThat(first).hasSize(2).doesNotHaveDuplicates().doesNotContainAnyElementsOf(second);
    }

    @Test
    void theIdeal_isDashed_andHasNoMarkers() {
        var chart = Chart.lines("x").ideal("ideal", List.of(1, 2), List.of(1, 2));
        assertThat(chart.toSvg()).contains("stroke-dasharray");
        assertThat(Picture.of(chart).texts()).contains("ideal", "1", "2");
        assertThat(chart.toSvg()).doesNotContain("<title>ideal: ");
    }

    @Test
    void lines_joinTheirPointsFromLeftToRight() {
        String inOrder =
                Chart.lines("x").line("a", List.of(1, 2, 3), List.of(1, 4, 9)).toSvg();
        String mixed =
                Chart.lines("x").line("a", List.of(3, 1, 2), List.of(9, 1, 4)).toSvg();
        assertThat(withoutIds(mixed)).isEqualTo(withoutIds(inOrder));
    }

    @Test
    void onALogarithmicAxis_equalFactorsAreEqualSteps() {
        var scale = Scale.between(1, 1000, true, 0, 300);
        assertThat(scale.pixel(10)).isCloseTo(100, within(1e-9));
        assertThat(scale.pixel(100)).isCloseTo(200, within(1e-9));
        assertThat(scale.ticks(4)).containsExactly(1.0, 10.0, 100.0, 1000.0);
        assertThat(Scale.between(1, 50, true, 0, 300).ticks(6)).containsExactly(1.0, 2.0, 5.0, 10.0, 20.0, 50.0);
    }

    @Test
    void ticks_areRoundNumbersWithinTheAxis() {
        assertThat(Scale.between(0, 2.3, false, 0, 1).ticks(5)).containsExactly(0.0, 0.5, 1.0, 1.5, 2.0);
        assertThat(Scale.between(-14, 25, false, 0, 1).ticks(5)).containsExactly(-10.0, 0.0, 10.0, 20.0);
        assertThat(Scale.between(0.1, 0.3, false, 0, 1).ticks(4)).containsExactly(0.1, 0.15, 0.2, 0.25, 0.3);
        assertThat(Scale.between(-1e300, 1e300, false, 0, 1).ticks(6)).hasSizeBetween(3, 9);
    }

    @Test
    void lanes_standInTheOrderOfTheirFirstSpans_andOverlapsBelowEachOther() {
        var chart = Chart.lanes("x")
                .span("late", 50, 60, "")
                .span("early", 0, 40, "first")
                .span("early", 10, 20, "second")
                .span("early", 40, 45, "third");
        Picture picture = Picture.of(chart);
        var first = picture.withTitle("early: first from 0 to 40");
        var second = picture.withTitle("early: second from 10 to 20");
        var third = picture.withTitle("early: third from 40 to 45");
        var late = picture.withTitle("late: busy from 50 to 60");
        assertThat(number(late, "y")).isLessThan(number(first, "y"));
        assertThat(number(second, "y")).isGreaterThanOrEqualTo(number(first, "y") + number(first, "height"));
        assertThat(number(third, "y")).isEqualTo(number(first, "y"));
        assertThat(number(first, "width") / number(second, "width")).isCloseTo(4, within(0.05));
    }

    @Test
    void aCrowdedChart_saysHowManySpansItDraws() {
        var chart = Chart.lanes("x");
        IntStream.range(0, 5_000).forEach(n -> chart.span("one", n, n + 0.5, ""));
        assertThat(Picture.of(chart).texts()).anyMatch(text -> text.matches("\\d+ of 5,000 spans are drawn; .*"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1e301})
    void aNumberThatNoPictureCanShow_isRefusedByName_andChangesNothing(double number) {
        var bars = Chart.bars("x").bar("good", 1);
        var lines = Chart.lines("x").point("good", 1, 1);
        var lanes = Chart.lanes("x").span("good", 1, 2, "");
        String before = bars.toString() + lines + lanes;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bars.bar("bad", 1, number))
                .withMessageContaining("bar \"bad\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lines.line("bad", List.of(1, 2), List.of(1, number)))
                .withMessageContaining("line \"bad\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lanes.span("bad", 0, number, ""))
                .withMessageContaining("\"bad\"");
        assertThat(bars.toString() + lines + lanes).isEqualTo(before);
    }

    @Test
    void whatMakesNoSense_isRefusedAndSaysWhy() {
        refused(chart -> Chart.bars("x").bar("empty"), "bar \"empty\" has no sample");
        refused(chart -> Chart.bars("x").bar("empty", List.of()), "bar \"empty\" has no sample");
        refused(chart -> Chart.lines("x").point("m", 3), "line \"m\" at 3 has no sample");
        refused(chart -> Chart.lines("x").line("m", List.of(1, 2), List.of(1)), "line \"m\" has 2 x and 1 y");
        refused(chart -> Chart.lines("x").logY().point("m", 1, 0), "0 is not above 0");
        refused(chart -> Chart.lines("x").point("m", -1, 5).logX(), "-1 is not above 0");
        refused(chart -> Chart.lanes("x").span("a", 5, 4, ""), "ends at 4, before it begins at 5");
    }

    private static void refused(Consumer<String> call, String reason) {
        assertThatIllegalArgumentException().isThrownBy(() -> call.accept("")).withMessageContaining(reason);
    }

    @Test
    void numbers_areWrittenWithTheDigitsThatCount() {
        assertThat(Stream.of(0.0, 2.0, 0.85, 2.0 / 3, 99.94, 123.4, 12345.6, 0.000123, -7.25, 1e-9, 2.5e14, 1e300)
                        .map(Numbers::written))
                .containsExactly(
                        "0",
                        "2",
                        "0.85",
                        "0.667",
                        "99.9",
                        "123",
                        "12,346",
                        "0.000123",
                        "-7.25",
                        "1e-9",
                        "2.5e14",
                        "1e300");
        assertThat(Numbers.median(new double[] {3, 1, 2})).isEqualTo(2);
        assertThat(Numbers.median(new double[] {4, 1, 2, 3})).isEqualTo(2.5);
    }

    @Test
    void threads_canNoteWhatTheyDo_inOneChart() throws Exception {
        // given
        var chart = Chart.lanes("x");
        var notes = new ArrayList<Callable<Chart>>();
        for (int i = 0; i < 2_000; i++) {
            int n = i;
            notes.add(() -> chart.span("lane " + n % 7, n, n + 1, ""));
        }
        // when
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var note : threads.invokeAll(notes)) note.get();
        }
        // then
        assertThat(Picture.of(chart).first("desc")).contains("7 lanes, 2,000 spans");
    }

    private static double number(org.w3c.dom.Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    private static String withoutIds(String svg) {
        return svg.replaceAll("weft-[0-9a-z]+", "id");
    }
}
