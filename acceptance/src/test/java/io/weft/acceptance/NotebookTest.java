package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotebookTest {
    @Test
    void aClaimThatDoesNotHold_isToldWithTheCellsAddress(@TempDir Path folder) throws IOException {
        // given
        Path file = folder.resolve("claims.ipynb");
        Files.writeString(file, """
                {"cells": [
                  {"cell_type": "markdown", "source": "# Claims"},
                  {"cell_type": "code", "source": "1 + 1", "metadata": {"weft": {"expect": ["^2$"]}},
                   "outputs": [{"output_type": "execute_result", "data": {"text/plain": "2"}}]},
                  {"cell_type": "code", "source": ["print(3);\\n", "4"], "metadata": {"weft": {"expect": ["^3$", "5"]}},
                   "outputs": [{"output_type": "stream", "name": "stdout", "text": ["3\\n"]},
                               {"output_type": "display_data", "data": {"text/plain": "4", "text/html": "5"}}]}]}""");
        // when
        List<String> broken = Notebook.at(file).brokenClaims();
        // then
        assertThat(broken)
                .singleElement()
                .asString()
                .startsWith("cell [2] “print(3);” does not show /5/ but:")
                .contains("3", "4");
    }
}
