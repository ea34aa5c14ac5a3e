package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PreviewFeaturesTest {
    /// Runs cells in a JVM of its own, and prints what each tells.
    static final class Notebook {
        public static void main(String[] args) {
            var out = System.out;
            try (var cells = new Cells()) {
                for (String cell : args) out.println(cells.told(cell));
            }
            out.flush();
            System.exit(0);
        }
    }

    @Test
    void aJvmWithPreviewFeatures_givesThemToCells() throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-preview",
                        "--add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED",
                        "-Dstdout.encoding=UTF-8",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Notebook.class.getName(),
                        "int total; try (var scope = StructuredTaskScope.open()) { var a = scope.fork(() -> 40); var b = scope.fork(() -> 2); scope.join(); total = a.get() + b.get(); }\ntotal",
                        "Object number = 5; switch (number) { case int i -> \"int \" + i; default -> \"other\"; }",
                        "int narrow = 300; narrow instanceof byte b",
                        "int plain() { return 1; } plain()")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(told.lines()).containsExactly("42", "int 5", "false", "1");
    }

    @Test
    void aJvmWithoutThem_isRecognised() {
        assertThat(PreviewFeatures.enabled()).isFalse();
        assertThat(PreviewFeatures.compilerOptions()).isEmpty();
    }
}
