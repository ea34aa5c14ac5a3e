/// Pools, queues, managers and locks over threads and worker JVMs, with Python's verbs and Java's types; a task's
/// code and the values it reads travel to a worker by themselves.
@NullMarked
package io.weft.concurrent;

import org.jspecify.annotations.NullMarked;
