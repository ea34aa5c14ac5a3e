package io.weft.kernel.eval;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Loads the classes of cells and of the notebook's class path.
///
/// It sees the JDK, the concurrency library and what the kernel offers to cells, but none of the
/// kernel's own libraries, so that a notebook can bring other versions of them. As a resource, the
/// class file of a cell's class is its portable form, which a worker JVM can load. Thread-safe.
final class NotebookLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    private final Map<String, byte[]> portable = new ConcurrentHashMap<>();
    private final Map<String, byte[]> guarded = new ConcurrentHashMap<>();

    /// @param packages the packages of the kernel's class path that cells may use
    NotebookLoader(List<String> packages) {
        super("notebook", new URL[0], new KernelOffer(NotebookLoader.class.getClassLoader(), packages));
        setPackageAssertionStatus("REPL", true); // an assertion in a cell is meant
    }

    /// Makes a class known under its binary name; it is defined when it is first used.
    void put(String name, byte[] guardedBytes, byte[] portableBytes) {
        guarded.put(name, guardedBytes);
        portable.put(resource(name), portableBytes);
    }

    /// The classes of cells by binary name.
    Map<String, byte[]> classes() {
        return Collections.unmodifiableMap(guarded);
    }

    /// Appends a jar or a folder to the class path.
    void addPath(Path path) {
        try {
            addURL(path.toUri().toURL());
        } catch (MalformedURLException impossible) {
            throw new IllegalArgumentException(path + " cannot be on a class path", impossible);
        }
    }

    /// The jars and folders of the notebook's class path.
    List<Path> paths() {
        var paths = new ArrayList<Path>();
        for (URL url : getURLs()) {
            try {
                paths.add(Path.of(url.toURI()));
            } catch (URISyntaxException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        return paths;
    }

    private static String resource(String name) {
        return name.replace('.', '/') + ".class";
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = guarded.get(name);
        return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        byte[] bytes = portable.get(name);
        return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
    }

    /// What cells see of the kernel's class path: the whole JDK, and the packages that are offered.
    private static final class KernelOffer extends ClassLoader {
        /// What [ClassRewriter] lets cells call.
        private static final Set<Class<?>> OF_REWRITTEN_CODE = Set.of(StopCheck.class, Waits.class, CellConsole.class);

        private final ClassLoader kernel;
        private final List<String> packages;

        KernelOffer(ClassLoader kernel, List<String> packages) {
            super("kernel-offer", ClassLoader.getPlatformClassLoader());
            this.kernel = kernel;
            this.packages = packages;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            Class<?> found = kernel.loadClass(name);
            boolean ofJdk = found.getModule().isNamed();
            if (ofJdk || OF_REWRITTEN_CODE.contains(found) || packages.contains(found.getPackageName())) return found;
            throw new ClassNotFoundException(name);
        }
    }
}
