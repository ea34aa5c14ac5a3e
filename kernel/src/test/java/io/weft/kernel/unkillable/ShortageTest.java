package io.weft.kernel.unkillable;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.TestClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A cell that uses up the heap or the stack, or asks the JVM to end, ends itself; the kernel goes on. One kernel for
/// all tests, as in a long session.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class ShortageTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private static Path folder;

    private LiveKernel kernel;

    @BeforeAll
    void start() throws Exception {
        kernel = LiveKernel.start(folder, "-Xmx160m", "");
    }

    @AfterAll
    void end() {
        kernel.close();
    }

    /// A part of the heap that is only there when nothing of the trouble is left in it.
    @AfterEach
    void theKernelIsWell_andTheHeapIsFree() throws Exception {
        kernel.isWell();
        assertThat(kernel.value("new byte[32 << 20].length")).isEqualTo(String.valueOf(32 << 20));
    }

    @Test
    void anArrayThatFitsInNoHeap_isRefused_withTheHeapAndHowToEnlargeIt() throws Exception {
        // when
        Answer array = kernel.client.execute("var array1 = new long[Integer.MAX_VALUE - 8];");
        // then
        assertThat(array.reply().content()).containsEntry("ename", "java.lang.OutOfMemoryError");
        assertThat(told(array))
                .contains(
                        "heap can grow to 15", "MB", "JDK_JAVA_OPTIONS", "-Xmx1g", "kernel.json", "variables are kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"new byte[1 << 20]", "new byte[1000]", "new Object()", "String.valueOf(list2.size())"})
    void aVariableThatGrowsForEver_endsTheCell_andCanBeEmptied(String element) throws Exception {
        // given
        kernel.runs("var list2 = new ArrayList<Object>();");
        // when
        Answer grown = kernel.client.execute("while (true) list2.add(" + element + ");");
        // then
        assertThat(grown.reply().content()).containsEntry("ename", "java.lang.OutOfMemoryError");
        assertThat(told(grown)).contains("-Xmx1g");
        assertThat(kernel.value("list2.size() > 30")).isEqualTo("true");
        kernel.runs("list2.clear(); list2 = null;");
    }

    @Test
    void whatOnlyTheCellHeld_isFreeAgain() throws Exception {
        // when
        Answer grown = kernel.client.execute(
                "{ var list = new ArrayList<Object>(); while (true) list.add(new byte[100_000]); }");
        // then
        assertThat(grown.reply().content()).containsEntry("ename", "java.lang.OutOfMemoryError");
    }

    @Test
    void threadsThatFillTheHeap_leaveTheKernelsOwnAlone() throws Exception {
        // when
        Answer answer = kernel.runs("""
                Runnable fill3 = () -> { var list = new ArrayList<Object>(); while (true) list.add(new byte[100_000]); };
                var threads3 = new ArrayList<Thread>();
                for (int n = 0; n < 3; n++) threads3.add(n == 2 ? Thread.startVirtualThread(fill3) : Thread.ofPlatform().start(fill3));
                for (var thread : threads3) thread.join();""");
        // then
        assertThat(answer.stream("stderr")).contains("OutOfMemoryError", "-Xmx");
        assertThat(kernel.client.beat(new byte[] {1})).containsExactly(1);
        kernel.interrupt();
        assertThat(kernel.client
                        .request("shell", "complete_request", Map.of("code", "kee", "cursor_pos", 3))
                        .status())
                .isEqualTo("ok");
    }

    @Test
    void aFullHeap_canBeInterrupted() throws Exception {
        // given a cell that catches every error and begins again
        String cell = kernel.begin("""
                System.out.println("on");
                while (true) try { var list = new ArrayList<Object>(); while (true) list.add(new byte[100_000]); } catch (OutOfMemoryError e) {}""");
        // when
        kernel.interrupt();
        // then
        kernel.awaitInterrupted(cell, SOON);
    }

    @Test
    void aRunawayRecursion_isFolded() throws Exception {
        // when
        Answer answer = kernel.client.execute("int deep(int n) { return deep(n + 1) + 1; }\ndeep(0)");
        // then
        assertThat(answer.reply().content()).containsEntry("ename", "java.lang.StackOverflowError");
        assertThat((List<?>) answer.reply().content().get("traceback")).hasSizeLessThan(10);
        assertThat(String.valueOf(answer.reply().content().get("traceback")))
                .contains("deep (cell", "more frames like this");
    }

    @Test
    void aRecursionThatMeetsItselfInToString_isFolded() throws Exception {
        // when
        Answer answer = kernel.client.execute(
                "record Node(Object other) { public String toString() { return \"<\" + other + \">\"; } }\n"
                        + "var pair = new ArrayList<Object>(); pair.add(new Node(pair)); String.valueOf(pair)");
        // then
        assertThat(answer.reply().content()).containsEntry("ename", "java.lang.StackOverflowError");
        assertThat((List<?>) answer.reply().content().get("traceback")).hasSizeLessThan(60);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "System.exit(3);",
                "Runtime.getRuntime().exit(3);",
                "Runtime.getRuntime().halt(3);",
                "Runnable exit6 = () -> System.exit(3); exit6.run();",
                "class Exit6 { Exit6() { System.exit(3); } }\nnew Exit6();",
                "java.util.function.IntConsumer exit6 = System::exit; exit6.accept(3);",
                "java.util.stream.IntStream.of(3).forEach(Runtime.getRuntime()::halt);",
                "System.class.getMethod(\"exit\", int.class).invoke(null, 3);",
                "for (int n = 0; n < 3; n++) { var method = Runtime.class.getMethod(\"halt\", int.class); method.invoke(Runtime.getRuntime(), 3); }",
            })
    void everyWayToExit_isRefused(String exit) throws Exception {
        Answer answer = kernel.client.execute(exit);
        assertThat(answer.reply().content()).containsEntry("status", "error");
        assertThat(told(answer)).contains("The kernel goes on");
    }

    @Test
    void anExitInAThread_isToldBelowTheCell() throws Exception {
        Answer answer = kernel.runs("Thread.ofPlatform().name(\"leaving\").start(() -> System.exit(3)).join();");
        assertThat(answer.stream("stderr")).contains("leaving", "The kernel goes on");
    }

    @Test
    void otherMethods_areCalledByReflection_asEver() throws Exception {
        assertThat(
                        kernel.value(
                                "class Own7 { private static int twice(int n) { return 2 * n; } static Object call(int n, long rest) throws Exception { long sum = rest; for (int at = 0; at < n; at++) { var own = Own7.class.getDeclaredMethod(\"twice\", int.class); sum += (Integer) own.invoke(null, at); } return sum + \"\" + String.class.getMethod(\"length\").invoke(\"abc\"); } }\nOwn7.call(4, 1L)"))
                .isEqualTo("133");
    }

    private static String told(Answer answer) {
        return String.valueOf(answer.reply().content().get("evalue"));
    }
}
