package io.github.spencerpark.jupyter.kernel.magic.common;

import io.github.spencerpark.jupyter.kernel.magic.registry.LineMagic;
import java.io.IOException;
import java.util.List;

/// `%sh`, for notebooks that register it.
public class Shell {
    /// Runs a program and gives the lines that it prints; errors go to the kernel's own standard error.
    @LineMagic
    public static List<String> sh(List<String> args) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(args)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        try (var lines = process.inputReader()) {
            List<String> output = lines.lines().toList();
            process.waitFor();
            return output;
        } finally {
            process.destroy();
        }
    }
}
