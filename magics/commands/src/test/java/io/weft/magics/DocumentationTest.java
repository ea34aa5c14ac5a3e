package io.weft.magics;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.JShellEvaluator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a reader of a notebook is told of the types that cells are offered: the kernel carries their sources.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class DocumentationTest {
    private final JShellEvaluator evaluator = new JShellEvaluator();

    /// The first question may find the compiler too cold to be answered.
    @BeforeAll
    void warmUp() {
        Awaitility.await().until(() -> evaluator.inspect("Math", 4, 0).isPresent());
    }

    @AfterAll
    void end() {
        evaluator.close();
    }

    /// Each row: code with `|` for the cursor; what is said, separated by `;;`.
    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            Pool|                              ¦ class Pool;;run tasks
            Pool.ofThreads(2).ma|p(            ¦ Pool.map(;;Runs;;Parameters
            Pool.ofThre|ads(4)                 ¦ Pool.ofThreads(int threads);;A pool of platform threads
            SharedQueue<String> queue; queue.pu|t("a") ¦ SharedQueue.put(String
            MimeBundle|                        ¦ record MimeBundle;;One value in several representations
            displ|ay(1)                        ¦ display(;;Shows a value below the cell
            Comms|                             ¦ interface Comms;;The comms of a kernel
            """)
    void aTypeOfOurs_showsItsProse(String marked, String wanted) {
        int cursor = marked.indexOf('|');
        String code = marked.substring(0, cursor) + marked.substring(cursor + 1);
        String text =
                evaluator.inspect(code, cursor, 0).map(MimeBundle::plainText).orElse("");
        assertThat(wanted.split(";;", -1)).as(marked + "\n" + text).allMatch(each -> text.contains(each.strip()));
    }
}
