/// What a cell can show, as notebooks of IJava see it.
@NullMarked
package io.github.spencerpark.jupyter.kernel.display;

import org.jspecify.annotations.NullMarked;
