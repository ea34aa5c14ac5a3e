package io.weft.kernel.assist;

import io.weft.kernel.assist.Candidates.Group;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Names of files and folders where a path is expected.
final class FileNames {
    /// A folder with more entries is listed in part.
    private static final int MAX_ENTRIES = 2_000;

    /// What takes a path as a string: methods by name with their type, and constructors.
    private static final Set<String> CALLS = Set.of("Path.of", "Paths.get");

    private static final Set<String> CONSTRUCTORS = Set.of(
            "File",
            "FileReader",
            "FileWriter",
            "FileInputStream",
            "FileOutputStream",
            "RandomAccessFile",
            "PrintWriter",
            "PrintStream",
            "ZipFile",
            "JarFile");

    private FileNames() {}

    /// A path that is being typed in a string.
    ///
    /// @param expected whether a path is expected there
    /// @param folder   what stands in the arguments before it, relative to the working folder
    record Place(boolean expected, Path folder) {}

    /// Looks at what stands before an open string.
    static Place before(List<Token> tokens) {
        Path folder = Path.of("");
        int at = tokens.size() - 1;
        while (at > 0 && tokens.get(at).is(",") && tokens.get(at - 1).kind() == Token.Kind.STRING) {
            String literal = tokens.get(at - 1).text();
            folder = path(literal.substring(1, Math.max(1, literal.length() - 1)))
                    .resolve(folder);
            at -= 2;
        }
        if (at < 1 || !tokens.get(at).is("(")) return new Place(false, folder);
        String name = tokens.get(at - 1).text();
        boolean call = at > 2
                && tokens.get(at - 2).is(".")
                && CALLS.contains(tokens.get(at - 3).text() + "." + name);
        boolean creation = CONSTRUCTORS.contains(name) && isCreated(tokens, at - 1);
        boolean resolve = at > 2 && tokens.get(at - 2).is(".") && name.equals("resolve");
        return new Place(call || creation || resolve, folder);
    }

    private static boolean isCreated(List<Token> tokens, int name) {
        int at = name;
        while (at > 1 && tokens.get(at - 1).is(".")) at -= 2;
        return at > 0 && tokens.get(at - 1).is("new");
    }

    /// Adds the entries of a folder that continue a path.
    ///
    /// @param typed what has been typed of the path
    /// @param found takes the entries' names, which continue what stands behind the last slash
    static void complete(Path folder, String typed, Candidates found) {
        int slash = typed.lastIndexOf('/');
        Path in = folder.resolve(path(typed.substring(0, slash + 1)));
        int count = 0;
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(in.toString().isEmpty() ? Path.of(".") : in)) {
            for (Path entry : entries) {
                if (++count > MAX_ENTRIES) break;
                String name = entry.getFileName().toString();
                boolean hidden = name.startsWith(".") && !found.prefix().startsWith(".");
                if (hidden || name.indexOf('\n') >= 0 || !name.startsWith(found.prefix())) continue;
                boolean isFolder = Files.isDirectory(entry);
                found.add(
                        name,
                        isFolder ? name + "/" : name,
                        "path",
                        "",
                        isFolder ? Group.LOCAL : Group.OWN,
                        false,
                        false);
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException _) {
            // there is no such folder, or nobody may list it
        }
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException _) {
            return Path.of("");
        }
    }
}
