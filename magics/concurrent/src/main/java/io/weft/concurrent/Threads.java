package io.weft.concurrent;

/// The library's own threads: they inherit nothing from the thread that happens to start them.
final class Threads {
    private static final ThreadGroup GROUP = new ThreadGroup(root(), "weft");

    private Threads() {}

    static Thread virtual(String name, Runnable body) {
        return Thread.ofVirtual()
                .name(name)
                .inheritInheritableThreadLocals(false)
                .start(body);
    }

    /// For reads that would pin a virtual thread, such as those from a pipe.
    static Thread platform(String name, Runnable body) {
        return Thread.ofPlatform()
                .group(GROUP)
                .name(name)
                .daemon(true)
                .inheritInheritableThreadLocals(false)
                .start(body);
    }

    private static ThreadGroup root() {
        var group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) group = group.getParent();
        return group;
    }
}
