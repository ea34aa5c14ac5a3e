/// Types of values that every kernel of Java shows.
@NullMarked
package io.github.spencerpark.jupyter.kernel.display.common;

import org.jspecify.annotations.NullMarked;
