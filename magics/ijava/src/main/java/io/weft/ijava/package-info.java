/// Joins what notebooks of the IJava and JJava kernels ask for with this kernel.
@NullMarked
package io.weft.ijava;

import org.jspecify.annotations.NullMarked;
