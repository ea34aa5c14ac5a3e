package io.weft.kernel.eval;

import io.weft.kernel.magic.MagicArguments;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/// What environment variables say of the session: `WEFT_…`, or else those of the JJava and IJava kernels.
///
/// A variable that cannot be understood changes nothing and is told.
///
/// @param environment the variables
record SessionSettings(Map<String, String> environment) {
    private static final List<String> PREFIXES = List.of("WEFT_", "JJAVA_", "IJAVA_");
    private static final Pattern DURATION = Pattern.compile("(-?\\d{1,15})\\W*([A-Za-z]*)");

    private Optional<Map.Entry<String, String>> variable(String name) {
        for (String prefix : PREFIXES) {
            String value = environment.get(prefix + name);
            if (value != null && !value.isBlank()) return Optional.of(Map.entry(prefix + name, value.strip()));
        }
        return Optional.empty();
    }

    /// Options for the compiler of cells, from `COMPILER_OPTS`.
    List<String> compilerOptions(Consumer<String> notices) {
        var variable = variable("COMPILER_OPTS");
        if (variable.isEmpty()) return List.of();
        List<String> options = MagicArguments.of(variable.get().getValue());
        try {
            ToolProvider.getSystemJavaCompiler().getTask(null, null, null, options, List.of("java.lang.Object"), null);
            return options;
        } catch (IllegalArgumentException | IllegalStateException wrong) {
            notices.accept("%s has no effect: the compiler does not take '%s' (%s)."
                    .formatted(variable.get().getKey(), variable.get().getValue(), wrong.getMessage()));
            return List.of();
        }
    }

    /// How long one statement of a cell may run, from `TIMEOUT`: a number of milliseconds, or one with a unit behind it
    /// such as `30 SECONDS`. Empty for no limit, as less than 1 means.
    Optional<Duration> statementLimit(Consumer<String> notices) {
        var variable = variable("TIMEOUT");
        if (variable.isEmpty()) return Optional.empty();
        Matcher parts = DURATION.matcher(variable.get().getValue());
        try {
            if (!parts.matches()) throw new IllegalArgumentException("no number");
            String unit =
                    parts.group(2).isEmpty() ? "MILLISECONDS" : parts.group(2).toUpperCase(Locale.ROOT);
            long count = Long.parseLong(parts.group(1));
            return count < 1
                    ? Optional.empty()
                    : Optional.of(Duration.of(count, TimeUnit.valueOf(unit).toChronoUnit()));
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            notices.accept("%s has no effect: '%s' is no time; '30 SECONDS' is one."
                    .formatted(variable.get().getKey(), variable.get().getValue()));
            return Optional.empty();
        }
    }
}
