package io.weft.concurrent;

import java.util.ServiceLoader;

/// The output router of this JVM: the provider's, or one that prints to the standard streams.
final class Output {
    static final OutputRouter ROUTER = ServiceLoader.load(OutputRouter.class, Output.class.getClassLoader())
            .findFirst()
            .orElse(() -> Output::print);

    private Output() {}

    // the library's default is to print, as the JVM of the submitter would have
    @SuppressWarnings("SystemOut")
    private static void print(OutputLine line) {
        (line.error() ? System.err : System.out).println(line.labelled());
    }
}
