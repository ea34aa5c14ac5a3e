/// The resolver of dependencies, as notebooks of IJava see it.
@NullMarked
package io.github.spencerpark.ijava.magics;

import org.jspecify.annotations.NullMarked;
