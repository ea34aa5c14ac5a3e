/// Pools, queues, managers and locks over threads and worker JVMs, with Python's verbs and Java's types.
@NullMarked
package io.weft.concurrent;

import org.jspecify.annotations.NullMarked;
