package io.weft.kernel.eval;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.util.List;

/// Whether this JVM runs with `--enable-preview`; cells may then use the preview features of its Java.
final class PreviewFeatures {
    static final String HOW_TO = "Preview features are off. ./install.sh --enable-preview switches them on: it puts"
            + " --enable-preview among the kernel's JVM options, in its kernel.json; then restart the kernel.";
    private static final ClassDesc PROBE = ClassDesc.of("io.weft.Probe");

    private PreviewFeatures() {}

    /// What the compiler of cells must be told for cells to have what this JVM has.
    static List<String> compilerOptions() {
        int release = Runtime.version().feature();
        // --release would do too, but takes seven times as long for each statement
        return enabled() ? List.of("--enable-preview", "--source", String.valueOf(release)) : List.of();
    }

    /// Asks the JVM in the one way that says so: it refuses classes that use preview features, or takes them.
    static boolean enabled() {
        byte[] probe = ClassFile.of()
                .build(
                        PROBE,
                        builder ->
                                builder.withVersion(ClassFile.latestMajorVersion(), ClassFile.PREVIEW_MINOR_VERSION));
        try {
            new Prober(probe);
            return true;
        } catch (UnsupportedClassVersionError refused) {
            return false;
        }
    }

    private static final class Prober extends ClassLoader {
        Prober(byte[] probe) {
            super(null);
            defineClass(null, probe, 0, probe.length);
        }
    }
}
