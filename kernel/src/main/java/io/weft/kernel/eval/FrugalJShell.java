package io.weft.kernel.eval;

import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import jdk.jshell.JShell;
import jdk.jshell.SourceCodeAnalysis;

/// Keeps JShell from work that is of no use to a kernel. A JDK whose JShell is made otherwise goes on doing it.
final class FrugalJShell {
    private FrugalJShell() {}

    /// Lets the compiler of cells begin with a class path, in place of the whole one of the kernel.
    ///
    /// Cells cannot load most of that, so what compiled against it failed when it ran; and the compiler opens and
    /// searches each jar, at every start.
    ///
    /// @param classPath what [JShell#addToClasspath] adds to from now on; not empty, which would mean the working
    ///                  directory
    static void beginClassPath(JShell jshell, String classPath) {
        try {
            Object compilers = Internals.value(jshell, JShell.class, "taskFactory");
            Internals.field(compilers.getClass(), "classpath").set(compilers, classPath);
        } catch (ReflectiveOperationException | InaccessibleObjectException | IllegalArgumentException otherJdk) {
            // then cells see more than they can use
        }
    }

    /// Stops the search for the names of all classes there are, with which JShell would complete and inspect code.
    static void endIndexing(SourceCodeAnalysis analysis) {
        try {
            Method suspend = analysis.getClass().getDeclaredMethod("suspendIndexing");
            suspend.setAccessible(true);
            suspend.invoke(analysis);
        } catch (ReflectiveOperationException | InaccessibleObjectException otherJdk) {
            // then it uses a second of CPU in the background
        }
    }
}
