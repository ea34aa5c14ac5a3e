package io.weft.magics;

import io.weft.concurrent.TaskFailedException;
import io.weft.concurrent.Work;
import io.weft.concurrent.WorkerProcess;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%%process`: runs the cell's body in worker JVMs of its own.
@Command(description = "Run the cell's body in a new worker JVM, and wait for its end.")
final class ProcessMagic implements Callable<Object> {
    private final Cell cell;
    private final String body;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            defaultValue = "process",
            description = "The variable that holds the process (default: ${DEFAULT-VALUE}).")
    String name = "process";

    @Option(
            names = "-n",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "How many processes run the body; of several, the variable holds the list (default: ${DEFAULT-VALUE}).")
    int processes = 1;

    @Option(names = "--heap", paramLabel = "SIZE", description = "The most memory of each JVM, such as 256m or 1g.")
    @Nullable
    String heap;

    @Option(names = "--detach", description = "Do not wait for the end.")
    boolean detach;

    ProcessMagic(Cell cell, String body) {
        this.cell = cell;
        this.body = body;
    }

    @Override
    public @Nullable Object call() throws Exception {
        Variables.requireName("%%process", name);
        if (processes < 1 || processes > 1000)
            throw new MagicException("%%process: -n is " + processes + ", but must be from 1 to 1000");
        if (body.isBlank())
            throw new MagicException("%%process: the cell has no body. Write the Java to run below the first line.");
        // the first line of the cell is the magic's own
        Work work = Lambdas.work(cell, "\n" + body, "cell " + cell.count());
        Variables.endPrevious(cell, name);
        var started = new ArrayList<WorkerProcess>();
        try {
            for (int i = 1; i <= processes; i++) started.add(start(processes == 1 ? name : name + "-" + i, work));
            declare(started);
            if (detach) started.forEach(ProcessMagic::leaveFramesToWhoJoins);
            else for (WorkerProcess process : started) process.join();
        } catch (Exception failure) {
            started.forEach(WorkerProcess::terminate);
            dropFrames(failure);
            throw failure;
        }
        for (WorkerProcess process : started) cell.show(MimeBundle.text(describe(process)));
        return null;
    }

    /// The frames are those of this magic's thread; the cause has the reader's.
    private static void dropFrames(Throwable failure) {
        if (failure instanceof TaskFailedException) failure.setStackTrace(new StackTraceElement[0]);
    }

    private static void leaveFramesToWhoJoins(WorkerProcess process) {
        var _ = process.onExit().thenAccept(ended -> ended.failure().ifPresent(ProcessMagic::dropFrames));
    }

    private WorkerProcess start(String processName, Work work) {
        var builder = WorkerProcess.builder().name(processName);
        if (heap != null) builder.heap(heap);
        return builder.start(work);
    }

    private void declare(List<WorkerProcess> started) {
        String type = WorkerProcess.class.getName();
        if (started.size() == 1) cell.declare(name, type, started.getFirst());
        else cell.declare(name, "java.util.List<" + type + ">", List.copyOf(started));
    }

    private static String describe(WorkerProcess process) {
        String state = process.isAlive()
                ? "runs"
                : "ended"
                        + (process.exitCode().isPresent()
                                ? " with exit code " + process.exitCode().getAsInt()
                                : "");
        return "%s: pid %d, %s".formatted(process.name(), process.pid(), state);
    }
}
