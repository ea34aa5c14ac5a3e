/// What a magic sees of the kernel: the running cell, its variables and its output.
@NullMarked
package io.weft.kernel.magic;

import org.jspecify.annotations.NullMarked;
