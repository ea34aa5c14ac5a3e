package io.weft.kernel.assist;

import java.nio.file.Path;
import java.util.List;

/// What a new cell can refer to. Immutable.
///
/// @param version   another number after every change
/// @param imports   the import declarations that count in every cell, as source
/// @param declared  what the cells so far declared
/// @param classPath the jars and folders that cells see besides the JDK
/// @param options   options of the compiler, such as those that turn on preview features
public record Notebook(
        long version, List<String> imports, List<Declared> declared, List<Path> classPath, List<String> options) {
    public Notebook {
        imports = List.copyOf(imports);
        declared = List.copyOf(declared);
        classPath = List.copyOf(classPath);
        options = List.copyOf(options);
    }
}
