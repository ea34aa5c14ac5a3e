package io.weft.kernel.assist;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.assist.Completion.Match;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Completing;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class CompletionTest {
    private Questions notebook;

    private Path folder;

    @BeforeAll
    void start(@TempDir Path given) throws IOException {
        folder = given;
        notebook = new Questions(new Fillings());
        notebook.run("""
                /// A place in the plane.
                record Point(int x, int y) {}
                enum Colour { RED, GREEN, BLUE }
                sealed interface Shape permits Circle, Square {}
                record Circle(double r) implements Shape {}
                record Square(double side) implements Shape {}
                class Account { private int secret; protected int kept; int balance; public int id; private void hide() {} static Account open() { return new Account(); } }
                """);
        notebook.run(
                "List<String> words = List.of(\"a\"); int number = 3; var points = List.of(new Point(1, 2)); Shape shape = new Circle(1); Colour colour = Colour.RED; int[] ints = {1};");
        notebook.run(
                "int twice(int n) { return 2 * n; }\nint twice(int n, int m) { return n * m; }\nString greet(String name) { return name; }");
        Files.createDirectories(folder.resolve("data/more"));
        Files.writeString(folder.resolve("data/one.csv"), "1");
        Files.writeString(folder.resolve("data/.hidden"), "1");
    }

    @AfterAll
    void end() {
        notebook.close();
    }

    /// Each row: code with `|` for the cursor; what must be among the matches; what must not.
    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            words.str|                                           ¦ stream()                   ¦ strip
            words.|                                              ¦ stream() get( isEmpty()    ¦ of( finalize()
            Math.ma|                                             ¦ max(                       ¦ min(
            Integer.MAX|                                         ¦ MAX_VALUE                  ¦
            Integer.|                                            ¦ parseInt( MAX_VALUE class  ¦ intValue()
            new Account().|                                      ¦ balance id kept            ¦ secret hide() open()
            Account.|                                            ¦ open()                     ¦ balance
            ints.|                                               ¦ length clone() hashCode()  ¦
            Map.En|                                              ¦ Entry                      ¦
            points.get(0).|                                      ¦ x() y()                    ¦
            points.stream().map(p -> p.|                         ¦ x() y()                    ¦
            points.stream().map(p -> p.x()).filter(n -> n.comp|  ¦ compareTo(                 ¦
            points.forEach(p -> { var q = p; q.|                 ¦ x() y()                    ¦
            for (var each : words) { each.toUp|                  ¦ toUpperCase(              ¦
            if (true) { for (var each : points) { ea|            ¦ each                       ¦
            int loc = 1; { int lac = 2; l|                       ¦ loc lac long               ¦
            void f(Point par) { pa|                              ¦ par                        ¦
            void f(Point par) { par.|                            ¦ x()                        ¦
            var fresh = new Point(1, 2);\\nint g() { return fresh.| ¦ x()                      ¦
            class Own { int field; void go() { fie|              ¦ field                      ¦
            class Own { private int own; void go() { this.|      ¦ own go()                   ¦
            class Own { Stri|                                    ¦ String                     ¦
            class Own { pri|                                     ¦ private                    ¦
            class Own extends Acc|                               ¦ Account                    ¦ AccessException
            num|                                                 ¦ number                     ¦
            numb|er + 1                                          ¦ number                     ¦
            twi|                                                 ¦ twice(                     ¦
            Poi|                                                 ¦ Point                      ¦
            new Poi|                                             ¦ Point                      ¦
            new ArrayLi|                                         ¦ ArrayList                  ¦
            HttpCl|                                              ¦ java.net.http.HttpClient   ¦ HttpClient
            BufferedIm|                                          ¦ java.awt.image.BufferedImage ¦
            retu|                                                ¦ return                     ¦
            int i = retu|                                        ¦                            ¦ return
            whi|                                                 ¦ while                      ¦
            import java.ut|                                      ¦ util.                      ¦
            import java.util.Arr|                                ¦ ArrayList Arrays           ¦
            import java.util.concurrent.|                        ¦ atomic. ExecutorService    ¦
            import static java.lang.Math.ma|                     ¦ max                        ¦
            import static java.util.stream.Coll|                 ¦ Collectors.                ¦
            import module java.b|                                ¦ base                       ¦
            import mo|                                           ¦ module                     ¦
            java.ut|                                             ¦ util                       ¦
            java.util.Array|                                     ¦ ArrayList                  ¦
            java.util.concurrent.|                               ¦ Executors atomic           ¦
            String::to|                                          ¦ toUpperCase                ¦ toUpperCase()
            words.stream().map(String::le|                       ¦ length                     ¦
            ArrayList::ne|                                       ¦ new                        ¦
            Point::|                                             ¦ x new                      ¦
            words::ge|                                           ¦ get                        ¦
            @Over|                                               ¦ Override                   ¦ Overlay
            @Functional|                                         ¦ FunctionalInterface        ¦
            switch (colour) { case RE|                           ¦ RED                        ¦
            switch (colour) { case |                             ¦ RED GREEN BLUE             ¦
            int n = switch (colour) { case RED -> 1; case G|     ¦ GREEN                      ¦
            switch (shape) { case |                              ¦ Circle Square Circle(double\u00a0r) ¦
            Object o = 1; if (o instanceof Poi|                  ¦ Point Point(int\u00a0x,\u00a0int\u00a0y) ¦
            Object o = 1; if (o instanceof Point p && p.|        ¦ x()                        ¦
            Object o = 1; if (o instanceof Point p) { p.|        ¦ x() y()                    ¦
            try { } catch (IOEx|                                 ¦ IOException                ¦
            try { } catch (IOException problem) { prob|          ¦ problem                    ¦
            Function<String, Integer> f = s -> s.le|             ¦ length()                   ¦
            var m = new HashMap<String, List<Point>>(); m.get("a").get(0).| ¦ x()             ¦
            words.stream().collect(Collectors.toL|               ¦ toList()                   ¦
            String na|                                           ¦                            ¦ names native
            "text|                                               ¦                            ¦ text
            // wor|                                              ¦                            ¦ words
            int helper() { return later(); }\\nint later() { return la|  ¦ later()             ¦
            words.stream()\\n  .fil|\\n  .count();               ¦ filter(                    ¦
            words.|\\nint x = 1;                                 ¦ size()                     ¦
            int a = 1;\\nint b = 2;\\na|                         ¦ a                          ¦
            StringBuilder sb = new StringBuilder(); sb.app|      ¦ append(                    ¦
            Thread.sta|                                          ¦                            ¦ start()
            display(nu|                                          ¦ number                     ¦
            disp|                                                ¦ display(                   ¦
            twice(nu|                                            ¦ number                     ¦
            words.get(|                                          ¦ number                     ¦
            %fill words 3\\nwords.|                              ¦ size()                     ¦
            var filled = %fill 3\\nfilled.ad|                    ¦ add(                       ¦
            List<Stri|                                           ¦ String                     ¦
            for (int i = 0; i < words.si|                        ¦ size()                     ¦
            (words).isE|                                         ¦ isEmpty()                  ¦
            ((List<Point>) null).get(0).|                        ¦ x()                        ¦
            new Object() { int z; void k() { z|                  ¦ z                          ¦
            Runnable r = () -> { numb|                           ¦ number                     ¦
            """)
    void completesJava(String code, String wanted, String unwanted) {
        List<String> texts = notebook.texts(code.strip().replace("\\n", "\n"));
        assertThat(texts).as(code).containsAll(words(wanted));
        assertThat(texts).as(code).noneMatch(words(unwanted)::contains);
    }

    private static List<String> words(String cell) {
        return cell == null || cell.isBlank()
                ? List.of()
                : Arrays.stream(cell.strip().split(" +"))
                        .map(word -> word.replace('\u00a0', ' '))
                        .toList();
    }

    /// What is offered first, each with what it is: the type that fits before the others, the deprecated last.
    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            int n = num|                     ¦ number    ¦ instance ¦ int number
            twice(|                          ¦ number    ¦ instance ¦ int number
            colour = Colour.|                ¦ BLUE      ¦ instance ¦ Colour BLUE
            String s = gre|                  ¦ greet(    ¦ function ¦ String greet(String name)
            twi|                             ¦ twice(    ¦ function ¦ int twice(int n)\\nint twice(int n, int m)
            words.get|                       ¦ get(      ¦ function ¦ String get(int)
            points.get(0).x|                 ¦ x()       ¦ function ¦ int x()
            Poi|                             ¦ Point     ¦ class    ¦ record Point(int x, int y)
            HttpCl|                          ¦ java.net.http.HttpClient ¦ class ¦ public abstract class HttpClient implements AutoCloseable\\nnot imported: java.net.http.HttpClient
            retu|                            ¦ return    ¦ keyword  ¦
            java.ut|                         ¦ util      ¦ module   ¦ package java.util
            boolean b = words.isE|           ¦ isEmpty() ¦ function ¦ boolean isEmpty()
            points.stream().map(p -> p.x()).fil| ¦ filter( ¦ function ¦ Stream<Integer> filter(Predicate<? super Integer>)
            """)
    void theBestComesFirst_withItsKindAndSignature(String code, String text, String type, String signature) {
        List<Match> matches = notebook.complete(code.strip()).matches();
        assertThat(matches.getFirst())
                .as(code)
                .isEqualTo(new Match(text, type, signature == null ? "" : signature.replace("\\n", "\n")));
    }

    @Test
    void deprecatedMembersComeLast() {
        List<String> texts = notebook.texts("new Date().get|");
        assertThat(texts.indexOf("getTime()")).isLessThan(texts.indexOf("getDay()"));
        assertThat(texts.getFirst()).isEqualTo("getTime()");
    }

    @Test
    void aMethodWhoseBracketStandsThere_isOfferedWithoutOne() {
        assertThat(notebook.texts("words.siz|()")).containsExactly("size");
    }

    @Test
    void offsetsCountCodePoints() {
        assertThat(notebook.complete("var \uD835\uDD1E\uD835\uDD1E = \"\uD83D\uDE00\".toUpp|"))
                .returns(13, Completion::start)
                .returns(18, Completion::end)
                .satisfies(found ->
                        assertThat(found.matches()).extracting(Match::text).containsExactly("toUpperCase("));
        assertThat(notebook.complete("int \uD835\uDD1E\uD835\uDD1E = 1; \uD835\uDD1E|")
                        .matches())
                .extracting(Match::text)
                .contains("\uD835\uDD1E\uD835\uDD1E");
    }

    @Test
    void anAcceptedTypeThatIsNotImported_worksAsItStands() {
        Completion found = notebook.complete("HttpCl|");
        assertThat(found.start()).isZero();
        notebook.run(found.matches().getFirst().text() + " client = null;");
        assertThat(notebook.texts("client.sen|")).contains("send(");
        notebook.run("client = null;");
    }

    @Test
    void namesOfFilesCompleteWhereAPathIsExpected() {
        String in = folder.toString().replace("\\", "/");
        assertThat(notebook.texts("Path.of(\"" + in + "/da|")).containsExactly("data/");
        assertThat(notebook.texts("Path.of(\"" + in + "/data/|\")")).containsExactly("more/", "one.csv");
        assertThat(notebook.texts("Path.of(\"" + in + "/data/.|")).containsExactly(".hidden");
        assertThat(notebook.texts("new File(\"" + in + "/data/on|")).containsExactly("one.csv");
        assertThat(notebook.texts("Files.readString(Path.of(\"" + in + "/data/on|"))
                .containsExactly("one.csv");
        assertThat(notebook.texts("Path.of(\"" + in + "\", \"data\", \"on|")).containsExactly("one.csv");
        assertThat(notebook.texts("System.out.println(\"" + in + "/data/on|")).isEmpty();
        assertThat(notebook.texts("%fill --from " + in + "/data/on|")).containsExactly(in + "/data/one.csv");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '¦', textBlock = """
            %fi|               ¦ %fill           ¦ %lsmagic
            %|                 ¦ %fill %lsmagic  ¦
            int x = 1;\\n%fi| ¦ %fill           ¦
            var x = %fi|       ¦ %fill           ¦
            %fill --k|         ¦ --kind          ¦ --from
            %fill --kind f|    ¦ fancy           ¦ plain --kind
            %fill --kind=f|    ¦ fancy           ¦ plain
            %fill w|           ¦ words           ¦ number
            %fill --kind fancy --|  ¦ --from --help ¦ --kind
            int a = 7 %fi|     ¦                 ¦ %fill
            "%fi|              ¦                 ¦ %fill
            """)
    void completesMagics(String code, String wanted, String unwanted) {
        List<String> texts = notebook.texts(code.strip().replace("\\n", "\n"));
        assertThat(texts).as(code).containsAll(words(wanted));
        assertThat(texts).as(code).noneMatch(words(unwanted)::contains);
    }

    @Test
    void completionAnswersWhileACellRuns() throws Exception {
        // given a cell that runs until it is interrupted
        notebook.run("volatile boolean spinning = false;");
        var running = CompletableFuture.runAsync(() -> notebook.evaluate("spinning = true; while (true) {}"));
        org.awaitility.Awaitility.await().until(this::isSpinning);
        // when, then
        assertThat(notebook.texts("words.str|")).contains("stream()");
        assertThat(notebook.evaluator().inspect("words", 5, 0)).isPresent();
        assertThat(notebook.evaluator().completeness("int x = 1").status()).isEqualTo(Completeness.Status.COMPLETE);
        notebook.evaluator().interrupt();
        running.get(20, TimeUnit.SECONDS);
    }

    @RepeatedTest(20)
    void completionAnswersWhileACellIsCompiled() throws Exception {
        // given a cell that takes JShell a while
        var cell = new StringBuilder("int sum = 0;\n");
        for (int i = 0; i < 20; i++)
            cell.append("sum += words.stream().map(w -> w + ").append(i).append(").mapToInt(String::length).sum();\n");
        var asked = new AtomicInteger();
        var running = CompletableFuture.runAsync(() -> notebook.run(cell.toString()));
        // when, then
        do {
            assertThat(notebook.texts("words.str|")).contains("stream()");
            assertThat(notebook.evaluator().inspect("words", 5, 0)).isPresent();
            asked.incrementAndGet();
        } while (!running.isDone());
        running.get(60, TimeUnit.SECONDS);
        assertThat(asked).hasPositiveValue();
    }

    @Test
    void whatACellDeclaresIsKnownToTheNextQuestion_alsoWhenItReplacesSomething() {
        for (int i = 0; i < 10; i++) {
            notebook.run(
                    "record Changing(int first" + i + ") {} var changing = new Changing(1); int other" + i + " = 1;");
            assertThat(notebook.texts("changing.fi|")).containsExactly("first" + i + "()");
            assertThat(notebook.texts("new Changing(1).fi|")).containsExactly("first" + i + "()");
            assertThat(notebook.texts("words.isE|")).containsExactly("isEmpty()");
            assertThat(notebook.texts("other|")).contains("other" + i);
            assertThat(notebook.complete("Chang|").matches().getFirst().signature())
                    .isEqualTo("record Changing(int first" + i + ")");
        }
    }

    private boolean isSpinning() {
        return notebook.evaluator()
                .inspect("spinning", 3, 0)
                .map(MimeBundle::plainText)
                .orElse("")
                .contains("true");
    }

    /// A magic with an argument of each sort.
    private static final class Fillings implements MagicProvider {
        @Override
        public List<Magic> magics() {
            return List.of(Magic.line("fill", "java.util.List<Integer>", _ -> new Fill()));
        }
    }

    enum Kind {
        PLAIN,
        FANCY
    }

    @Command(description = "Fill something.")
    static final class Fill implements Callable<Object>, Completing {
        @Parameters(arity = "0..2")
        List<String> names;

        @Option(names = "--kind", description = "How to fill.")
        Kind kind;

        @Option(names = "--from", description = "Where it comes from.")
        Path from;

        @Override
        public Object call() {
            return List.of();
        }

        @Override
        public List<String> candidates(List<String> before) {
            return List.of("words", "weights");
        }
    }

    @Test
    void aQuestionThatComesWhileTheKernelEnds_isAnsweredWithoutTheCompiler() {
        var ending = new Questions();
        ending.run("int mine = 1;");

        ending.close();

        assertThat(ending.texts("mi|")).containsExactly("mine");
        assertThat(ending.inspect("mi|ne", 0)).isEmpty();
    }
}
