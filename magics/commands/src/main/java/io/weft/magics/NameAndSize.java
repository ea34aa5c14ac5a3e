package io.weft.magics;

import io.weft.kernel.magic.MagicException;
import java.util.List;

/// The words `[NAME] [SIZE]` of a magic.
///
/// @param name the variable
/// @param size the number of workers; 0 where none is given
record NameAndSize(String name, int size) {
    static NameAndSize parse(String magic, List<String> words, String defaultName) {
        if (words.isEmpty()) return new NameAndSize(defaultName, 0);
        if (words.size() == 1)
            return isNumber(words.getFirst())
                    ? new NameAndSize(defaultName, size(magic, words.getFirst()))
                    : new NameAndSize(words.getFirst(), 0);
        if (words.size() > 2)
            throw new MagicException(
                    "%s: '%s' is one word too many; it takes a name and a size. %s --help shows how to call it."
                            .formatted(magic, words.get(2), magic));
        return new NameAndSize(words.getFirst(), size(magic, words.get(1)));
    }

    private static boolean isNumber(String word) {
        return word.matches("[-+]?\\d+");
    }

    private static int size(String magic, String word) {
        try {
            int size = Integer.parseInt(word);
            if (size >= 1 && size <= 10_000) return size;
        } catch (NumberFormatException notANumber) {
            // told below
        }
        throw new MagicException(
                "%s: '%s' is not a number of workers from 1 to 10000, such as %s 4".formatted(magic, word, magic));
    }
}
