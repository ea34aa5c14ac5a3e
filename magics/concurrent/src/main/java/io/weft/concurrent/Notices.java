package io.weft.concurrent;

/// Tells whoever made a shared object what happened to it, where that one's output goes.
final class Notices {
    private final OutputSink sink = Output.ROUTER.sink();

    void say(Client about, String text) {
        try {
            sink.line(new OutputLine(about.name(), about.pid(), true, text));
        } catch (RuntimeException broken) {
            // a sink that fails loses the line, not the object
        }
    }
}
