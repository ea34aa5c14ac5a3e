/// What cells can do to a kernel in a process of its own, and what is left of it then.
@NullMarked
package io.weft.kernel.unkillable;

import org.jspecify.annotations.NullMarked;
