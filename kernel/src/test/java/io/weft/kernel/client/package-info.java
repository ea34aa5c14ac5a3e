/// A Jupyter client over real ZeroMQ sockets, for tests.
@NullMarked
package io.weft.kernel.client;

import org.jspecify.annotations.NullMarked;
