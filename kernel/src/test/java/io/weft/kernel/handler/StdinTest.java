package io.weft.kernel.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.KernelProcess;
import io.weft.kernel.client.TestClient;
import io.weft.kernel.client.TestClient.Answer;
import io.weft.kernel.wire.WireMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Questions to the reader, and signals, in the kernel's program.
@Timeout(120)
class StdinTest {
    private KernelProcess program;
    private TestClient client;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        var connection = KernelProcess.freeConnection();
        program = KernelProcess.start(
                folder, Map.of(), KernelProcess.write(connection, folder).toString());
        client = new TestClient(connection);
    }

    @AfterEach
    void stop() {
        client.close();
        program.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    System.out.print("name? "); new Scanner(System.in).nextLine() | name? | '' | false
                    IO.readln("name? ")                                           | ''    | name? | false
                    readLine("name? ")                                            | ''    | name? | false
                    readPassword("secret? ")                                      | ''    | secret? | true
                    System.console().readLine("%s? ", "name")                     | ''    | name? | false
                    System.console().printf("name%s", "? ").readLine()            | name? | '' | false
                    new BufferedReader(System.console().reader()).readLine()      | ''    | '' | false
                    new String(System.console().readPassword("%s? ", "secret"))   | ''    | secret? | true
                    ((java.util.function.Supplier<Console>) System::console).get().readLine() | '' | '' | false
                    """)
    void aLine_isAskedFor_withWhatWasPrintedBefore(String code, String printed, String prompt, boolean password)
            throws Exception {
        // when
        String cell = client.send("shell", "execute_request", Map.of("code", code));
        WireMessage question = client.receive("stdin", _ -> true);
        if (!printed.isEmpty()) {
            assertThat(String.valueOf(client.awaitBroadcast(cell, "stream")
                                    .content()
                                    .get("text"))
                            .strip())
                    .isEqualTo(printed);
        }
        client.send("stdin", "input_reply", question.header(), Map.of("value", "Ada"));

        // then
        assertThat(String.valueOf(question.content().get("prompt")).strip()).isEqualTo(prompt);
        assertThat(question.content()).containsEntry("password", password);
        assertThat(client.await("shell", cell).result()).isEqualTo("Ada");
    }

    @Test
    void aConsole_thatIsKept_servesLaterCells_andPrintsBelowThem() throws Exception {
        // given
        client.execute("Console kept = System.console();");

        // when
        String cell = client.send(
                "shell",
                "execute_request",
                Map.of("code", "kept.writer().print(\"hel\"); kept.printf(\"lo\\n\"); kept.readLine(\"more? \")"));
        WireMessage question = client.receive("stdin", _ -> true);
        client.send("stdin", "input_reply", question.header(), Map.of("value", "yes"));

        // then
        Answer answer = client.await("shell", cell);
        assertThat(answer.stream("stdout")).isEqualTo("hello\n");
        assertThat(answer.result()).isEqualTo("yes");
    }

    @Test
    void aConsole_thatWaitsForALine_endsWithTheInterrupt_andSaysWhoTakesNoInput() throws Exception {
        // given
        String cell = client.send("shell", "execute_request", Map.of("code", "System.console().readPassword()"));
        client.receive("stdin", _ -> true);

        // when
        client.request("control", "interrupt_request", Map.of());
        Answer interrupted = client.await("shell", cell);
        Answer refused = client.request(
                "shell", "execute_request", Map.of("code", "System.console().readLine()", "allow_stdin", false));

        // then
        assertThat(interrupted.reply().content()).containsEntry("ename", "Interrupted");
        assertThat(String.valueOf(refused.reply().content())).contains("takes no input");
    }

    @ParameterizedTest
    @ValueSource(strings = {"new Scanner(System.in).nextLine()", "System.console().readLine(\"? \")"})
    void aSubshell_reads_whileTheMainShellWaitsForALine(String code) throws Exception {
        // given
        String subshell = client.openSubshell();
        String main = client.send("shell", "execute_request", Map.of("code", code));
        WireMessage mainAsks = client.receive("stdin", _ -> true);

        // when
        String sub = client.sendTo(subshell, "execute_request", Map.of("code", code));
        WireMessage subAsks = client.receive("stdin", _ -> true);
        client.send("stdin", "input_reply", subAsks.header(), Map.of("value", "to sub"));

        // then
        assertThat(client.await("shell", sub).result()).isEqualTo("to sub");
        client.send("stdin", "input_reply", mainAsks.header(), Map.of("value", "to main"));
        assertThat(client.await("shell", main).result()).isEqualTo("to main");
    }

    @Test
    void aTermSignal_endsTheKernel_alsoWithAHookThatNeverEnds() throws Exception {
        // given
        client.execute("Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) { } }));");
        String cell =
                client.send("shell", "execute_request", Map.of("code", "System.out.println(1); while (true) { }"));
        client.awaitBroadcast(cell, "stream");

        // when
        program.process().destroy();

        // then
        program.awaitExit(Duration.ofSeconds(20));
    }
}
