package io.weft.magics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.kernel.eval.Execution;
import io.weft.kernel.eval.JShellEvaluator;
import io.weft.kernel.eval.Outcome;
import io.weft.magics.notebook.NotebookMagics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The magics in cells of a real session, with real worker JVMs.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ConcurrencyMagicsTest {
    private final JShellEvaluator evaluator =
            new JShellEvaluator(List.of(new ConcurrencyMagics(), new NotebookMagics()));
    private Shown shown = new Shown();
    private int count;

    @AfterEach
    void closeWhatIsOpen() {
        run(
                "Pool.open().forEach(Pool::terminate); Manager.open().forEach(Manager::close); WorkerProcess.open().forEach(WorkerProcess::kill);");
    }

    @AfterAll
    void end() {
        evaluator.close();
    }

    private Outcome run(String code) {
        shown = new Shown();
        return run(code, shown);
    }

    private Outcome run(String code, Shown output) {
        return evaluator.evaluate(new Execution(code, ++count, output, (_, _) -> {
            throw new IOException("nobody to ask");
        }));
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

    @Test
    void aPoolMapsALambda_inOtherProcesses() {
        assertThat(value("%pool 2\npool.map(n -> n * n, range(10))")).isEqualTo("[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]");
        assertThat(shown.text()).matches("(?s)pool: 2 worker JVMs, pids \\d+, \\d+(\\Rpool.map: .*)?"); // if it is slow
        assertThat(
                        value(
                                "pool.map(n -> ProcessHandle.current().pid(), range(2)).contains(ProcessHandle.current().pid())"))
                .isEqualTo("false");
    }

    @Test
    void aWorkerIsThereBeforeAPoolIsOpened_andNobodyIsShownIt() {
        run("1 + 1");
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            var before =
                    ProcessHandle.current().children().map(ProcessHandle::pid).toList();
            run("%workers");
            assertThat(shown.text()).startsWith("no worker runs");
            long worker = Long.parseLong(value("%pool warm 1\nwarm.workers().getFirst().pid()"));
            run("%pool close warm");
            return before.contains(worker);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"display(n)", "show(n)", "render(n)"})
    void whatShowsValues_worksInTheNotebookOnly_andSaysSo(String call) {
        run("%pool p 1");
        assertThat(failure("p.map(n -> { " + call + "; return n; }, range(2))").message())
                .contains("display(…)", "Return the value from the task")
                .doesNotContain("CellScope", "record");
    }

    @Test
    void aPoolTakesMethodsRecordsAndTodaysValuesOfVariables() {
        run("%pool p 1\nint offset = 1; record Pair2(int a, int b) {} int shifted(int n) { return n + offset; }");
        assertThat(value("p.map(n -> new Pair2(n, shifted(n)), range(2))"))
                .isEqualTo("[Pair2[a=0, b=1], Pair2[a=1, b=2]]");
        assertThat(value("offset = 10;\np.map(n -> shifted(n), range(2))")).isEqualTo("[10, 11]");
    }

    @Test
    void classesOfAJar_travelToAPoolThatWasOpenedBefore(@TempDir Path folder) throws Exception {
        run("%pool early 2");
        assertThat(value("early.map(n -> n + 1, range(3))")).isEqualTo("[1, 2, 3]");
        Path source = Files.writeString(folder.resolve("Cloth.java"), """
                package far;
                public record Cloth(int threads) {
                    public static Cloth of(int threads) { return new Cloth(threads); }
                    public Cloth twice() { return Half.of(4 * threads); }
                }
                class Half { static Cloth of(int threads) { return new Cloth(threads / 2); } }
                """);
        Path classes = folder.resolve("classes");
        Path jar = folder.resolve("cloth 1.jar");
        assertThat(tool("javac", "-d", classes.toString(), source.toString())).isZero();
        assertThat(tool("jar", "--create", "--file", jar.toString(), "-C", classes.toString(), "."))
                .isZero();

        run("%classpath \"" + jar + "\"");

        assertThat(value("import far.Cloth;\nimport static far.Cloth.of;\nearly.map(n -> of(n).twice(), range(3))"))
                .isEqualTo("[Cloth[threads=0], Cloth[threads=2], Cloth[threads=4]]");
        assertThat(value("early.map(cloth -> cloth.threads(), List.of(of(7)))")).isEqualTo("[7]");
    }

    private static int tool(String name, String... arguments) {
        return ToolProvider.findFirst(name).orElseThrow().run(System.out, System.err, arguments);
    }

    @Test
    void aPoolOpenedAgainUnderItsName_leavesNoWorkersBehind() {
        run("%pool again 1");
        run("%pool again 1");
        assertThat(shown.text()).contains("the pool that was there has been terminated");
        assertThat(value("Pool.open().size()")).isEqualTo("1");
    }

    @Test
    void aPoolIsAnExpression_andIsClosedByName() {
        assertThat(value("var mine = %pool other 1 --threads\nmine.size() + other.size()"))
                .isEqualTo("2");
        run("%pool");
        assertThat(shown.text()).contains("other", "threads");
        run("%pool close other");
        assertThat(shown.text()).isEqualTo("other: closed");
        run("%pool");
        assertThat(shown.text()).contains("no pool is open");
    }

    @Test
    void whatCannotTravel_isNamed_withTheLineThatReadsIt() {
        run("%pool p 1\nvar socket = new java.net.Socket();\nint port() {\n    return socket.getPort();\n}");
        int cell = count;

        assertThat(failure("p.map(n -> n + port(), range(3))").message())
                .contains("variable 'socket'", "read by port() at cell " + cell + ", line 4");
        var inLambda = failure("p.map(n -> {\n    int one = 1;\n    return one + socket.getPort();\n}, range(3))");
        assertThat(inLambda.message()).contains("read by the function at cell " + count + ", line 3");
        assertThat(String.join("\n", inLambda.traceback())).contains("return one + socket.getPort();");
    }

    @Test
    void anActionGivenToMap_isAnErrorThatTellsOfForEach() {
        run("%pool p 1 --threads");
        assertThat(String.join(
                        "\n",
                        failure("p.map(n -> System.out.println(n), range(3))").traceback()))
                .contains("forEach");
    }

    @Test
    void aPoolThatNoVariableHoldsAnyMore_isClosedByItsName() {
        run("%pool left 1 --threads\nint x = 1;");
        run("%reset -f");
        run("%pool close left");
        assertThat(shown.text()).isEqualTo("left: closed");
        run("%pool");
        assertThat(shown.text()).contains("no pool is open");
    }

    @Test
    void aPoolThatNoVariableHolds_isShownWithHowToCloseIt() {
        run("%pool kept 1 --threads");
        run("Pool.builder().name(\"lost\").size(1).workers(Workers.THREADS).build(); 0");

        run("%pool");

        assertThat(shown.text()).containsPattern("kept +kept +1 +threads").contains("none; %pool close lost");
    }

    @Test
    void aPoolWithATimeLimit_endsTasksThatTakeLonger() {
        var failure = failure(
                "%pool limited 1 --threads --timeout 0.2\nlimited.map(n -> { Thread.sleep(100_000); return n; }, range(2))");
        assertThat(failure.message()).contains("task 0 of map", "over its time of 200 ms");
    }

    @Test
    void aPoolWithRetries_runsATaskAgainWhoseWorkerDied() {
        assertThat(value("""
                                var diedOnce = java.nio.file.Files.createTempFile("died-once", "").toString();
                                %pool again 1 --retries 1
                                again.map(n -> {
                                    if (new java.io.File(diedOnce).delete()) Runtime.getRuntime().halt(7);
                                    return n + 1;
                                }, range(1))""")).isEqualTo("[1]");
    }

    @Test
    void queuesAndManagers_areListed_withTheVariablesThatHoldThem() throws Exception {
        assertThat(Tables.queues(List.of()).plainText()).contains("no variable holds a queue");
        run("%manager --list");
        assertThat(shown.text()).contains("no manager runs");

        run("%queue letters --capacity 3\nletters.put(\"a\"); letters.put(\"b\");");
        run("%queue ended\nended.close();");
        run("%manager keeper\nvar far = keeper.queue();");
        run("%manager --list");
        assertThat(shown.text()).containsPattern("keeper +keeper +\\d+ ");
        run("keeper.close();");
        run("%queue --list");

        assertThat(shown.text())
                .containsPattern("letters +2 +1 +open")
                .containsPattern("ended +0 +no limit +closed")
                .containsPattern("far +– +– +lost");
    }

    @Test
    void aQueueInAVariable_isClosedWhenAnotherTakesItsPlace() {
        run("%queue again\nvar first = again;");

        run("%queue again");

        assertThat(shown.text()).contains("the queue that was there has been closed");
        assertThat(value("first.isClosed() + \" \" + again.isClosed()")).isEqualTo("true false");
    }

    @Test
    void executorsAreListed_andClosedByName() {
        run("%executor");
        run("%executor e1 2");
        run("%executor many --virtual");
        run("%pool");
        assertThat(shown.text()).containsPattern("e1 +2 +threads").containsPattern("many +any number +virtual threads");
        run("%executor close executor");
        run("%executor close e1");
        run("%executor close many");
        assertThat(shown.text()).isEqualTo("many: closed");
        assertThat(value("executor.isTerminated() && e1.isTerminated() && many.isTerminated()"))
                .isEqualTo("true");
    }

    @Test
    void workersAreListedWithTheirPools() {
        run("%pool first 1 --threads");
        run("%pool second 1 --threads");
        run("%workers");
        assertThat(shown.text()).containsPattern("\\S+ +pool first +\\d+").containsPattern("\\S+ +pool second +\\d+");
    }

    @Test
    void px_runsTheBodyOnEachWorker_andShowsItsValues() {
        run("%pool three 3");
        String pids = value(
                "three.workers().stream().map(w -> w.name() + \" \" + (w.pid() + 5)).collect(java.util.stream.Collectors.joining(\",\"))");
        assertThat(shown("%%px --pool three\nint a = 5;\nProcessHandle.current().pid() + a"))
                .isEqualToNormalizingWhitespace("worker value " + pids.replace(',', ' '));
        assertThat(shown("%%px --pool three --targets 0,worker-3\nrecord Pixel(int x) {}\nnew Pixel(4)"))
                .isEqualToNormalizingWhitespace("worker value worker-1 Pixel[x=4] worker-3 Pixel[x=4]");
        assertThat(shown("%%px --pool three --targets 1\nSystem.out.println(\"from all\");"))
                .contains("[worker-2 ")
                .contains("from all")
                .doesNotContain("value");
    }

    @Test
    void px_tellsWhichWorkersFailed_andWhatIsWrongWithACall() {
        run("%pool two 2");
        var failure = failure("%%px --pool two\nint a = 5;\nif (a > 0) throw new IllegalStateException(\"no\");");
        assertThat(String.join("\n", failure.traceback()))
                .contains("worker-1", "worker-2", "IllegalStateException", "cell " + count + ", line 3")
                .doesNotContain("FutureTask");
        assertThat(failure("%%px --pool two --timeout 0.3\nThread.sleep(100_000);")
                        .message())
                .contains("longer than 0.3 s, and cancelled: worker-1, worker-2");
        assertThat(failure("%%px --pool two --targets 2\n1").message()).contains("there is no worker 2", "worker-1");
        assertThat(failure("%%px --pool two --targets worker-9\n1").message()).contains("has no worker 'worker-9'");
        assertThat(failure("%%px --pool nowhere\n1").message()).contains("%pool nowhere 4");
        assertThat(failure("%%px --pool two\nmissing + 1").message())
                .contains("line 2", "cannot find symbol: variable missing");
        assertThat(failure("%%px --pool two --timeout -1\n1").message()).contains("--timeout");
        assertThat(failure("%%px\n").message()).contains("no body");
        assertThat(shown("%%px --pool two --targets 0\n7 // lucky")).contains("worker-1  7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--threads"})
    void aCallThatTakesLong_hasACard_whoseLastPictureSaysWhatItWas(String kind) {
        run("%pool slow 2 " + kind);
        assertThat(shown("var squares = slow.map(n -> { Thread.sleep(400); return n * n; }, range(8), 1);"))
                .containsPattern("slow\\.map: \\d of 8 tasks, \\d+ %")
                .containsPattern("slow\\.map: 8 of 8 tasks, [\\d.]+ per s, [\\d.]+ s$");
        String html = String.valueOf(shown.bundles().getLast().data().get("text/html"));
        assertThat(html).contains(">busy<", ">slowest<", ">item ").doesNotContain("<script");
        assertThat(shown("slow.map(n -> n, range(100)).size()")).doesNotContain("slow.map");
    }

    @Test
    void theCardOfACallThatNobodyWaitedFor_isWholeBeforeItsResultIsThere() {
        run("%pool later 2");
        shown("var slow = later.mapAsync(n -> { Thread.sleep(700); return n; }, range(4), 1);");
        Shown cell = shown;
        run("int size = slow.get().size();");
        assertThat(cell.text()).containsPattern("later\\.mapAsync: 4 of 4 tasks, [\\d.]+ per s, [\\d.]+ s$");
    }

    @Test
    void theCardOfACallThatFails_saysSo() {
        run("%pool failing 2");
        run(
                "failing.map(n -> { Thread.sleep(500); if (n == 5) throw new IllegalStateException(); return n; }, range(50), 1);");
        String html = String.valueOf(shown.bundles().getLast().data().get("text/html"));
        assertThat(html).contains("failing.map: ", " of 50 tasks", ", 1 failed, ", " cancelled");
    }

    @Test
    void theCardOfAnEndlessCall_tellsWhatItHasDone() {
        run("%pool endless 2");
        assertThat(
                        shown(
                                "int last = 0; for (int n : (Iterable<Integer>) () -> endless.imap(n -> { Thread.sleep(200); return n; }, () -> java.util.stream.Stream.iterate(0, n -> n + 1).iterator())) { last = n; if (n == 14) break; }"))
                .containsPattern("endless\\.imap: \\d+ tasks, ");
    }

    private String shown(String code) {
        assertThat(run(code)).as(code).isNotInstanceOf(Outcome.Failure.class);
        return shown.text();
    }

    @Test
    void aTaskThatReadsStandardInput_findsItsEnd() {
        assertThat(value("%pool reader 1\nreader.map(n -> System.in.read() + IO.readln(\"name? \"), range(1))"))
                .isEqualTo("[-1null]");
        var failure = failure("reader.map(n -> new Scanner(System.in).nextLine(), range(1))");
        assertThat(String.join("\n", failure.traceback())).contains("NoSuchElementException: No line found");
    }

    @Test
    void thePoolsInitializerRunsInEachWorkerFirst() {
        assertThat(
                        value(
                                "%pool ready 1 --init 'System.setProperty(\"greeting\", \"hello\")'\nready.map(n -> System.getProperty(\"greeting\") + n, range(2))"))
                .isEqualTo("[hello0, hello1]");
    }

    @Test
    void thePoolsInitializer_isQuotedAsItsHelpAndThePageSay() throws Exception {
        String page = Files.readString(Path.of("../../docs/magics.md"));
        String example = page.substring(page.indexOf("%pool german"), page.indexOf("   // ['0,0"));

        assertThat(value(example)).isEqualTo("['0,0, '0,5, '1,0]");
        assertThat(shown("%pool --help").replaceAll("\\s+", " "))
                .contains("in single quotes", "share the sum of their times");
    }

    @Test
    void aQueueConnectsProcesses() {
        assertThat(value("%queue q\nvar w = WorkerProcess.start(() -> q.put(7 * 7)); w.join(); q.get()"))
                .isEqualTo("49");
    }

    @Test
    void aManagerHoldsADict_thatAProcessChanges() {
        assertThat(
                        value(
                                "%manager m\nMap<String, String> dict = m.dict(); WorkerProcess.start(() -> dict.put(\"key1\", \"value1\")).join(); dict"))
                .isEqualTo("{key1=value1}");
    }

    @Test
    void aManagerHasTheMemoryThatItIsGiven() {
        run("%manager small --heap 32m");
        assertThat(failure("var bytes = small.dict(); for (int i = 0; i < 100; i++) bytes.put(i, new byte[1_000_000]);")
                        .message())
                .contains("small", "ran out of memory", "--heap 128m of %pool or %manager");
        assertThat(failure("%manager odd --heap much").message()).contains("heap 'much' is not a size");
    }

    @Test
    void aWrongOption_leavesWhatWasThereAlone() {
        run("%pool p 1\n%manager m");
        failure("%pool p 2 --retries -1");
        failure("%pool p 2 --threads --heap 1g");
        failure("%manager m --heap much");
        assertThat(value("p.apply(() -> 6 * 7) + \" \" + m.dict().size()")).isEqualTo("42 0");
    }

    @Test
    void aManagersList_isSortedByAComparatorThatTheJdkMakes() {
        assertThat(
                        value(
                                "%manager sorting\nList<String> words = sorting.list();\nwords.addAll(List.of(\"ccc\", \"a\", \"b\"));\nwords.sort(Comparator.comparing(String::length).thenComparing(Comparator.reverseOrder()));\nwords"))
                .isEqualTo("[b, a, ccc]");
    }

    @Test
    void anErrorOfAManagersObject_pointsAtTheCellThatCalledIt() {
        run("%manager m\nvar limit = m.boundedSemaphore(2); var number = m.value(2);");
        assertThat(String.join("\n", failure("var one = 1;\nlimit.release();").traceback()))
                .contains("2 of at most 2 permits", "at cell " + count + ", line 2", "→ limit.release();")
                .doesNotContain("java.base");
        assertThat(String.join(
                        "\n", failure("number.update(n ->\n    1 / (n - 2));").traceback()))
                .contains("at lambda (cell " + count + ", line 2)", "→ 1 / (n - 2));", "at cell " + count + ", line 1")
                .doesNotContain("java.base");
    }

    @Test
    void aLockIsSharedByProcesses() {
        assertThat(value("""
                %lock guard --fair
                if (guard.abandonedBy().isPresent()) throw new IllegalStateException();
                var total = Manager.local().value(0);
                var adders = new ArrayList<WorkerProcess>();
                for (int i = 0; i < 2; i++)
                    adders.add(WorkerProcess.start(() -> {
                        for (int k = 0; k < 50; k++) {
                            guard.lock();
                            try { total.set(total.get() + 1); } finally { guard.unlock(); }
                        }
                    }));
                for (var adder : adders) adder.join();
                total.get()""")).isEqualTo("100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--virtual", "--jvm"})
    void anExecutorRunsTasks(String option) {
        assertThat(value("%executor three 3 " + option + "\nthree.submit(() -> (int) Math.pow(2, 3)).get()"))
                .isEqualTo("8");
        run("three.close();");
    }

    @Test
    void aProcessRunsTheBodyElsewhere_andItsErrorPointsAtTheCell() {
        run("%%process work\nSystem.out.println(\"pid \" + ProcessHandle.current().pid())");
        assertThat(shown.text()).containsPattern("\\[work \\d+] pid \\d+\n").contains("ended with exit code 0");
        var failure = failure("%%process work\nint a = 0;\nint b = 1 / a;");
        assertThat(String.join("\n", failure.traceback()))
                .contains("ArithmeticException", "cell " + count + ", line 3", "→ int b = 1 / a;")
                .doesNotContain("Executors", "FutureTask", "ThreadPoolExecutor");
    }

    @Test
    void aDetachedProcessIsListed_untilItEnds() {
        run("%%process sleeper --detach\nThread.sleep(60_000);");
        assertThat(shown.text()).contains("sleeper: pid", "runs");
        run("%workers");
        assertThat(shown.text()).contains("sleeper", "heap");
        run("sleeper.kill(); try { sleeper.join(); } catch (RuntimeException killed) {}");
        assertThat(value("sleeper.isAlive()")).isEqualTo("false");
    }

    @Test
    void anInterruptEndsAMapWhoseTasksNeverEnd_andThePoolGoesOn() throws Exception {
        run("%pool busy 2");
        var spinning = new Shown();
        var outcome = CompletableFuture.supplyAsync(
                () -> run("busy.map(n -> { System.out.println(\"spins\"); while (true) {} }, range(2))", spinning));
        spinning.await("spins");
        evaluator.interrupt();
        assertThat(outcome.get(10, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.name()).isEqualTo("Interrupted"));
        assertThat(value("busy.map(n -> n + 1, range(3))")).isEqualTo("[1, 2, 3]");
    }

    @Test
    void outputOfAThreadPool_goesToTheCellThatSubmitted() throws Exception {
        run("%pool threads 1 --threads\nthreads.map(n -> n, range(1));");
        var gate =
                "var gate = new CountDownLatch(1);\nvar late = threads.submit(() -> { gate.await(); System.out.println(\"from the first\"); return 1; });";
        run(gate);
        var first = shown;
        run("System.out.println(\"second\"); gate.countDown(); late.get()");
        first.await("from the first\n");
        assertThat(shown.text()).doesNotContain("from the first");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%pool 0 | not a number of workers",
                "%pool p 4 4 | one word too many",
                "%pool a.b | cannot be the name of a variable",
                "%pool 2 --heap lots | heap",
                "%pool 2 --heap 256 | too few for a JVM; write 256m",
                "%manager m --heap 2k | Too small maximum heap",
                "%pool 2 --timeout soon | is not a number",
                "%pool class 2 | 'class' is a word of Java",
                "%pool 2 --timeout 0 | --timeout is 0.0",
                "%pool 2 --retries -1 | retries must not be negative",
                "%pool 1 --jvm --threads | mutually exclusive",
                "%pool close nobody | no variable 'nobody' holds a pool",
                "%queue q --capacity 0 | at least 1",
                "%queue q --capacity many | capacity",
                "%manager 1x | cannot be the name",
                "%%process | no body",
                "%%process p -n 0\\nint x; | from 1 to 1000",
                "%%process p\\nint x = y; | cannot find symbol",
                "%pool 1 --init nonsense | does not compile",
                "%pool 1 --init 'throw new Exception(\"not today\")' | not today",
                "%pool 1 --heap 1m | Too small maximum heap"
            })
    void aWrongCallSaysWhatIsWrong_andStartsNothing(String row) {
        int bar = row.indexOf(" | ");
        var failure = failure(row.substring(0, bar).replace("\\n", "\n"));
        assertThat(failure.name()).isEqualTo("MagicError");
        assertThat(failure.message()).contains(row.substring(bar + 3));
        assertThat(value("Pool.open().size() + WorkerProcess.open().size() + Manager.open().size()"))
                .isEqualTo("0");
    }
}
