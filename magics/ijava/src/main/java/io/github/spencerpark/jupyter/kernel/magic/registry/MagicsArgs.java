package io.github.spencerpark.jupyter.kernel.magic.registry;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Sorts the words after a magic's name into named lists. Immutable.
public class MagicsArgs {
    private static final Pattern KEYWORD = Pattern.compile("--([^=]+)(?:=(.+))?");
    private static final Pattern FLAGS = Pattern.compile("-([a-zA-Z]+)");

    private final List<String> required;
    private final List<String> optional;
    private final @Nullable String varargs;
    private final Map<String, Set<KeywordSpec>> keywords;
    private final Map<Character, String> flags;
    private final Map<String, String> flagValues;
    private final boolean anyKeyword;
    private final boolean anyFlag;

    /// What becomes of a keyword that is given more than once.
    public enum KeywordSpec {
        /// It is a mistake.
        ONCE,
        /// All values are kept.
        COLLECT,
        /// The last value counts.
        REPLACE
    }

    protected MagicsArgs(MagicsArgsBuilder builder) {
        required = List.copyOf(builder.required);
        optional = List.copyOf(builder.optional);
        varargs = builder.varargs;
        keywords = new LinkedHashMap<>(builder.keywords);
        flags = new LinkedHashMap<>(builder.flags);
        flagValues = new LinkedHashMap<>(builder.flagValues);
        anyKeyword = builder.anyKeyword;
        anyFlag = builder.anyFlag;
    }

    public static MagicsArgsBuilder builder() {
        return new MagicsArgsBuilder();
    }

    /// Says which words a magic takes.
    public static class MagicsArgsBuilder {
        private final List<String> required = new ArrayList<>();
        private final List<String> optional = new ArrayList<>();
        private @Nullable String varargs;
        private final Map<String, Set<KeywordSpec>> keywords = new LinkedHashMap<>();
        private final Map<Character, String> flags = new LinkedHashMap<>();
        private final Map<String, String> flagValues = new LinkedHashMap<>();
        private boolean anyKeyword = true;
        private boolean anyFlag = true;

        /// A word that must be there.
        ///
        /// @throws IllegalStateException after a word that may be left out
        public MagicsArgsBuilder required(String name) {
            if (!optional.isEmpty() || varargs != null)
                throw new IllegalStateException(
                        "the required argument '" + name + "' stands behind one that may be left out");
            required.add(name);
            return this;
        }

        /// A word that may be left out.
        public MagicsArgsBuilder optional(String name) {
            optional.add(name);
            return this;
        }

        /// All further words.
        ///
        /// @throws IllegalStateException if another name takes them already
        public MagicsArgsBuilder varargs(String name) {
            if (varargs != null) throw new IllegalStateException("'" + varargs + "' takes all further words already");
            varargs = name;
            return this;
        }

        /// `--name value` or `--name=value`.
        public MagicsArgsBuilder keyword(String name, KeywordSpec spec, KeywordSpec... more) {
            keywords.put(name, EnumSet.of(spec, more));
            return this;
        }

        /// `--name value`, any number of times.
        public MagicsArgsBuilder keyword(String name) {
            return keyword(name, KeywordSpec.COLLECT);
        }

        /// `-s`, which stands for `--name=value`.
        public MagicsArgsBuilder flag(String name, char shortName, String value) {
            flagValues.put(name, value);
            return flag(name, shortName);
        }

        /// `-s`, which stands for `--name=`.
        public MagicsArgsBuilder flag(String name, char shortName) {
            flags.put(shortName, name);
            return keyword(name);
        }

        public MagicsArgsBuilder anyKeyword() {
            anyKeyword = true;
            return this;
        }

        public MagicsArgsBuilder onlyKnownKeywords() {
            anyKeyword = false;
            return this;
        }

        public MagicsArgsBuilder anyFlag() {
            anyFlag = true;
            return this;
        }

        public MagicsArgsBuilder onlyKnownFlags() {
            anyFlag = false;
            return this;
        }

        public MagicsArgs build() {
            return new MagicsArgs(this);
        }
    }

    /// The words by name: an empty list for what is known and not given.
    ///
    /// @throws MagicArgsParseException if a word is missing, unknown or one too many
    public Map<String, List<String>> parse(List<String> args) {
        var found = new LinkedHashMap<String, List<String>>();
        for (String name : required) found.put(name, new ArrayList<>());
        for (String name : optional) found.put(name, new ArrayList<>());
        if (varargs != null) found.put(varargs, new ArrayList<>());
        for (String name : keywords.keySet()) found.put(name, new ArrayList<>());
        int positions = 0;
        var rest = args.iterator();
        while (rest.hasNext()) {
            String arg = rest.next();
            Matcher keyword = KEYWORD.matcher(arg);
            Matcher letters = FLAGS.matcher(arg);
            if (keyword.matches()) {
                String name = keyword.group(1);
                if (!anyKeyword && !keywords.containsKey(name))
                    throw new MagicArgsParseException("Unknown keyword argument '" + name + "'.");
                String value = keyword.group(2);
                if (value == null && !rest.hasNext())
                    throw new MagicArgsParseException("'" + name + "' is given without a value.");
                put(found, name, value == null ? rest.next() : value);
            } else if (letters.matches()) {
                for (char letter : letters.group(1).toCharArray()) {
                    String name = flags.getOrDefault(letter, String.valueOf(letter));
                    if (!anyFlag && !flags.containsKey(letter))
                        throw new MagicArgsParseException("Unknown flag '-" + letter + "'.");
                    put(found, name, flagValues.getOrDefault(name, ""));
                }
            } else {
                found.computeIfAbsent(position(positions++), _ -> new ArrayList<>())
                        .add(arg);
            }
        }
        if (positions < required.size())
            throw new MagicArgsParseException(
                    "Missing required positional arguments: " + required.subList(positions, required.size()));
        return found;
    }

    private String position(int index) {
        if (index < required.size()) return required.get(index);
        if (index < required.size() + optional.size()) return optional.get(index - required.size());
        if (varargs == null) throw new MagicArgsParseException("Too many positional arguments; there are: " + this);
        return varargs;
    }

    private void put(Map<String, List<String>> found, String name, String value) {
        List<String> values = found.computeIfAbsent(name, _ -> new ArrayList<>());
        Set<KeywordSpec> spec = keywords.getOrDefault(name, Set.of(KeywordSpec.COLLECT));
        if (spec.contains(KeywordSpec.ONCE) && !values.isEmpty())
            throw new MagicArgsParseException("'" + name + "' may be given once only.");
        if (spec.contains(KeywordSpec.REPLACE)) values.clear();
        values.add(value);
    }

    @Override
    public String toString() {
        var words = new ArrayList<>(required);
        for (String name : optional) words.add("[" + name + "]");
        if (varargs != null) words.add(varargs + "...");
        flags.forEach((letter, _) -> words.add("-" + letter));
        for (String name : keywords.keySet()) if (!flags.containsValue(name)) words.add("--" + name);
        return String.join(" ", words);
    }
}
