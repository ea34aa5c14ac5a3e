package io.weft.kernel.magic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
                "System.out.printf(\"%d%n\", 1);",
                "!known",
                "boolean done = f();\n!done",
                "!done()",
                "!(a && b)",
                "!!ready",
                "!Files.exists(p)",
                "!a.b.C.isEmpty(x)",
                "!true",
                "boolean b = a\n!= c;",
                "boolean b = !flag;",
                "b = !flag",
                "if (x) {\nreturn\n !ready;\n}",
                "boolean[] b = {\n  !a(), !known};",
                "boolean ok = c\n  ? a\n  : b",
                "int n =\nready?\n1 : 2;",
                "int n = switch (k) { default -> 5; } %pool;",
                "String t = \"\"\"\n!ls\n?pool\n\"\"\";",
                "int n = a\n? b : c;",
                "int n = f()\n?b:c;",
                "int x = 1;\n//DEPS g:a:1",
                "// about\n  //DEPS g:a:1",
                "//DEPSg:a:1"
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "!ls -l",
                "int x = 1;\n!ls -l",
                "f()\n!ls -l",
                "// list\n!ls -l",
                "Thread.sleep(1);\n!sleep 1",
                "names.sort(null);\n!sort --version",
                "Files\n  .find(p);\n!find . -maxdepth 0",
                "names.forEach(this::sort);\n!sort",
                "class A { boolean ls() { return !ok; } }\n!ls -l",
                "int ls = 3;\n!ls *.java"
            })
    void anExclamationMarkBeforeWhatCannotBeJava_isACommand(String cell) {
        String command = cell.substring(cell.lastIndexOf("\n!") + 1).substring(1);
        assertThat(lexer.split(cell).getLast())
                .isEqualTo(new Part.LineMagic(
                        "sh", List.of("--", command), (int) cell.lines().count() - 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "class A { boolean ls() { return !ok; } }\n!ls",
                "boolean ls = f();\n!ls // c",
                "boolean ls = f();\n!ls && g",
                "boolean ls = f();\n!ls\n  && g",
                "boolean[] ls = f();\n!ls[0]",
                "Object ls = f();\n!ls instanceof String",
                "A ls = f();\n!ls . ready",
                "var b = !\"abc\".contains(\"z\")"
            })
    void anExclamationMarkBeforeANameOfTheCell_isJava_whereWhatFollowsCanBe(String cell) {
        assertThat(lexer.split(cell)).containsExactly(new Part.Java(cell, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls", "known"})
    void theLinesOfACommand_canBeAssignedToAVariableOfItsName_alsoAgain(String name) {
        assertThat(lexer.split("var " + name + " = !" + name))
                .containsExactly(new Part.Java(
                        "var %s = (java.util.List<String>) lineMagic(\"sx\", java.util.List.<String>of(\"--\", \"%s\"));"
                                .formatted(name, name),
                        0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"!./run.sh 'a  b' // c;", "!/bin/ls", "!git status", "!cat < a > b && c"})
    void aCommandIsTakenAsItStands(String cell) {
        assertThat(lexer.split(cell)).containsExactly(new Part.LineMagic("sh", List.of("--", cell.substring(1)), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"if (x) { %pool a 2 }", "if (x) { %pool a 2; }", "if (x) {\n  %pool a 2 }"})
    void aBlockOfOneLine_endsWithItsBrace(String cell) {
        assertThat(lexer.split(cell).getFirst())
                .isInstanceOfSatisfying(
                        Part.Java.class,
                        java -> assertThat(java.source().replaceAll("\\s+", " "))
                                .matches(
                                        "if \\(x\\) \\{ lineMagic\\(\"pool\", java.util.List.<String>of\\(\"a\", \"2\"\\)\\); ?;? ?}"));
        assertThat(lexer.split("for (;;) { %sh echo ${HOME} }"))
                .containsExactly(new Part.Java(
                        "for (;;) { lineMagic(\"sh\", java.util.List.<String>of(\"--\", \"echo ${HOME}\"));}", 0));
    }

    @Test
    void wordsEndWithASemicolon_behindWhichJavaGoesOn() {
        assertThat(lexer.split("Pool p = %pool \"a; b\" c;d 2; p"))
                .containsExactly(new Part.Java(
                        "Pool p = (Pool) lineMagic(\"pool\", java.util.List.<String>of(\"a; b\", \"c;d\", \"2\")); p",
                        0));
        assertThat(lexer.split("int x = 1; %pool 2; x"))
                .containsExactly(
                        new Part.Java("int x = 1; ", 0),
                        new Part.LineMagic("pool", List.of("2"), 0),
                        new Part.Java(" x", 0));
    }

    @Test
    void aCommandGoesOnBehindABackslash_andMayBeIndented() {
        assertThat(lexer.split("int x = 1;\n  !echo a \\\n  b\nint y;"))
                .containsExactly(
                        new Part.Java("int x = 1;\n  ", 0),
                        new Part.LineMagic("sh", List.of("--", "echo a \\\n  b"), 1),
                        new Part.Java("\nint y;", 2));
        assertThat(lexer.split("if (x) {\n  !ls -l\n}"))
                .containsExactly(new Part.Java(
                        "if (x) {\n  lineMagic(\"sh\", java.util.List.<String>of(\"--\", \"ls -l\"));\n}", 0));
        assertThat(lexer.split("var l = !echo a \\\n b\nf();"))
                .singleElement()
                .satisfies(part -> assertThat(((Part.Java) part).source()).endsWith(");\n\nf();"));
    }

    @Test
    void theLinesOfACommand_canBeAssigned() {
        assertThat(lexer.split("var out = !ls \"a b\"\nout.size()"))
                .containsExactly(new Part.Java(
                        "var out = (java.util.List<String>) lineMagic(\"sx\", java.util.List.<String>of(\"--\", \"ls \\\"a b\\\"\"));\nout.size()",
                        0));
    }

    @Test
    void aMagicThatTakesCode_takesItAsItStands_behindItsOptions() {
        assertThat(lexer.split("%time -n 5 -r3 --quiet f(\"a  b\", -x) // c"))
                .containsExactly(new Part.LineMagic(
                        "time", List.of("-n", "5", "-r3", "--quiet", "--", "f(\"a  b\", -x) // c"), 0));
        assertThat(lexer.split("%time --number 5 1 + 1"))
                .containsExactly(new Part.LineMagic("time", List.of("--number", "5", "--", "1 + 1"), 0));
        assertThat(lexer.split("%time -- -x")).containsExactly(new Part.LineMagic("time", List.of("--", "-x"), 0));
        assertThat(lexer.split("%time -(1 + 2)"))
                .containsExactly(new Part.LineMagic("time", List.of("--", "-(1 + 2)"), 0));
    }

    @Test
    void aCommentBehindTheWords_isNone_butAnAddressKeepsItsSlashes() {
        assertThat(lexer.split("%pool 2; // two workers")).containsExactly(new Part.LineMagic("pool", List.of("2"), 0));
        assertThat(lexer.split("%pool https://host/a //b \"// c\""))
                .containsExactly(new Part.LineMagic("pool", List.of("https://host/a"), 0));
        assertThat(lexer.split("%pool \"// c\"")).containsExactly(new Part.LineMagic("pool", List.of("// c"), 0));
    }

    @Test
    void aQuoteThatIsNeverClosed_isAnErrorThatNamesTheMagicAndTheLine() {
        assertThatThrownBy(() -> lexer.split("int x;\n%pool \"a b"))
                .isInstanceOf(MagicException.class)
                .hasMessageContaining("%pool in line 2")
                .hasMessageContaining("\"a b");
    }

    @Test
    void jbangsLinesAboveAllJava_areDependencies() {
        assertThat(lexer.split("// my script\n//REPOS a=https://x,central\n//DEPS g:a:1 g:b:2\nint x = 1;"))
                .containsExactly(
                        new Part.Java("// my script\n", 0),
                        new Part.LineMagic("mavenRepo", List.of("a=https://x"), 1),
                        new Part.LineMagic("mavenRepo", List.of("central"), 1),
                        new Part.Java("\n", 1),
                        new Part.LineMagic("maven", List.of("g:a:1", "g:b:2"), 2),
                        new Part.Java("\nint x = 1;", 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?pool", "?%pool", "%pool?", "int x = 1;\n?pool;", "pool?", "f();\npool?"})
    void aQuestionMarkAsksForHelp(String cell) {
        assertThat(lexer.split(cell).getLast()).isInstanceOfSatisfying(Part.LineMagic.class, magic -> {
            assertThat(magic.name()).isEqualTo("help");
            assertThat(magic.arguments().getFirst()).endsWith("pool");
        });
    }

    @Test
    void aMagicInsideABlock_givesItsValueToAVariableOfTheBlock() {
        assertThat(lexer.split("if (x) {\n  var p = %pool q 2 // two\n  p.size();\n}"))
                .containsExactly(new Part.Java(
                        "if (x) {\n  var p = (Pool) lineMagic(\"pool\", java.util.List.<String>of(\"q\", \"2\"));\n  p.size();\n}",
                        0));
    }

    @Test
    void argumentsKeepBackslashesOfWindowsPaths() {
        assertThat(MagicArguments.of("C:\\jars\\a.jar 'x y' \"\"")).containsExactly("C:\\jars\\a.jar", "x y", "");
    }
}
