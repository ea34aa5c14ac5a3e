package io.weft.kernel.assist;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.assist.Completeness.Status;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class WholenessTest {
    private final Questions notebook = new Questions();

    @AfterAll
    void end() {
        notebook.close();
    }

    /// Each row: code, in which `⏎` is the end of a line; whether it is whole; how far the next line is indented.
    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            ``                                   ¦ COMPLETE   ¦ 0
            1 + 1                                ¦ COMPLETE   ¦ 0
            int x = 1;                           ¦ COMPLETE   ¦ 0
            int x = 1                            ¦ COMPLETE   ¦ 0
            var s = "a {"                        ¦ COMPLETE   ¦ 0
            char c = '('                         ¦ COMPLETE   ¦ 0
            import java.util.*                   ¦ COMPLETE   ¦ 0
            int f() { return 1; }                ¦ COMPLETE   ¦ 0
            if (true) { }                        ¦ COMPLETE   ¦ 0
            x++                                  ¦ COMPLETE   ¦ 0
            // a { comment                       ¦ COMPLETE   ¦ 0
            int x = 1; // (                      ¦ COMPLETE   ¦ 0
            /* done */                           ¦ COMPLETE   ¦ 0
            %lsmagic                             ¦ COMPLETE   ¦ 0
            int x = 1;⏎%lsmagic                  ¦ COMPLETE   ¦ 0
            for (int i = 0; i < 3; i++) {        ¦ INCOMPLETE ¦ 4
            for (;;) {⏎    if (true) {           ¦ INCOMPLETE ¦ 8
            for (;;) {⏎    f();                  ¦ INCOMPLETE ¦ 4
            for (;;) {⏎    f();⏎                 ¦ INCOMPLETE ¦ 4
            class A {                            ¦ INCOMPLETE ¦ 4
            record P(int x,                      ¦ INCOMPLETE ¦ 4
            f(1,                                 ¦ INCOMPLETE ¦ 4
            int[] a = {1,                        ¦ INCOMPLETE ¦ 4
            Runnable r = () -> {                 ¦ INCOMPLETE ¦ 4
            words.stream()⏎    .map(w -> {       ¦ INCOMPLETE ¦ 8
            int x =                              ¦ INCOMPLETE ¦ 4
            1 +                                  ¦ INCOMPLETE ¦ 4
            words.                               ¦ INCOMPLETE ¦ 4
            int f()                              ¦ INCOMPLETE ¦ 4
            if (true)                            ¦ INCOMPLETE ¦ 4
            for (var w : words)                  ¦ INCOMPLETE ¦ 4
            if (true) f(); else                  ¦ INCOMPLETE ¦ 4
            do f(); while (g())                  ¦ COMPLETE   ¦ 0
            if (f(g()))                          ¦ INCOMPLETE ¦ 4
            /* a comment                         ¦ INCOMPLETE ¦ 0
            var t = \"""⏎text                    ¦ INCOMPLETE ¦ 0
            var t = \"""⏎te { xt\""";            ¦ COMPLETE   ¦ 0
            %%see⏎{                              ¦ INCOMPLETE ¦ 0
            %%html                               ¦ INCOMPLETE ¦ 0
            %%html⏎<p>"                          ¦ INCOMPLETE ¦ 0
            %%html⏎<p>⏎                          ¦ COMPLETE   ¦ 0
            if (true)⏎                           ¦ COMPLETE   ¦ 0
            int x =⏎                             ¦ COMPLETE   ¦ 0
            var s = "open                        ¦ INVALID    ¦ 0
            f(1))                                ¦ INVALID    ¦ 0
            }                                    ¦ INVALID    ¦ 0
            """)
    void tellsWhetherCodeIsWhole_andHowTheNextLineBegins(String row, Status status, int indent) {
        String code = row == null ? "" : row.replace('⏎', '\n');
        Completeness answer = notebook.evaluator().completeness(code);
        assertThat(answer).as(code).isEqualTo(new Completeness(status, " ".repeat(indent)));
    }
}
