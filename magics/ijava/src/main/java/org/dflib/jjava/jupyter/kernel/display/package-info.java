/// What a cell can show, as notebooks and libraries of JJava see it.
@NullMarked
package org.dflib.jjava.jupyter.kernel.display;

import org.jspecify.annotations.NullMarked;
