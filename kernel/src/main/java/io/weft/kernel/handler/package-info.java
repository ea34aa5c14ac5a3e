/// One class for each request of the Jupyter protocol.
@NullMarked
package io.weft.kernel.handler;

import org.jspecify.annotations.NullMarked;
