/// Magics that notebooks and libraries of JJava register.
@NullMarked
package org.dflib.jjava.jupyter.kernel.magic;

import org.jspecify.annotations.NullMarked;
