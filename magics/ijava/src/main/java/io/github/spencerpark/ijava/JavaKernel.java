package io.github.spencerpark.ijava;

import io.github.spencerpark.ijava.magics.MavenResolver;
import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.magic.registry.Magics;
import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.CellScope;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// The kernel of the notebook, which [IJava#getKernelInstance] gives.
///
/// All methods work for the cell of the calling thread and may be called from any thread.
public abstract class JavaKernel extends BaseKernel {
    private final Magics magics = new Magics();
    private final MavenResolver mavenResolver = new MavenResolver();

    /// Adds jars or folders to the class path of the notebook; one that does not exist is told below the cell.
    ///
    /// @param path one path, or several with the system's separator between them
    public void addToClasspath(String path) {
        var cell = CellScope.require();
        var found = new ArrayList<Path>();
        for (String entry : path.split(File.pathSeparator, -1)) {
            if (entry.isBlank()) continue;
            if (Files.exists(Path.of(entry))) found.add(Path.of(entry));
            else cell.output().stream(Stream.STDERR, entry + " does not exist; the class path stays without it.\n");
        }
        if (!found.isEmpty()) cell.notebook().addToClassPath(found);
    }

    public MavenResolver getMavenResolver() {
        return mavenResolver;
    }

    public Magics getMagics() {
        return magics;
    }

    /// Runs code as a cell would and gives the value of its last expression.
    ///
    /// @throws Exception what the code throws
    public @Nullable Object evalRaw(String code) throws Exception {
        return CellScope.require().run(code, "eval");
    }
}
