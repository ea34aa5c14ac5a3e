/// The five channels of a Jupyter kernel over JeroMQ, and the loop that answers requests.
@NullMarked
package io.weft.kernel.channel;

import org.jspecify.annotations.NullMarked;
