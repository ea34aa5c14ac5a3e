package io.weft.magics.notebook.maven;

import io.weft.kernel.magic.MagicException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Names one artifact in a Maven repository.
///
/// @param group      the group id
/// @param artifact   the artifact id
/// @param type       the file's extension, mostly `jar`
/// @param classifier tells apart files of one artifact; mostly empty
/// @param version    a version or a range; empty where a BOM gives it
public record Coordinates(String group, String artifact, String type, String classifier, String version) {
    private static final Pattern IVY = Pattern.compile("([^#;:]+)#([^#;:]+);([^#;:]+)");

    /// Reads `G:A:V`, `G:A:TYPE:V`, `G:A:TYPE:CLASSIFIER:V`, Gradle's `G:A:V:CLASSIFIER`, `G:A` where a BOM
    /// gives the version, each with an optional `@TYPE`; or Ivy's `G#A;V`.
    ///
    /// @throws MagicException if the text is none of them
    public static Coordinates parse(String magic, String text) {
        Matcher ivy = IVY.matcher(text);
        if (ivy.matches()) {
            String version = ivy.group(3).startsWith("latest.") ? "LATEST" : ivy.group(3);
            return new Coordinates(ivy.group(1), ivy.group(2), "jar", "", version);
        }
        int at = text.lastIndexOf('@');
        String suffix = at < 0 ? "" : text.substring(at + 1);
        String type = suffix.isEmpty() || suffix.equals("fatjar") ? "jar" : suffix;
        String[] parts = (at < 0 ? text : text.substring(0, at)).split(":", -1);
        for (String part : parts) if (part.isBlank() || part.contains(" ")) throw malformed(magic, text);
        return switch (parts.length) {
            case 2 -> new Coordinates(parts[0], parts[1], type, "", "");
            case 3 -> new Coordinates(parts[0], parts[1], type, "", parts[2]);
            case 4 ->
                Character.isDigit(parts[2].charAt(0))
                        ? new Coordinates(parts[0], parts[1], type, parts[3], parts[2])
                        : new Coordinates(parts[0], parts[1], parts[2], "", parts[3]);
            case 5 -> new Coordinates(parts[0], parts[1], parts[2], parts[3], parts[4]);
            default -> throw malformed(magic, text);
        };
    }

    private static MagicException malformed(String magic, String text) {
        return new MagicException(
                "%s: '%s' does not name an artifact. Write GROUP:ARTIFACT:VERSION, such as org.apache.commons:commons-lang3:3.18.0, or GROUP:ARTIFACT:TYPE:CLASSIFIER:VERSION."
                        .formatted(magic, text));
    }

    @Override
    public String toString() {
        return group + ":" + artifact + (type.equals("jar") && classifier.isEmpty() ? "" : ":" + type)
                + (classifier.isEmpty() ? "" : ":" + classifier)
                + (version.isEmpty() ? "" : ":" + version);
    }
}
