package io.weft.kernel.magic;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/// The magics of a session: finds them by name, parses their arguments and runs them. Thread-safe.
public final class MagicRegistry implements MagicLexer.Names {
    private final Map<String, Magic> byFullName = new ConcurrentHashMap<>();

    /// @param magics of two with the same name the later one counts
    public MagicRegistry(List<Magic> magics) {
        for (Magic magic : magics) byFullName.put(magic.fullName(), magic);
        byFullName.put("%lsmagic", Magic.line("lsmagic", "", cell -> new ListMagic(cell, this)));
        byFullName.put("%help", Magic.line("help", "", cell -> new HelpMagic(cell, this)));
    }

    /// Adds a magic, in place of one of the same name and kind.
    public void register(Magic magic) {
        byFullName.put(magic.fullName(), magic);
    }

    /// The magic of a name and kind.
    public Optional<Magic> find(Magic.Kind kind, String name) {
        return Optional.ofNullable(byFullName.get(kind.prefix() + name));
    }

    /// All magics, line magics first, by name.
    public List<Magic> all() {
        return byFullName.values().stream()
                .sorted(Comparator.comparing(Magic::kind).thenComparing(Magic::name))
                .toList();
    }

    @Override
    public boolean isLineMagic(String name) {
        return byFullName.containsKey(Magic.Kind.LINE.prefix() + name);
    }

    @Override
    public String resultType(String name) {
        Magic magic = byFullName.get(Magic.Kind.LINE.prefix() + name);
        return magic == null ? "" : magic.resultType();
    }

    @Override
    public Magic.Syntax syntax(Magic.Kind kind, String name) {
        return find(kind, name).map(Magic::syntax).orElse(Magic.Syntax.WORDS);
    }

    /// Runs a magic to its end.
    ///
    /// @return what it gives; null where it gives nothing or only shows its help
    /// @throws MagicException if there is no such magic or its arguments are wrong
    /// @throws Exception what the magic throws
    public @Nullable Object run(Magic.Kind kind, String name, List<String> arguments, String body, Cell cell)
            throws Exception {
        Magic magic = byFullName.get(kind.prefix() + name);
        if (magic == null) throw new MagicException(unknown(kind, name));
        Callable<?> command = magic.command().apply(cell, body);
        var line = commandLine(magic, command);
        try {
            if (line.parseArgs(arguments.toArray(String[]::new)).isUsageHelpRequested()) {
                cell.output().stream(io.weft.kernel.display.CellOutput.Stream.STDOUT, line.getUsageMessage(Ansi.OFF));
                return null;
            }
        } catch (CommandLine.ParameterException wrong) {
            throw new MagicException(
                    magic.fullName() + ": " + words(magic, wrong) + "\n" + line.getUsageMessage(Ansi.OFF), wrong);
        }
        return command.call();
    }

    private static String words(Magic magic, CommandLine.ParameterException wrong) {
        boolean lacksNumber = magic.syntax() == Magic.Syntax.CODE
                && wrong instanceof CommandLine.MissingParameterException missing
                && missing.getMissing().stream().anyMatch(CommandLine.Model.ArgSpec::isOption);
        if (!lacksNumber)
            return String.valueOf(wrong.getMessage())
                    .replaceFirst(" is not an? (int|long)$", " is not a whole number")
                    .replaceFirst(" is not a double$", " is not a number");
        var option = (CommandLine.Model.OptionSpec)
                ((CommandLine.MissingParameterException) wrong).getMissing().getFirst();
        return "no number stands behind '%s'. Write %s 5, for example."
                .formatted(option.longestName(), option.longestName());
    }

    private static CommandLine commandLine(Magic magic, Callable<?> command) {
        var line = new CommandLine(command)
                .setCommandName(magic.fullName())
                .setUsageHelpAutoWidth(false)
                .setCaseInsensitiveEnumValuesAllowed(true);
        // one that takes all words as they stand takes this one, too
        boolean takesAll = !line.getCommandSpec().unmatchedArgsBindings().isEmpty();
        if (!takesAll && line.getCommandSpec().findOption("--help") == null)
            line.getCommandSpec()
                    .addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("Show this help.")
                            .build());
        return line;
    }

    private String unknown(Magic.Kind kind, String name) {
        var message = new StringBuilder("there is no magic " + kind.prefix() + name + ".");
        closest(kind.prefix() + name)
                .ifPresent(near -> message.append(" Did you mean ").append(near).append("?"));
        return message.append(" %lsmagic lists all magics.").toString();
    }

    private Optional<String> closest(String name) {
        return byFullName.keySet().stream()
                .filter(known -> distance(known, name) <= 2 || known.equals("%" + name) || name.equals("%" + known))
                .min(Comparator.comparingInt(known -> distance(known, name)));
    }

    /// The number of characters to insert, delete or replace to turn one text into the other.
    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) row[j] = j;
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replace = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[right.length()];
    }

    /// The help of the magic with which a line starts.
    public Optional<String> help(String line) {
        int space = line.indexOf(' ');
        Magic magic = byFullName.get(space < 0 ? line.strip() : line.substring(0, space));
        if (magic == null) return Optional.empty();
        return Optional.of(
                commandLine(magic, magic.command().apply(NoCell.INSTANCE, "")).getUsageMessage(Ansi.OFF));
    }

    /// The options, parameters and description of a magic.
    public CommandSpec model(Magic magic) {
        return commandLine(magic, magic.command().apply(NoCell.INSTANCE, "")).getCommandSpec();
    }
}
