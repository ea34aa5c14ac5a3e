package io.weft.kernel.channel;

import java.io.PrintStream;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// The kernel's own log: one line for each warning or error, on the stream given.
///
/// It does not go through `java.util.logging`, whose console handler keeps the `System.err` that it
/// finds at its first use: that must be the notebook's, for the notebook's own logging. Nor does it use classes that
/// nothing else uses: it is called where memory is out, and a class that finds none to begin with is lost for good.
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
            String text = format;
            if (parameters != null) {
                for (int at = 0; at < parameters.length; at++) {
                    text = text.replace("{" + at + "}", String.valueOf(parameters[at]));
                }
            }
            print(text);
        }
    }

    private void print(String text) {
        err.println("weft: " + text.replaceAll("\\R", " "));
    }
}
