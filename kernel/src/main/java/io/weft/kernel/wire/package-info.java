/// Jupyter's wire messages as records, and their signed form on a socket.
@NullMarked
package io.weft.kernel.wire;

import org.jspecify.annotations.NullMarked;
