package io.weft.concurrent;

/// Where a JVM stands among nested pools of worker JVMs, so that a pool in a worker of a pool does not start more
/// JVMs than the machine can run.
///
/// @param pools the pools that this JVM works for, the outermost first
/// @param workers how many workers they have together, if each has as many as this one's
/// @param depth how many pools are around this JVM
record Crowd(String pools, int workers, int depth) {
    private static final int DEPTH = 3;
    private static final int PER_PROCESSOR = 4;
    private static volatile Crowd here = new Crowd("", 1, 0);

    /// In a worker JVM, before anything else.
    static void join(Crowd crowd) {
        here = crowd;
    }

    static Crowd here() {
        return here;
    }

    /// How many worker JVMs a pool of this JVM has if nobody says: the processors are shared among all workers.
    static int share() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / here.workers);
    }

    /// What the workers of a pool of this JVM are told.
    ///
    /// @throws IllegalStateException if there would be far more worker JVMs than processors
    static Crowd of(String pool, int size) {
        var outer = here;
        if (outer.depth == 0) return new Crowd(pool, size, 1);
        int processors = Runtime.getRuntime().availableProcessors();
        if (outer.depth >= DEPTH)
            throw new IllegalStateException(
                    "the pool '%s' cannot be opened here, in a worker of a pool in a worker of a pool (%s): each would open more without end. Use threads: Pool.ofThreads(n)."
                            .formatted(pool, outer.pools));
        long all = (long) outer.workers * size;
        if (size > 1 && all > (long) PER_PROCESSOR * processors)
            throw new IllegalStateException(
                    "the pool '%s' of %d worker JVMs cannot be opened here, in a worker of %s: if each of its %d workers does so, there are %d JVMs for %d processors. Leave the size out, which gives %d here, or use threads: Pool.ofThreads(%d)."
                            .formatted(pool, size, outer.pools, outer.workers, all, processors, share(), size));
        return new Crowd(outer.pools + " > " + pool, (int) Math.min(Integer.MAX_VALUE, all), outer.depth + 1);
    }
}
