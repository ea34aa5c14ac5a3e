package io.weft.concurrent;

import java.io.Serializable;

/// A [Runnable] that can be sent to a worker JVM with the values it captures.
@FunctionalInterface
public interface Action extends Runnable, Serializable {}
