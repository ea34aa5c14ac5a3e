/// A kernel, as notebooks and libraries of JJava see it.
@NullMarked
package org.dflib.jjava.jupyter.kernel;

import org.jspecify.annotations.NullMarked;
