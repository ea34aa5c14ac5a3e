package io.weft.kernel.assist;

import io.weft.kernel.assist.Candidates.Group;
import io.weft.kernel.assist.Completion.Match;
import io.weft.kernel.magic.Completing;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicArguments;
import io.weft.kernel.magic.MagicRegistry;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Completes and explains lines that start with a magic, from what picocli knows of it.
final class MagicAssistant {
    private static final Pattern PATH_LABEL = Pattern.compile("(?i).*(file|path|jar|folder|dir|glob|source|script).*");

    private final MagicRegistry registry;
    private final Map<Magic, String> descriptions = new ConcurrentHashMap<>();

    MagicAssistant(MagicRegistry registry) {
        this.registry = registry;
    }

    /// What could follow.
    ///
    /// @param line from the magic's `%` to the cursor
    /// @param notebook what cells have declared
    List<Match> complete(String line, Notebook notebook) {
        int name = endOfName(line);
        if (name == line.length()) return names(line);
        Optional<CommandSpec> spec = spec(line.substring(0, name));
        if (spec.isEmpty()) return List.of();
        int start = startOfWord(line);
        String word = line.substring(start);
        List<String> before = MagicArguments.of(line.substring(name, start));
        int slash = word.lastIndexOf('/');
        var found = new Candidates(word);
        String last = before.isEmpty() ? "" : before.getLast();
        OptionSpec option = spec.get().findOption(last.endsWith("=") ? last.substring(0, last.length() - 1) : last);
        boolean value = option != null && option.arity().max() > 0;
        if (value) values(option, found);
        else if (word.startsWith("-")) options(spec.get(), before, found);
        else {
            List<String> declared =
                    notebook.declared().stream().map(Declared::name).distinct().toList();
            if (spec.get().userObject() instanceof Completing own)
                for (String each : own.candidates(before, declared)) found.add(each, "magic", "", Group.LOCAL);
            spec.get().subcommands().keySet().forEach(each -> found.add(each, "magic", "", Group.LOCAL));
            for (var parameter : spec.get().positionalParameters()) values(parameter, found);
            if (word.isEmpty()) options(spec.get(), before, found);
        }
        boolean paths = value
                ? takesPath(option)
                : !word.startsWith("-")
                        && spec.get().positionalParameters().stream().anyMatch(MagicAssistant::takesPath);
        var matches = new ArrayList<>(found.matches());
        if (paths) {
            var files = new Candidates(word.substring(slash + 1));
            FileNames.complete(Path.of(""), word, files);
            for (Match match : files.matches())
                matches.add(new Match(word.substring(0, slash + 1) + match.text(), match.type(), match.signature()));
        }
        return matches;
    }

    /// Where the word at the end of a line starts, which is what a match replaces.
    static int startOfWord(String line) {
        int at = line.length();
        while (at > 0 && !Character.isWhitespace(line.charAt(at - 1)) && line.charAt(at - 1) != '=') at--;
        return at;
    }

    private static int endOfName(String line) {
        int end = 0;
        while (end < line.length() && line.charAt(end) == '%') end++;
        while (end < line.length() && Character.isJavaIdentifierPart(line.charAt(end))) end++;
        return end;
    }

    private List<Match> names(String typed) {
        var found = new Candidates(typed);
        // a single % is the beginning of a cell magic, too
        for (Magic magic : registry.all()) {
            String full = magic.fullName();
            boolean both = typed.equals("%") || full.startsWith(typed);
            if (both && !(typed.equals("%%") && magic.kind() == Magic.Kind.LINE))
                found.add(full, "magic", description(magic), magic.kind() == Magic.Kind.LINE ? Group.LOCAL : Group.OWN);
        }
        return found.matches();
    }

    private String description(Magic magic) {
        return descriptions.computeIfAbsent(
                magic, each -> told(registry.model(each).usageMessage().description()));
    }

    /// Lines of a description, in which picocli writes %% for %.
    private static String told(String... lines) {
        return String.join(" ", lines).replace("%%", "%");
    }

    private Optional<CommandSpec> spec(String fullName) {
        return registry.all().stream()
                .filter(magic -> magic.fullName().equals(fullName))
                .findFirst()
                .map(registry::model);
    }

    private static void options(CommandSpec spec, List<String> before, Candidates found) {
        for (OptionSpec option : spec.options()) {
            boolean given = option.arity().max() <= 1
                    && !option.isMultiValue()
                    && List.of(option.names()).stream().anyMatch(before::contains);
            if (given || option.hidden()) continue;
            String label = option.arity().max() > 0 ? " " + option.paramLabel() : "";
            String signature = option.longestName() + label + ": " + told(option.description());
            boolean help = option.usageHelp();
            for (String name : option.names())
                if (name.startsWith("--")
                        || option.names().length == 1
                        || found.prefix().equals("-"))
                    found.add(name, name, "magic", signature, help ? Group.ELSEWHERE : Group.LOCAL, false, false);
        }
    }

    private static void values(ArgSpec argument, Candidates found) {
        if (argument.completionCandidates() != null)
            for (String each : argument.completionCandidates()) found.add(each, "magic", "", Group.LOCAL);
        Class<?> type = argument.isMultiValue() && argument.auxiliaryTypes().length > 0
                ? argument.auxiliaryTypes()[0]
                : argument.type();
        if (type.isEnum())
            for (Object each : type.getEnumConstants())
                found.add(each.toString().toLowerCase(java.util.Locale.ROOT), "magic", "", Group.LOCAL);
    }

    private static boolean takesPath(ArgSpec argument) {
        for (Class<?> type : argument.auxiliaryTypes()) if (type == Path.class || type == File.class) return true;
        return argument.type() == Path.class
                || argument.type() == File.class
                || PATH_LABEL.matcher(argument.paramLabel()).matches();
    }

    /// The usage of the magic with which a line starts.
    Optional<String> help(String line) {
        String name = line.substring(0, endOfName(line));
        Optional<CommandSpec> found = spec(name);
        if (found.isEmpty()) found = spec("%" + name);
        if (found.isEmpty() && name.startsWith("%%")) found = spec(name.substring(1));
        return found.map(spec -> spec.commandLine().getUsageMessage(Ansi.OFF));
    }
}
