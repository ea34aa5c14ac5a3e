/// The kernel's program: builds the objects and joins them; no other logic.
@NullMarked
package io.weft.kernel;

import org.jspecify.annotations.NullMarked;
