package io.weft.concurrent;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Keeps what workers print, for the tests.
public final class RecordingRouter implements OutputRouter {
    static final List<OutputLine> LINES = new CopyOnWriteArrayList<>();

    @Override
    public OutputSink sink() {
        return LINES::add;
    }
}
