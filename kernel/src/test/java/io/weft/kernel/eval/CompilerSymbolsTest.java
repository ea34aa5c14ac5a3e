package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CompilerSymbolsTest {
    private final CompilerSymbols.Table table = new CompilerSymbols.Table();

    @SuppressWarnings("unchecked")
    private Map<Object, Object> symbolsOf(String name) {
        return (Map<Object, Object>) table.computeIfAbsent(name, _ -> new HashMap<>());
    }

    @Test
    void whoGoesThroughTheTableSeesTheClassesOfCells_andNoOthers() {
        // given
        symbolsOf("java.util.List").put("java.base", "List");
        symbolsOf("REPL.$JShell$1").put("unnamed", "first");
        symbolsOf("REPL.$JShell$2").put("unnamed", "second");
        // then
        assertThat(table.values()).containsExactlyInAnyOrder(Map.of("unnamed", "first"), Map.of("unnamed", "second"));
        assertThat(table.get("java.util.List")).isEqualTo(Map.of("java.base", "List"));
    }

    @Test
    void aClassThatWasForgottenAndIsThereAgainIsSeenAgain() {
        // given
        symbolsOf("REPL.$JShell$1").put("unnamed", "first");
        ((Map<?, ?>) Objects.requireNonNull(table.get("REPL.$JShell$1"))).clear();
        assertThat(table.values()).isEmpty();
        // when
        symbolsOf("REPL.$JShell$1").put("unnamed", "again");
        // then
        assertThat(table.values()).containsExactly(Map.of("unnamed", "again"));
    }

    @Test
    void whatIsTakenOverFromTheCompilerIsSeenToo() {
        table.enter("REPL.$JShell$1", Map.of("unnamed", "first"));
        table.enter("java.lang.String", Map.of("java.base", "String"));
        assertThat(table.values()).containsExactly(Map.of("unnamed", "first"));
        assertThat(table).hasSize(2);
    }
}
