package io.weft.magics.notebook;

import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Completing;
import io.weft.kernel.magic.MagicException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%env`: shows and sets variables of the environment.
@Command(
        description = {
            "Show or set variables of the environment that commands of the shell see.",
            "A JVM cannot change its own: System.getenv keeps what it had when the kernel started."
        },
        customSynopsis = {
            "%%env                  lists all variables",
            "%%env NAME             gives the value of one",
            "%%env NAME=VALUE       sets one, for !commands, %%%%bash and %%%%sh; $OTHER in it stands for the value of another",
            "%%env --unset NAME     removes one"
        })
final class EnvMagic implements Callable<Object>, Completing {
    private static final Pattern USE = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)})");

    private final Cell cell;
    private final Surroundings surroundings;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME[=VALUE]",
            hideParamSyntax = true,
            description = "The variable, and its value behind = or white space.")
    List<String> words = new ArrayList<>();

    @Option(names = "--unset", description = "Remove the variable.")
    boolean unset;

    EnvMagic(Cell cell, Surroundings surroundings) {
        this.cell = cell;
        this.surroundings = surroundings;
    }

    @Override
    public @Nullable Object call() {
        if (words.isEmpty()) {
            var text = new StringBuilder();
            surroundings
                    .variables()
                    .forEach((name, value) -> text.append(name)
                            .append('=')
                            .append(isSecret(name) ? "(hidden; %env " + name + " shows it)" : value)
                            .append('\n'));
            cell.output().stream(Stream.STDOUT, text.toString());
            return null;
        }
        String first = words.getFirst();
        int equals = first.indexOf('=');
        String name = equals < 0 ? first : first.substring(0, equals);
        if (name.isEmpty() || name.contains("\0"))
            throw new MagicException("%env: '" + first + "' names no variable. Write %env NAME=VALUE.");
        if (unset) {
            surroundings.remove(name);
            return null;
        }
        if (equals < 0 && words.size() == 1) {
            String value = surroundings.variables().get(name);
            if (value == null)
                throw new MagicException("%env: there is no variable " + name + ". %env " + name + "=VALUE sets it.");
            return value;
        }
        var value = new ArrayList<>(words.subList(1, words.size()));
        // NAME = VALUE, NAME =VALUE, and what stands directly behind = or white space
        if (equals < 0 && value.getFirst().startsWith("="))
            value.set(0, value.getFirst().substring(1));
        else if (equals >= 0) value.addFirst(first.substring(equals + 1));
        if (value.getFirst().isEmpty()) value.removeFirst();
        surroundings.set(name, expanded(String.join(" ", value)));
        return surroundings.variables().get(name);
    }

    /// The text with the values of variables in place of `$NAME` and `${NAME}`, where there are such variables.
    private String expanded(String text) {
        Map<String, String> variables = surroundings.variables();
        return USE.matcher(text).replaceAll(use -> {
            String name = use.group(1) == null ? use.group(2) : use.group(1);
            return Matcher.quoteReplacement(variables.getOrDefault(name, use.group()));
        });
    }

    /// A notebook is shown to others, so that a listing leaves out what must not be.
    private static boolean isSecret(String name) {
        return name.matches("(?i).*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL).*");
    }

    @Override
    public List<String> candidates(List<String> before) {
        return before.isEmpty() ? List.copyOf(surroundings.variables().keySet()) : List.of();
    }
}
