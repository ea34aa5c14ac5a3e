package io.weft.magics.notebook;

import io.weft.kernel.magic.MagicException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/// Finds files by patterns: `*` and `?` inside a name, `**` over folders, `[…]` and `{…}` as in a shell.
final class Globs {
    private Globs() {}

    /// The files and folders that a pattern names, in order of their names; empty where there is none. A file whose own
    /// name is the pattern is meant alone.
    ///
    /// @throws MagicException if the pattern is none, or a folder cannot be read
    static List<Path> matches(String magic, Surroundings surroundings, String pattern) {
        Path plain = surroundings.resolve(pattern);
        if (Files.exists(plain)) return List.of(plain);
        int wild = firstWild(pattern);
        if (wild == pattern.length()) return List.of();
        int slash = pattern.lastIndexOf('/', wild);
        Path start = surroundings.resolve(slash < 0 ? "" : slash == 0 ? "/" : pattern.substring(0, slash));
        String rest = pattern.substring(slash + 1);
        return Files.isDirectory(start) ? in(magic, start, rest) : List.of();
    }

    /// The files and folders in a folder that a pattern names, in order of their names.
    ///
    /// @param pattern relative to the folder
    /// @throws MagicException if the pattern is none, or a folder cannot be read
    static List<Path> in(String magic, Path folder, String pattern) {
        PathMatcher matcher = matcher(magic, pattern);
        int depth = pattern.contains("**")
                ? Integer.MAX_VALUE
                : (int) pattern.chars().filter(c -> c == '/').count() + 1;
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> matcher.matches(folder.relativize(file)))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException failure) {
            throw new MagicException("%s: the folder %s cannot be read: %s".formatted(magic, folder, failure), failure);
        }
    }

    private static PathMatcher matcher(String magic, String pattern) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException wrong) {
            throw new MagicException(
                    "%s: '%s' is no pattern: %s. Patterns are written as in a shell: *, ?, [abc], {one,other}, and ** over folders."
                            .formatted(magic, pattern, wrong.getDescription()),
                    wrong);
        }
    }

    private static int firstWild(String pattern) {
        for (int i = 0; i < pattern.length(); i++) if ("*?[{".indexOf(pattern.charAt(i)) >= 0) return i;
        return pattern.length();
    }
}
