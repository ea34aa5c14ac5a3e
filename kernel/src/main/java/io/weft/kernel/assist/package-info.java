/// Answers about code that has not been run: completion, inspection, and whether it is whole.
@NullMarked
package io.weft.kernel.assist;

import org.jspecify.annotations.NullMarked;
