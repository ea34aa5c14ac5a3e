/// Comms: named channels over which the code of cells and of a front end send each other messages.
@NullMarked
package io.weft.kernel.comm;

import org.jspecify.annotations.NullMarked;
