package io.weft.kernel.channel;

import java.io.PrintStream;
import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// The kernel's own log: one line for each warning or error, on the stream given.
///
/// It does not go through `java.util.logging`, whose console handler keeps the `System.err` that it
/// finds at its first use: that must be the notebook's, for the notebook's own logging.
public final class StderrLog implements System.Logger {
    private final PrintStream err;

    public StderrLog(PrintStream err) {
        this.err = err;
    }

    @Override
    public String getName() {
        return "weft";
    }

    @Override
    public boolean isLoggable(Level level) {
        return level.compareTo(Level.WARNING) >= 0;
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            print(thrown == null ? message : message + ": " + thrown);
        }
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... parameters) {
        if (isLoggable(level)) {
            print(MessageFormat.format(format.replace("'", "''"), parameters));
        }
    }

    private void print(String text) {
        err.println("weft: " + text.replaceAll("\\R", " "));
    }
}
