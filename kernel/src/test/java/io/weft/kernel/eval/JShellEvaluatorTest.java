package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.assist.Completeness;
import io.weft.kernel.assist.Completion;
import io.weft.kernel.display.CellInput;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class JShellEvaluatorTest {
    private static final CellInput NOBODY = (_, _) -> {
        throw new IOException("nobody to ask");
    };

    private JShellEvaluator evaluator;
    private int count;

    @BeforeAll
    void start() {
        evaluator = new JShellEvaluator(List.of());
    }

    @AfterAll
    void end() {
        evaluator.close();
    }

    private Outcome run(String code, RecordedOutput output) {
        return evaluator.evaluate(new Execution(code, ++count, output, NOBODY));
    }

    private Outcome run(String code) {
        return run(code, new RecordedOutput());
    }

    private String value(String code) {
        Outcome outcome = run(code);
        assertThat(outcome).as(code).isInstanceOf(Outcome.Value.class);
        return ((Outcome.Value) outcome).bundle().plainText();
    }

    private Outcome.Failure failure(String code) {
        Outcome outcome = run(code);
        assertThat(outcome).as(code).isInstanceOf(Outcome.Failure.class);
        return (Outcome.Failure) outcome;
    }

    private static String text(Outcome.Failure failure) {
        return String.join("\n", failure.traceback()).replaceAll("\u001b\\[[0-9;]*m", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 + 1 | 2",
                "1 + 1; | 2",
                "int a1 = 2; a1 * 21 | 42",
                "\"text\" | text",
                "new int[] {1, 2} | [1, 2]",
                "List.of(1, 2).stream().map(n -> n * n).toList() | [1, 4]",
                "record P(int x, int y) {} new P(1, 2) | P[x=1, y=2]",
                "int twice(int n) { return 2 * n; } twice(4) | 8",
                "var text1 = \"\"\"\\n  a %d\\n  \"\"\"; text1.strip() | a %d",
            })
    void theLastExpressionIsTheValueOfTheCell(String code, String expected) {
        assertThat(value(code.replace("\\n", "\n"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  \n ",
                "// comment",
                "int n1 = 5;",
                "n1 = 6",
                "void f1() {} f1()",
                "Object o1 = null; o1",
                "System.out.printf(\"\")",
                "import java.util.*;"
            })
    void whatHasNoValueShowsNothing(String code) {
        assertThat(run("int n1 = 0;")).isInstanceOf(Outcome.Nothing.class);
        assertThat(run(code)).isInstanceOf(Outcome.Nothing.class);
    }

    @Test
    void gettingReadyForTheFirstCell_declaresNothing() {
        String before = value("1 + 2");
        evaluator.warmUp();
        assertThat(value("1 + 2")).isEqualTo(before);
        assertThat(run("$1")).isInstanceOf(Outcome.Failure.class);
    }

    @Test
    void declarationsMayReferToLaterOnes_andBeReplaced() {
        run(
                "int even1(int n) { return n == 0 ? 1 : odd1(n - 1); }\nint odd1(int n) { return n == 0 ? 0 : even1(n - 1); }");
        assertThat(value("even1(10)")).isEqualTo("1");
        run("int odd1(int n) { return 7; }");
        assertThat(value("even1(10)")).isEqualTo("7");
        run("record A1(B1 b) {}\nrecord B1(int n) {}");
        assertThat(value("new A1(new B1(3))")).isEqualTo("A1[b=B1[n=3]]");
    }

    @Test
    void aMethodThatRefersToNothing_saysWhatIsMissing() {
        var output = new RecordedOutput();
        run("int needs() { return missing1() + 1; }", output);
        assertThat(output.err()).contains("needs uses", "missing1()");
        assertThat(failure("needs()").message()).contains("needs", "missing1()", "no cell has declared");
    }

    @Test
    void anErrorOfTheCompiler_pointsAtTheLineAndColumnOfTheCell() {
        var failure = failure("int ok = 1;\n\nint bad = okk + 1;");
        assertThat(failure.name()).isEqualTo("CompilationError");
        assertThat(text(failure)).contains("line 3: ", "cannot find symbol", "int bad = okk + 1;\n              ^^^");
    }

    @Test
    void incompleteCode_isAnErrorOfTheCompiler() {
        assertThat(failure("int f() {").name()).isEqualTo("CompilationError");
        assertThat(failure("foo(").name()).isEqualTo("CompilationError");
    }

    @Test
    void anException_hasItsRealName_itsCauses_andTheLinesOfTheCells() {
        run(
                "class Trouble extends RuntimeException { Trouble(Throwable cause) { super(\"outer\", cause); } }\n"
                        + "int breaks(int n) {\n  try {\n    return 1 / n;\n  } catch (ArithmeticException e) {\n    throw new Trouble(e);\n  }\n}");
        int definedIn = count;
        var failure = failure("int zero = 0;\n\nbreaks(zero)");
        assertThat(failure.name()).isEqualTo("Trouble");
        assertThat(failure.message()).isEqualTo("outer");
        assertThat(text(failure)).isEqualTo("""
                        Trouble: outer
                            at breaks (cell %1$d, line 6)
                              → throw new Trouble(e);
                            at cell %2$d, line 3
                        Caused by: java.lang.ArithmeticException: / by zero
                            at breaks (cell %1$d, line 4)
                              → return 1 / n;
                            at cell %2$d, line 3""".formatted(definedIn, count));
    }

    @Test
    void aSealedTypeFindsItsSubtypesInTheSameCell() {
        run("""
                sealed interface Shape1 {}
                record Circle1(double r) implements Shape1 {}
                record Square1(double side) implements Shape1 {}
                double area1(Shape1 shape) {
                    return switch (shape) {
                        case Circle1 c -> 3 * c.r() * c.r();
                        case Square1(double side) -> side * side;
                    };
                }""");
        assertThat(value("area1(new Square1(3)) + area1(new Circle1(1))")).isEqualTo("12.0");
    }

    @Test
    void aVolatileVariableIsVolatile() throws Throwable {
        var session = new JavaSession(List.of(), new SessionSettings(java.util.Map.of()));
        session.evaluate("volatile int seen = 4;\nint plain = 5;", 0, "cell 1");
        assertThat(modifiers(session, "seen")).contains("volatile");
        assertThat(modifiers(session, "plain")).doesNotContain("volatile");
        assertThat(session.evaluate("seen + plain", 0, "cell 2").value()).isEqualTo(9);
    }

    private static String modifiers(JavaSession session, String variable) throws Exception {
        for (int number = 1; number < 200; number++) {
            try {
                var wrapper = session.loader().loadClass("REPL.$JShell$" + number);
                return Modifier.toString(wrapper.getDeclaredField(variable).getModifiers());
            } catch (ClassNotFoundException | NoSuchFieldException elsewhere) {
                // the next one
            }
        }
        throw new AssertionError("no wrapper has a variable " + variable);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int a2 = 1 / zero2; | 1",
                "\\n\\nvar b2 =\\n  List.of(\\n 1 / zero2); | 4",
                "// c\\n/* d\\n */ final int c2 = 1 / zero2; | 3",
                "\\n1 / zero2 | 2",
                "int d2 = 0;\\nd2 = 1 / zero2; | 2",
                "if (zero2 == 0)\\n  System.out.println(1 / zero2); | 2",
                "List.of(1).forEach(n -> {\\n  int e2 = n / zero2;\\n}); | 2",
                "Runnable r2 = () -> {\\n  int e2 = 1 / zero2; };\\nr2.run(); | 2",
                "Map<String, Integer> m2 = new HashMap<>(Map.of(\"a\",\\n 1 / zero2)); | 1",
                "class F2 {\\n  int f() {\\n    return 1 / zero2; } }\\nnew F2().f() | 3",
                "int g2(int n) {\\n  return n / zero2; }\\ng2(4) | 2",
            })
    void theFirstFrameIsTheLineOfTheCell_whateverTheCodeIs(String code, int line) {
        run("int zero2 = 0;");
        var failure = failure(code.replace("\\n", "\n"));
        assertThat(failure.name()).isEqualTo("java.lang.ArithmeticException");
        assertThat(failure.traceback().get(1)).contains("cell " + count + ", line " + line);
    }

    @Test
    void aVariableWithoutAStatedType_hasOneFrame() {
        run("int zero10 = 0;");
        var failure = failure("var list10 =\n  List.of(1 / zero10,\n 2);");
        assertThat(failure.traceback().stream().filter(line -> line.contains("cell ")))
                .hasSize(1);
        assertThat(failure.traceback().get(1)).contains("cell " + count + ", line 2");
    }

    @Test
    void linesFollowADeclarationThatIsMadeAnew_andStayWhenOnlyWhatItUsesChanges() {
        run("int uses3() {\n  return 1 / used3(); }");
        int declaredIn = count;
        run("int used3() { return 0; }");
        run("\n\nInteger used3() { return 0; }");
        assertThat(failure("uses3()").traceback().get(1)).contains("cell " + declaredIn + ", line 2");
        run("\n\n\nint uses3() { return 1 / (int) used3(); }");
        int anew = count;
        assertThat(failure("uses3()").traceback().get(1)).contains("cell " + anew + ", line 4");
    }

    @Test
    void variablesOfATypeThatIsDeclaredAnew_areNull_andTheReaderIsTold() {
        run("record Old4(int a) {}\nvar inferred4 = new Old4(5);\nOld4 stated4 = new Old4(6);\nint other4 = 7;");
        var output = new RecordedOutput();
        run("record Old4(int a) { int twice() { return 2 * a; } }", output);
        assertThat(output.err())
                .contains("Old4 declared anew", "inferred4", "stated4")
                .doesNotContain("other4");
        assertThat(value("inferred4 == null && stated4 == null ? other4 : -1")).isEqualTo("7");
        assertThat(value("inferred4 = new Old4(4); inferred4.twice()")).isEqualTo("8");
    }

    @Test
    void variablesOfATypeThatIsDeclaredAnew_whichTheSameCellFills_areNothingToTell() {
        run("record Old6(int a) {}\nvar inferred6 = new Old6(5);\nOld6 stated6 = new Old6(6);");
        var output = new RecordedOutput();
        run("record Old6(int a, int b) {}\nvar inferred6 = new Old6(1, 2);", output);
        assertThat(output.err()).contains("Old6 declared anew", "(stated6)");
        var quiet = new RecordedOutput();
        run("record Old6(int a, int b, int c) {}\ninferred6 = new Old6(1, 2, 3);\nstated6 = inferred6;", quiet);
        assertThat(quiet.err()).isEmpty();
        assertThat(value("stated6.c()")).isEqualTo("3");
    }

    @Test
    void aLockTakenInOneCell_isReleasedInTheNext() {
        run("var lock5 = new java.util.concurrent.locks.ReentrantLock();\nlock5.lock();");
        assertThat(value("lock5.unlock();\nlock5.isLocked()")).isEqualTo("false");
    }

    @Test
    void anInterruptLeavesTheThreadsOfOtherCellsAlone() throws Exception {
        // given a thread of an earlier cell, and a cell that runs
        var first = new RecordedOutput();
        run("""
                var done6 = new CountDownLatch(1);
                var waiting6 = new Thread(() -> {
                    try {
                        done6.await();
                        System.out.println("undisturbed");
                    } catch (InterruptedException e) {
                        System.out.println("hit");
                    }
                });
                waiting6.start();""", first);
        var output = new RecordedOutput();
        var outcome = CompletableFuture.supplyAsync(
                () -> run("System.out.println(\"runs\"); new CountDownLatch(1).await();", output));
        output.await("runs");
        // when
        evaluator.interrupt();
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Failure.class);
        // then
        assertThat(value("done6.countDown(); waiting6.join(); waiting6.isAlive()"))
                .isEqualTo("false");
        assertThat(first.out()).isEqualTo("undisturbed\n");
    }

    @Test
    void aCellThatCannotBeStopped_isToldOf() throws Exception {
        // given a cell in JDK code that does not look for interrupts, until it is let go
        var gate = new Semaphore(0);
        System.getProperties().put("gate7", gate);
        var output = new RecordedOutput();
        var outcome = CompletableFuture.supplyAsync(() -> run(
                "{ System.out.println(\"runs\"); Runnable wait = ((Semaphore) System.getProperties().get(\"gate7\"))::acquireUninterruptibly; wait.run(); }",
                output));
        output.await("runs");
        try {
            // when
            evaluator.interrupt();
            // then
            output.awaitError("does not end");
            assertThat(output.err()).contains("restart the kernel");
            assertThat(outcome).isNotDone();
        } finally {
            gate.release();
            System.getProperties().remove("gate7");
        }
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Failure.class);
    }

    @Test
    void aRecordMayHaveACompactConstructor_andOthers() {
        run("""
                record Checked8(int a) {
                    static final String TEXT = "Checked8 {";
                    Checked8 {
                        if (a < 0) throw new IllegalArgumentException("negative");
                    }
                    Checked8(String text) {
                        this(Integer.parseInt(text));
                    }
                    static Checked8 of(int a) { return new Checked8(a); }
                }""");
        assertThat(value("new Checked8(\"4\").a() + Checked8.of(1).a()")).isEqualTo("5");
        assertThat(failure("new Checked8(-1)").message()).isEqualTo("negative");
        assertThat(value("record Pair8<A>(A a) { Pair8 { Objects.requireNonNull(a); } } new Pair8<>(1)"))
                .isEqualTo("Pair8[a=1]");
    }

    @Test
    void aThreadThatAnInterruptEnds_saysNothing_andOneThatFailsSaysWhy() throws Exception {
        var output = new RecordedOutput();
        var outcome = CompletableFuture.supplyAsync(() -> run(
                "var spin9 = new Thread(() -> { System.out.println(\"runs\"); while (true) {} }); spin9.start(); spin9.join();",
                output));
        output.await("runs");
        evaluator.interrupt();
        outcome.get(10, TimeUnit.SECONDS);
        assertThat(output.err()).isEmpty();

        run(
                "var fails9 = new Thread(() -> { throw new IllegalStateException(\"broken\"); }, \"T9\"); fails9.start(); fails9.join();",
                output);
        assertThat(output.err())
                .contains("Exception in thread \"T9\"", "IllegalStateException", "broken", "cell " + count);
    }

    @Test
    void variablesAndLinesSurviveAFailure() {
        failure("int kept = 5; kept = 1 / 0;");
        assertThat(value("kept")).isEqualTo("5");
    }

    @Test
    void exitIsRefused_alsoAsAMethodReference() {
        assertThat(failure("System.exit(3)").message()).contains("exit(3)", "kernel goes on");
        assertThat(failure("Runtime.getRuntime().halt(4)").message()).contains("halt(4)");
        assertThat(failure("List.of(5).forEach(System::exit)").message()).contains("exit(5)");
        assertThat(value("1 + 1")).isEqualTo("2");
    }

    @Test
    void theKernelSurvivesMemoryAndStackThatRunOut() {
        assertThat(failure("int deep(int n) { return deep(n + 1) + 1; } deep(0)")
                        .name())
                .isEqualTo("java.lang.StackOverflowError");
        assertThat(failure("new long[Integer.MAX_VALUE - 8][Integer.MAX_VALUE - 8]")
                        .name())
                .isEqualTo("java.lang.OutOfMemoryError");
        assertThat(value("1 + 1")).isEqualTo("2");
    }

    @Test
    void outputOfAThread_appearsInTheCellThatStartedIt_alsoAfterItsEnd() throws Exception {
        var first = new RecordedOutput();
        run(
                "var go = new CountDownLatch(1);\nThread.ofVirtual().start(() -> { try { go.await(); } catch (InterruptedException e) {} System.out.println(\"late\"); });",
                first);
        var second = new RecordedOutput();
        run("System.out.println(\"now\"); System.err.print(\"é€\"); go.countDown();", second);
        first.await("late\n");
        assertThat(second.out()).isEqualTo("now\n");
        assertThat(second.err()).isEqualTo("é€");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while (true) {}",
                "for (int i = 0; ; i++) { try { Thread.sleep(10); } catch (Exception e) {} }",
                "Thread.sleep(60_000)",
                "new LinkedBlockingQueue<Integer>().take()",
                "try (var threads = Executors.newFixedThreadPool(2)) { threads.submit(() -> { while (true) {} }).get(); }",
                "try (var threads = Executors.newVirtualThreadPerTaskExecutor()) { threads.submit(() -> { while (true) {} }).get(); }",
                "IntStream.range(0, 4).parallel().forEach(i -> { while (true) {} })",
                "var t1 = new Thread(() -> { while (true) {} }); t1.start(); t1.join();",
                "int spin1(int n) { return spin1(n ^ 1); } while (true) { try { spin1(0); } catch (StackOverflowError e) {} }"
            })
    void anInterruptEndsTheCell_andTheNextOneWorks(String code) throws Exception {
        // given a cell that runs
        var output = new RecordedOutput();
        var outcome = CompletableFuture.supplyAsync(() -> run("System.out.println(\"runs\");\n" + code, output));
        output.await("runs");
        // when
        evaluator.interrupt();
        // then
        assertThat(outcome.get(10, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.name()).isEqualTo("Interrupted"));
        assertThat(value("1 + 1")).isEqualTo("2");
    }

    @Test
    void displayedValues_haveAPlainTextTwin() {
        var output = new RecordedOutput();
        run("display(\"<b>x</b>\", \"text/html\"); display(new int[] {1});", output);
        assertThat(output.shown().getFirst().data())
                .containsEntry("text/html", "<b>x</b>")
                .containsKey("text/plain");
        assertThat(output.shown().getLast().plainText()).isEqualTo("[1]");
    }

    @Test
    void anUnknownMagic_isAnErrorWithASuggestion() {
        assertThat(failure("%lsmagi").message()).contains("no magic %lsmagi", "%lsmagic");
    }

    @Test
    void completionKnowsMembersVariablesAndMagics() {
        run("var words1 = new ArrayList<String>();");
        assertThat(evaluator.complete("words1.addA", 11).matches())
                .extracting(Completion.Match::text)
                .contains("addAll(");
        assertThat(evaluator.complete("int x = 1;\nwords1.addA", 22)).satisfies(completion -> {
            assertThat(completion.start()).isEqualTo(18);
            assertThat(completion.matches()).isNotEmpty();
        });
        assertThat(evaluator.complete("%lsm", 4).matches())
                .extracting(Completion.Match::text)
                .containsExactly("%lsmagic");
        assertThat(evaluator.complete("\"😀\".toUpp", 10).start()).isEqualTo(4);
    }

    @Test
    void completionAnswersWhileACellRuns() throws Exception {
        var output = new RecordedOutput();
        var running = CompletableFuture.supplyAsync(() -> run("System.out.println(\"runs\"); while (true) {}", output));
        output.await("runs");
        try {
            assertThat(evaluator.complete("Math.ma", 7).matches())
                    .extracting(Completion.Match::text)
                    .contains("max(");
        } finally {
            evaluator.interrupt();
        }
        assertThat(running.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Failure.class);
    }

    @Test
    void inspectionShowsTheSignatureAndTheDocumentation() {
        // the first answer may take the cold compiler longer than a reader would wait for it
        var found = Awaitility.await().until(() -> evaluator.inspect("Math.max(1, 2)", 6, 0), Optional::isPresent);
        assertThat(found.get().plainText()).contains("int Math.max(int a, int b)", "greater of two");
        assertThat(evaluator.inspect("nothingAtAll", 3, 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 + 1 | COMPLETE",
                "int f() { | INCOMPLETE",
                "foo( | INCOMPLETE",
                "%lsmagic | COMPLETE",
                ") | INVALID"
            })
    void completenessTellsWhetherToAskForAnotherLine(String code, Completeness.Status status) {
        assertThat(evaluator.completeness(code).status()).isEqualTo(status);
    }
}
