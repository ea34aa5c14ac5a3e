package io.weft.kernel.assist;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.display.MimeBundle;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class InspectionTest {
    private Questions notebook;

    @BeforeAll
    void start() {
        notebook = new Questions();
        notebook.run("""
                /// A place in the *plane*.
                record Point(int x, int y) {
                    /// The distance to [Point] zero.
                    double length() { return Math.hypot(x, y); }
                }
                """);
        notebook.run("""
                /** Doubles {@code n}.
                 * @param n what is doubled
                 */
                int twice(int n) { return 2 * n; }
                """);
        notebook.run(
                "var points = List.of(new Point(1, 2)); int number = 42; String text = \"a <b>\"; Object broken = new Object() { public String toString() { throw new IllegalStateException(); } };");
    }

    @AfterAll
    void end() {
        notebook.close();
    }

    private String text(String marked) {
        return notebook.inspected(marked).plainText();
    }

    /// Each row: code with `|` for the cursor; what the text must say, separated by `;;`.
    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            Math.ma|x(1, 2)             ¦ static int Math.max(int a, int b);;Returns the greater of two int values
            Math.max(1, |               ¦ Math.max(int a, «int b»);;Math.max(double a, «double b»)
            Math.max(|                  ¦ Math.max(«int a», int b);;Math.max(«float a»
            Stri|ng s;                  ¦ public final class String implements;;The String class represents character strings
            "a".substring(|             ¦ String String.substring(«int beginIndex»);;String String.substring(«int beginIndex», int endIndex)
            "a".substr|ing(1)           ¦ String String.substring(int beginIndex)
            number|                     ¦ int number;;= 42
            text|                       ¦ String text;;= "a <b>"
            points|.size()              ¦ List<Point> points;;of 1 [Point[x=1, y=2]]
            points.get(0).leng|th()     ¦ double Point.length();;The distance to Point zero.
            Poi|nt p;                   ¦ record Point(int x, int y);;A place in the plane.
            twi|ce(3)                   ¦ int twice(int n);;Doubles n.;;Parameters;;n: what is doubled
            twice(|                     ¦ int twice(«int n»)
            new Point(1, |              ¦ Point(int x, «int y»)
            new ArrayList<String>(|     ¦ ArrayList(«int initialCapacity»);;ArrayList()
            HttpCl|ient                 ¦ public abstract class HttpClient;;not imported: java.net.http.HttpClient
            HttpClient|                 ¦ An HTTP Client
            Integer.MAX_V|ALUE          ¦ int MAX_VALUE = 2147483647;;2^31-1
            List.of(1).for|Each(n -> {}) ¦ forEach(Consumer<? super Integer> action);;Performs the given action for each element
            new ArrayList<Integer>().add|All(null) ¦ Collection<? extends Integer> c
            points.stream().map(p -> p.len|gth()) ¦ double Point.length()
            for (var each : points) { eac|h.x(); ¦ Point each
            /// Says hello.\\nvoid hello(String whom) {}\\nhel|lo("you"); ¦ void hello(String whom);;Says hello.
            import java.util.Li|st;     ¦ interface List<E>
            %lsmag|ic                   ¦ Usage:
            broken|                     ¦ Object broken;;@
            words.for|                  ¦
            points.forE|                ¦
            new Thread(() -> {}).sto|p() ¦ Deprecated
            Files.readString(|          ¦ Files.readString(«Path path»);;Reads all content from a file
            """)
    void tellsWhatANameMeans(String code, String wanted) {
        String marked = code.strip().replace("\\\\n", "\n").replace("\\n", "\n");
        if (wanted == null) {
            assertThat(notebook.inspect(marked, 0)).as(code).isEmpty();
            return;
        }
        String text = text(marked);
        assertThat(Arrays.stream(wanted.split(";;")).map(String::strip))
                .as(code + "\n" + text)
                .allMatch(text::contains);
    }

    @Test
    void documentationShowsNoTagOfJavadocs() {
        for (String code : List.of(
                "String|",
                "java.util.concurrent.CompletableFuture|",
                "List.of(1).stream().collect(|",
                "\"a\".formatted(|",
                "Runtime.Version|",
                "Optional|",
                "java.util.HexFormat|")) {
            MimeBundle found = notebook.inspected(code);
            String html = String.valueOf(found.data().get(MimeBundle.HTML));
            assertThat(found.plainText()).as(code).doesNotContain("{@", "<p>", "<code>", "&lt;");
            assertThat(html).as(code).doesNotContain("{@", "<script", "<a ", "<img");
        }
    }

    @Test
    void overloadsThatTheCellMayNotCall_areNotShown() {
        assertThat(text("String.joi|n(\",\", \"a\")"))
                .contains("String.join(CharSequence delimiter, CharSequence... elements)")
                .doesNotContain("String prefix");
        assertThat(text("new String(|")).contains("String(«char[] value»)").doesNotContain("Void");
    }

    @Test
    void moreDetailShowsTheSource() {
        assertThat(notebook.inspect("Math.ma|x(1, 2)", 1).orElseThrow().plainText())
                .contains("return (a >= b) ? a : b;");
        assertThat(notebook.inspect("twi|ce(1)", 1).orElseThrow().plainText()).contains("return 2 * n;");
    }
}
