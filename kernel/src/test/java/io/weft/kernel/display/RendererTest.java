package io.weft.kernel.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Image;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
@SuppressWarnings("ArrayRecordComponent") // cells may have such records
class RendererTest {
    private final Renderer renderer = new Renderer();

    record City(String name, int people) {}

    record Holder(String name, int[] numbers) {}

    record Own(int[] numbers) {
        @Override
        public String toString() {
            return "mine";
        }
    }

    sealed interface Shape {}

    record Circle(double radius) implements Shape {}

    record Square(double side) implements Shape {}

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of(new int[] {1, 2}, "[1, 2]"),
                Arguments.of(new boolean[] {true}, "[true]"),
                Arguments.of(new char[] {'a', 'b'}, "[a, b]"),
                Arguments.of(new byte[] {1, -1}, "[1, -1]"),
                Arguments.of(new double[][] {{1.5}, {}}, "[[1.5], []]"),
                Arguments.of(new String[] {"a", null}, "[a, null]"),
                Arguments.of(List.of(new int[] {1}, new int[] {2, 3}), "[[1], [2, 3]]"),
                Arguments.of(Map.of("k", new long[] {7}), "{k=[7]}"),
                Arguments.of(Optional.of(new int[] {4}), "Optional[[4]]"),
                Arguments.of(Optional.empty(), "Optional.empty"),
                Arguments.of(Map.entry("k", new int[] {1}), "k=[1]"),
                Arguments.of(new City("Oslo", 7), "City[name=Oslo, people=7]"),
                Arguments.of(new Holder("h", new int[] {1, 2}), "Holder[name=h, numbers=[1, 2]]"),
                Arguments.of(new Own(new int[] {1}), "mine"),
                Arguments.of(new ArrayDeque<>(List.of(1, 2)), "[1, 2]"),
                Arguments.of(new LinkedHashSet<>(List.of(2, 1)), "[2, 1]"),
                Arguments.of(DayOfWeek.MONDAY, "MONDAY"),
                Arguments.of(LocalDate.of(2025, 9, 16), "2025-09-16"),
                Arguments.of(new java.io.StringWriter().append("built"), "built"),
                Arguments.of(Path.of("a", "b"), Path.of("a", "b").toString()),
                Arguments.of(URI.create("http://x/y"), "http://x/y"),
                Arguments.of(new BigDecimal("1.50"), "1.50"),
                Arguments.of(City.class, "class " + City.class.getName()),
                Arguments.of(
                        new IllegalStateException("outer", new RuntimeException("inner")),
                        "java.lang.IllegalStateException: outer\nCaused by: java.lang.RuntimeException: inner"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void plainText_isReadable_forWhateverJavaHas(Object value, String expected) {
        assertThat(renderer.render(value).plainText()).isEqualTo(expected);
    }

    @Test
    void aStream_isNotConsumed() {
        Stream<Integer> stream = Stream.of(1, 2);
        assertThat(renderer.render(stream).plainText()).isEqualTo("a stream, not read: toList() reads it");
        assertThat(stream.toList()).containsExactly(1, 2);
        assertThat(renderer.render(IntStream.range(0, 3)).plainText()).contains("toArray()");
    }

    @Test
    void aQueue_keepsItsElements() {
        var queue = new ConcurrentLinkedQueue<>(List.of(1, 2));
        renderer.render(queue);
        assertThat(queue).containsExactly(1, 2);
    }

    @Test
    void structuresThatHoldThemselves_end() {
        var list = new ArrayList<Object>();
        list.add(1);
        list.add(new Object[] {list});
        assertThat(renderer.render(list).plainText()).isEqualTo("[1, [(this ArrayList)]]");
        var map = new LinkedHashMap<String, Object>();
        map.put("self", List.of(map));
        assertThat(renderer.render(map).plainText()).isEqualTo("{self=[(this LinkedHashMap)]}");
        record Node(List<Object> next) {}
        var node = new Node(new ArrayList<>());
        node.next().add(node);
        assertThat(renderer.render(node).plainText()).isEqualTo("Node[next=[(this Node)]]");
    }

    @Test
    void deepNesting_isCut() {
        Object nest = "core";
        for (int i = 0; i < 100_000; i++) nest = List.of(nest);
        assertThat(renderer.render(nest).plainText())
                .startsWith("[[[[")
                .contains("…")
                .hasSizeLessThan(200);
    }

    @Test
    void longStructures_showFirstAndLastElements_andTheNumberOfTheOthers() {
        List<Integer> million = IntStream.range(0, 1_000_000).boxed().toList();
        String text = renderer.render(million).plainText();
        assertThat(text)
                .startsWith("[0, 1, 2")
                .contains("989, … 999,000 more …, 999990,")
                .endsWith("999999]");
        assertThat(renderer.render(new int[5000]).plainText()).contains("… 4,000 more …");
        assertThat(renderer.render(new LinkedHashSet<>(million)).plainText())
                .contains("989, … 999,000 more …, 999990,")
                .endsWith("999999]");
        assertThat(renderer.render(new java.util.HashSet<>(million)).plainText())
                .contains("… 999,010 more]");
    }

    @Test
    void oneLongText_isCut_andSaysByHowMuch() {
        String long100MB = "x".repeat(100_000_000);
        assertThat(renderer.render(long100MB).plainText())
                .hasSizeLessThan(200_100)
                .endsWith("x… 99,800,000 more characters");
        assertThat(renderer.render(List.of(long100MB, long100MB)).plainText()).hasSizeLessThan(200_200);
        assertThat(renderer.render(long100MB, List.of("text/html")).data().get("text/html"))
                .isEqualTo(long100MB);
    }

    @Test
    void aToStringThatThrows_isNamed() {
        Object broken = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no");
            }
        };
        assertThat(renderer.render(List.of(1, broken)).plainText())
                .startsWith("[1, ")
                .contains("its toString() threw java.lang.IllegalStateException");
        Object endless = new Object() {
            @Override
            @SuppressWarnings("InfiniteRecursion")
            public String toString() {
                return "" + this;
            }
        };
        assertThat(renderer.render(endless).plainText()).contains("StackOverflowError");
        Object nothing = new Object() {
            @Override
            @SuppressWarnings({"NullAway", "ToStringReturnsNull"})
            public String toString() {
                return null;
            }
        };
        assertThat(renderer.render(nothing).plainText()).isEqualTo("null");
    }

    @Test
    void aCollectionThatCannotBeRead_isAskedForItsOwnText() {
        Collection<Object> broken = new java.util.AbstractCollection<>() {
            @Override
            public java.util.Iterator<Object> iterator() {
                throw new UnsupportedOperationException("no reading");
            }

            @Override
            public int size() {
                return 3;
            }
        };
        assertThat(renderer.render(broken).plainText()).contains("toString() threw");
    }

    @Test
    void theNearestRegisteredType_wins_interfacesToo() {
        interface Named {}
        interface Titled extends Named {}
        class Base {}
        class Book extends Base implements Titled {}
        class Novel extends Book {}
        renderer.register(Base.class, _ -> MimeBundle.text("base"));
        assertThat(renderer.render(new Novel()).plainText()).isEqualTo("base");
        renderer.register(Named.class, _ -> MimeBundle.text("named"));
        assertThat(renderer.render(new Novel()).plainText()).isEqualTo("named");
        renderer.register(Titled.class, _ -> MimeBundle.text("titled"));
        assertThat(renderer.render(new Novel()).plainText()).isEqualTo("titled");
        renderer.register(Novel.class, _ -> MimeBundle.text("novel"));
        assertThat(renderer.render(new Novel()).plainText()).isEqualTo("novel");
        assertThat(renderer.render(new Base()).plainText()).isEqualTo("base");
        renderer.register(Object.class, _ -> MimeBundle.text("anything"));
        assertThat(renderer.render(new Object()).plainText()).isEqualTo("anything");
        assertThat(renderer.render(new Base()).plainText()).isEqualTo("base");
    }

    @Test
    void aRegisteredFunction_seesWhatIsAskedFor_andLeavesTheRestToTheNextType() {
        renderer.register(
                City.class,
                (city, wanted) -> wanted.names("text/markdown")
                        ? MimeBundle.markdown("**" + city.name() + "**")
                        : MimeBundle.html("<i>" + city.name() + "</i>"));
        renderer.register(
                Record.class,
                (_, wanted) ->
                        new MimeBundle(wanted.names("text/csv") ? Map.of("text/csv", "Oslo,7") : Map.of(), Map.of()));
        var oslo = new City("Oslo", 7);
        assertThat(renderer.render(oslo).data()).containsEntry("text/html", "<i>Oslo</i>");
        assertThat(renderer.render(oslo, List.of("text/markdown", "text/csv")).data())
                .containsEntry("text/markdown", "**Oslo**")
                .containsEntry("text/csv", "Oslo,7")
                .doesNotContainKey("text/html");
    }

    @Test
    void aFunctionThatThrows_doesNotHideTheValue() {
        renderer.register(City.class, city -> {
            throw new IllegalStateException("broken for " + city.name());
        });
        assertThat(renderer.render(new City("Oslo", 7)).plainText())
                .isEqualTo("City[name=Oslo, people=7]\n"
                        + "(its renderer threw java.lang.IllegalStateException: broken for Oslo)");
    }

    @Test
    void aDisplayableValue_showsItself_withAPlainTextTwin() {
        record Report(String title) implements Displayable {
            @Override
            public MimeBundle render(Wanted wanted, Renderer renderer) {
                return new MimeBundle(Map.of("text/html", "<h1>" + title + "</h1>"), Map.of());
            }
        }
        assertThat(renderer.render(new Report("R")).data())
                .containsEntry("text/html", "<h1>R</h1>")
                .containsEntry("text/plain", "Report[title=R]");
    }

    @Test
    void text_isWhateverItsAuthorSays_andNothingElseIs() {
        assertThat(renderer.render("**x**", List.of("text/markdown")).data())
                .containsEntry("text/markdown", "**x**")
                .containsEntry("text/plain", "**x**");
        assertThat(renderer.render("{\"a\": [1, true]}", List.of("application/json"))
                        .data())
                .containsEntry("application/json", Map.of("a", List.of(1, true)));
        assertThat(renderer.render(42, List.of("text/html")).data()).containsOnlyKeys("text/plain");
    }

    @Test
    void images_arePngWithTheirSize() throws Exception {
        var image = new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 4, 0xff8800);
        for (Image each : List.of(image, image.getScaledInstance(30, 20, Image.SCALE_FAST))) {
            MimeBundle bundle = renderer.render(each);
            byte[] png = Base64.getDecoder().decode((String) bundle.data().get("image/png"));
            BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
            assertThat(read.getRGB(3, 4) & 0xffffff).isEqualTo(0xff8800);
            assertThat(bundle.metadata()).containsEntry("image/png", Map.of("width", 30, "height", 20));
            assertThat(bundle.plainText()).contains("30 × 20");
        }
        assertThat(renderer.render(image, List.of("image/jpeg", "image/gif")).data())
                .containsOnlyKeys("image/jpeg", "image/gif", "text/plain");
        assertThat(renderer.render(image, List.of("image/*")).data())
                .containsOnlyKeys("image/png", "image/jpeg", "image/gif", "text/plain");
    }

    @Test
    void aHugeImage_isShownSmaller() {
        MimeBundle bundle = renderer.render(new BufferedImage(20_000, 1_000, BufferedImage.TYPE_BYTE_GRAY));
        assertThat(bundle.plainText()).contains("20000 × 1000, shown as 17888 × 894");
    }

    @Test
    void listsOfRecords_areTables_withEscapedCells_andAPlainTwin() {
        MimeBundle bundle = renderer.render(List.of(new City("<b>Os&lo</b>", 7), new City("Bergen", 28)));
        assertThat(bundle.plainText()).isEqualTo("[City[name=<b>Os&lo</b>, people=7], City[name=Bergen, people=28]]");
        String html = (String) bundle.data().get("text/html");
        assertThat(html)
                .contains("&lt;b&gt;Os&amp;lo&lt;/b&gt;", "title=\"int\">people", "<td class=\"n\">28</td>")
                .contains("City: 2 rows × 2 columns")
                .doesNotContain("<b>Os", "<script", "http");
        assertThat((String)
                        renderer.render(new City[] {new City("A", 1)}).data().get("text/html"))
                .contains("City: 1 row × 2 columns");
    }

    @Test
    void aLongTable_showsItsEnds() {
        var cities =
                IntStream.range(0, 10_000).mapToObj(i -> new City("c" + i, i)).toList();
        for (Collection<City> each : List.of(cities, new LinkedHashSet<>(cities))) {
            String html = (String) renderer.render(each).data().get("text/html");
            assertThat(html)
                    .contains(">c0<", ">c4<", "… 9,990 more", ">c9995<", ">c9999<", "City: 10,000 rows × 2 columns")
                    .doesNotContain(">c5<", ">c9994<");
        }
    }

    @Test
    void mapsOfMaps_andMapsOfRecords_haveLabelledRows() {
        var maps = new LinkedHashMap<String, Map<String, Object>>();
        maps.put("x", new LinkedHashMap<>(Map.of("a", 1)));
        maps.put("y", Collections.singletonMap("b", null));
        String html = (String) renderer.render(maps).data().get("text/html");
        assertThat(html)
                .contains("<th scope=\"row\">x</th><td class=\"n\">1</td><td class=\"z\"></td>")
                .contains("<th scope=\"row\">y</th><td class=\"z\"></td><td class=\"z\">null</td>");
        assertThat((String)
                        renderer.render(Map.of("k", new City("O", 1))).data().get("text/html"))
                .contains("<th scope=\"row\">k</th><td>O</td>");
        assertThat((String) renderer.render(List.of(Map.of("a", 1), Map.of("a", 2)))
                        .data()
                        .get("text/html"))
                .contains("2 rows × 1 column");
        assertThat((String) renderer.render(List.of(new Circle(1), new Square(2)))
                        .data()
                        .get("text/html"))
                .contains("radius", "side");
    }

    @Test
    void whatIsNoTable_staysText() {
        for (Object value :
                List.of(List.of(1, 2), Map.of("a", 1), List.of(), new City("O", 1), List.of("a", new City("O", 1))))
            assertThat(renderer.render(value).data()).as("%s", value).containsOnlyKeys("text/plain");
        assertThat(renderer.render(Arrays.asList(new City("O", 1), null)).data())
                .containsOnlyKeys("text/plain");
    }

    @Test
    void table_makesOneOfAnything() {
        assertThat((String) MimeBundle.table(List.of(1, 2)).data().get("text/html"))
                .contains("2 rows × 1 column");
        assertThat((String) MimeBundle.table(new int[][] {{1, 2}, {3, 4}})
                        .data()
                        .get("text/html"))
                .contains("2 rows × 2 columns", "<td class=\"n\">4</td>");
        assertThat((String) MimeBundle.table(Map.of("a", 1)).data().get("text/html"))
                .contains("<th scope=\"row\">a</th>");
        assertThat(MimeBundle.table("text").data()).containsOnlyKeys("text/plain");
    }

    @Test
    void json_isATree_withPrettyText() {
        MimeBundle bundle = MimeBundle.json(Map.of("city", new City("Oslo \"N\"", 7)));
        assertThat(bundle.data().get("application/json"))
                .isEqualTo(Map.of("city", Map.of("name", "Oslo \"N\"", "people", 7)));
        assertThat(bundle.plainText()).isEqualTo("""
                {
                  "city": {
                    "name": "Oslo \\"N\\"",
                    "people": 7
                  }
                }""");
        assertThat(MimeBundle.json("[1, {\"a\": null}]").plainText())
                .isEqualTo("[\n  1,\n  {\n    \"a\": null\n  }\n]");
        var self = new ArrayList<Object>();
        self.add(self);
        assertThatThrownBy(() -> MimeBundle.json(self)).hasMessageContaining("holds itself");
    }

    @Test
    void html_andSvg_haveTheirWordsAsPlainText() {
        assertThat(MimeBundle.html("<style>p{}</style><p>a &lt; b</p><ul><li>one</li><li>two</li></ul>")
                        .plainText())
                .isEqualTo("a < b\none\ntwo");
        assertThat(MimeBundle.svg("<svg><circle r='1'/></svg>").plainText()).isEqualTo("an SVG drawing");
        assertThat(MimeBundle.math("x^2").data()).containsEntry("text/latex", "$$x^2$$");
    }

    @Test
    void imageFiles_areToldApartByTheirBytes() throws Exception {
        var out = new java.io.ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), "png", out);
        assertThat(MimeBundle.image(out.toByteArray()).plainText()).isEqualTo("PNG image 3 × 2");
        assertThatThrownBy(() -> MimeBundle.image(new byte[] {1})).hasMessageContaining("no PNG");
    }
}
