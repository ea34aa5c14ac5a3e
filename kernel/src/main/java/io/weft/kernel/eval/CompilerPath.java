package io.weft.kernel.eval;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import jdk.jshell.JShell;

/// Keeps the kernel's own libraries from the compiler of cells.
///
/// JShell's compiler begins with the whole class path of the kernel. Cells cannot load most of that, so what compiled
/// against it failed when it ran; and the compiler opens and searches each jar, at every start.
final class CompilerPath {
    private CompilerPath() {}

    /// Lets the compiler begin with a class path; a JDK whose JShell keeps it elsewhere goes on with its own.
    ///
    /// @param classPath what [JShell#addToClasspath] adds to from now on; not empty, which would mean the working
    ///                  directory
    static void begin(JShell jshell, String classPath) {
        try {
            Field factory = JShell.class.getDeclaredField("taskFactory");
            factory.setAccessible(true);
            Object compilers = factory.get(jshell);
            if (compilers == null) return;
            Field path = compilers.getClass().getDeclaredField("classpath");
            path.setAccessible(true);
            path.set(compilers, classPath);
        } catch (ReflectiveOperationException | InaccessibleObjectException | IllegalArgumentException otherJdk) {
            // then cells see more than they can use
        }
    }
}
