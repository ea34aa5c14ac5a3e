package io.weft.kernel.assist;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Set;

/// What the import declarations of the notebook and of a cell bring into scope.
///
/// @param packages    packages that are imported whole
/// @param types       single types, qualified
/// @param allStatics  types whose static members are imported
/// @param someStatics single static members, qualified
record Imports(Set<String> packages, Set<String> types, Set<String> allStatics, Set<String> someStatics) {
    private static final HashMap<String, Set<String>> EXPORTS = new HashMap<>();

    /// Reads declarations such as `import static java.lang.Math.*;`.
    static Imports of(Iterable<String> declarations) {
        var imports =
                new Imports(new HashSet<>(Set.of("java.lang")), new HashSet<>(), new HashSet<>(), new HashSet<>());
        declarations.forEach(imports::add);
        return imports;
    }

    private void add(String declaration) {
        String[] words = declaration.replace(";", " ").strip().split("\\s+", 3);
        if (words.length < 2 || !words[0].equals("import")) return;
        boolean isStatic = words[1].equals("static");
        String name = words[words.length - 1].replace(" ", "");
        if (words.length == 3 && words[1].equals("module")) packages.addAll(exports(name));
        else if (name.endsWith(".*")) (isStatic ? allStatics : packages).add(name.substring(0, name.length() - 2));
        else (isStatic ? someStatics : types).add(name);
    }

    /// Whether the simple name of a type is enough.
    boolean hasType(String qualified) {
        int dot = qualified.lastIndexOf('.');
        return dot < 0 || types.contains(qualified) || packages.contains(qualified.substring(0, dot));
    }

    private static Set<String> exports(String module) {
        synchronized (EXPORTS) {
            return EXPORTS.computeIfAbsent(module, Imports::findExports);
        }
    }

    private static Set<String> findExports(String module) {
        var found = new HashSet<String>();
        var seen = new HashSet<String>(Set.of(module));
        var open = new ArrayDeque<String>(seen);
        while (!open.isEmpty()) {
            ModuleFinder.ofSystem().find(open.remove()).ifPresent(reference -> {
                for (var export : reference.descriptor().exports())
                    if (!export.isQualified()) found.add(export.source());
                for (var required : reference.descriptor().requires())
                    if (required.modifiers().contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE)
                            && seen.add(required.name())) open.add(required.name());
            });
        }
        return found;
    }
}
