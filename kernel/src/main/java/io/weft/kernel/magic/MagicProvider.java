package io.weft.kernel.magic;

import java.util.List;

/// What a jar brings to every notebook. The kernel finds providers with [java.util.ServiceLoader].
public interface MagicProvider {
    /// The magics that it adds.
    List<Magic> magics();

    /// Import declarations that every notebook starts with, such as `import io.weft.concurrent.*;`.
    default List<String> imports() {
        return List.of();
    }

    /// One class of each package that cells may use; the compiler of cells sees the jar that holds it.
    default List<Class<?>> offers() {
        return List.of();
    }
}
