package io.weft.ijava;

import io.github.spencerpark.ijava.IJava;
import io.github.spencerpark.ijava.magics.MavenResolver;
import io.github.spencerpark.ijava.runtime.Display;
import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.common.Image;
import io.github.spencerpark.jupyter.kernel.display.common.Url;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.github.spencerpark.jupyter.kernel.magic.common.Shell;
import io.github.spencerpark.jupyter.kernel.magic.registry.MagicsArgs;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicProvider;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.EvalBuilder;
import org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry;
import org.dflib.jjava.kernel.JavaKernel;

/// Lets notebooks of the IJava and JJava kernels run unchanged: their types, their functions, their environment
/// variables, and the extensions of libraries.
public final class CompatibilityMagics implements MagicProvider {
    private final Settings settings;
    private final Set<String> installed = new HashSet<>();

    public CompatibilityMagics() {
        this(System.getenv());
    }

    /// @param environment the variables that say how a notebook starts
    public CompatibilityMagics(Map<String, String> environment) {
        settings = new Settings(environment);
    }

    @Override
    public List<Magic> magics() {
        return List.of();
    }

    @Override
    public Optional<Class<?>> functions() {
        return Optional.of(CompatibleFunctions.class);
    }

    @Override
    public List<Class<?>> offers() {
        return List.of(
                CompatibleFunctions.class,
                IJava.class,
                MavenResolver.class,
                Display.class,
                BaseKernel.class,
                DisplayData.class,
                Image.class,
                MIMEType.class,
                Shell.class,
                MagicsArgs.class,
                Extension.class,
                EvalBuilder.class,
                org.dflib.jjava.jupyter.kernel.display.DisplayData.class,
                org.dflib.jjava.jupyter.kernel.display.mime.MIMEType.class,
                MagicsRegistry.class,
                JavaKernel.class);
    }

    @Override
    public void begin(Cell cell) throws Exception {
        var renderer = Kernels.current().getRenderer();
        Image.registerAll(renderer);
        Url.registerAll(renderer);
        List<Path> classPath = settings.classPath();
        if (!classPath.isEmpty()) cell.notebook().addToClassPath(classPath);
        for (var script : settings.startupScripts().entrySet()) cell.run(script.getValue(), script.getKey());
    }

    /// Installs the extensions of libraries that have come to the class path.
    @Override
    public synchronized void classPathGrew(Cell cell, List<Path> added) {
        if (!settings.loadsExtensions()) return;
        for (var extension :
                ServiceLoader.load(Extension.class, Thread.currentThread().getContextClassLoader()).stream()
                        .toList())
            if (installed.add(extension.type().getName())) extension.get().install(Kernels.current());
    }
}
