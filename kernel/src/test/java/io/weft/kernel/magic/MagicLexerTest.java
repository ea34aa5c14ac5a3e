package io.weft.kernel.magic;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.magic.Magic.Kind;
import io.weft.kernel.magic.Magic.Syntax;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MagicLexerTest {
    private final MagicLexer lexer = new MagicLexer(
            new MagicLexer.Names() {
                @Override
                public boolean isLineMagic(String name) {
                    return Set.of("pool", "workers", "time", "sh", "sx", "help", "maven", "mavenRepo")
                            .contains(name);
                }

                @Override
                public String resultType(String name) {
                    return switch (name) {
                        case "pool" -> "Pool";
                        case "sx" -> "java.util.List<String>";
                        default -> "";
                    };
                }

                @Override
                public Syntax syntax(Kind kind, String name) {
                    return Set.of("time", "sh", "sx").contains(name) ? Syntax.CODE : Syntax.WORDS;
                }
            },
            "known"::equals);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int a = 10\n  %3;",
                "int c = a %b;",
                "int c = a\n  %pool;",
                "int c = (a\n%pool);",
                "String s = \"x=%d\";",
                "String s = \"\"\"\n  x=%d\n%pool 4\n\\\"\"\"%pool\n  \"\"\";",
                "// c\n/* \n%pool 4\n */ int x = 1;",
                "char c = '%';\nchar d = '\\'';",
                "a %= b;",
                "boolean t = a == %b;",
                "System.out.printf(\"%d%n\", 1);"
            })
    void javaIsNeverMistakenForAMagic(String cell) {
        assertThat(lexer.split(cell)).containsExactly(new Part.Java(cell, 0));
    }

    @Test
    void aLineMagic_standsBetweenStatements_andKeepsTheirLines() {
        assertThat(lexer.split("int x = 1;\n%pool 4 --heap \"1 g\";\nint y = 2;"))
                .containsExactly(
                        new Part.Java("int x = 1;\n", 0),
                        new Part.LineMagic("pool", List.of("4", "--heap", "1 g"), 1),
                        new Part.Java("\nint y = 2;", 1));
    }

    @Test
    void aKnownMagicInTheFirstColumn_endsAStatementWithoutSemicolon() {
        assertThat(lexer.split("pool.close()\n%workers"))
                .containsExactly(new Part.Java("pool.close()\n", 0), new Part.LineMagic("workers", List.of(), 1));
    }

    @Test
    void anAssignedMagic_becomesACall_withTheTypeOfItsResult() {
        assertThat(lexer.split("var p = %pool 4\nint x;"))
                .containsExactly(new Part.Java(
                        "var p = (Pool) lineMagic(\"pool\", java.util.List.<String>of(\"4\"));\nint x;", 0));
    }

    @Test
    void aMagicInsideABlock_becomesACall() {
        assertThat(lexer.split("if (x) {\n  %pool a\\ b \"q\"\n}"))
                .containsExactly(new Part.Java(
                        "if (x) {\n  lineMagic(\"pool\", java.util.List.<String>of(\"a b\", \"q\"));\n}", 0));
    }

    @Test
    void aCellMagic_takesTheRestOfTheCell_alsoBelowComments() {
        assertThat(lexer.split("\n// about\n%%process p -n 2\nint x = 1;\n%pool\n"))
                .containsExactly(new Part.CellMagic("process", List.of("p", "-n", "2"), "int x = 1;\n%pool\n", 2));
    }

    @Test
    void anUnknownNameWhereAStatementStarts_isAMagic_soThatItCanBeReported() {
        assertThat(lexer.split("%nope 1")).containsExactly(new Part.LineMagic("nope", List.of("1"), 0));
    }

    @Test
    void argumentsKeepBackslashesOfWindowsPaths() {
        assertThat(MagicLexer.arguments("C:\\jars\\a.jar 'x y' \"\"")).containsExactly("C:\\jars\\a.jar", "x y", "");
    }
}
