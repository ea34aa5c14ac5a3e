/// Runs cells with JShell: evaluation, completion, inspection, interrupts.
@NullMarked
package io.weft.kernel.eval;

import org.jspecify.annotations.NullMarked;
