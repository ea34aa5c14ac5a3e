/// The IJava kernel, as its notebooks see it.
@NullMarked
package io.github.spencerpark.ijava;

import org.jspecify.annotations.NullMarked;
