package io.weft.magics.notebook;

import io.weft.kernel.magic.MagicException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Finds files by patterns: `*` and `?` inside a name, `**` over folders, `[…]` and `{…}` as in a shell.
final class Globs {
    private Globs() {}

    /// The files and folders that a pattern names, in order of their names; empty where there is none.
    static List<Path> matches(String magic, Surroundings surroundings, String pattern) {
        int wild = firstWild(pattern);
        if (wild == pattern.length()) {
            Path plain = surroundings.resolve(pattern);
            return Files.exists(plain) ? List.of(plain) : List.of();
        }
        int slash = pattern.lastIndexOf('/', wild);
        Path start = surroundings.resolve(slash < 0 ? "" : slash == 0 ? "/" : pattern.substring(0, slash));
        String rest = pattern.substring(slash + 1);
        if (!Files.isDirectory(start)) return List.of();
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + rest);
        int depth = rest.contains("**")
                ? Integer.MAX_VALUE
                : (int) rest.chars().filter(c -> c == '/').count() + 1;
        try (Stream<Path> files = Files.walk(start, depth)) {
            return files.filter(file -> matcher.matches(start.relativize(file)))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new MagicException("%s: the folder %s cannot be read: %s".formatted(magic, start, failure), failure);
        }
    }

    private static int firstWild(String pattern) {
        for (int i = 0; i < pattern.length(); i++) if ("*?[{".indexOf(pattern.charAt(i)) >= 0) return i;
        return pattern.length();
    }
}
