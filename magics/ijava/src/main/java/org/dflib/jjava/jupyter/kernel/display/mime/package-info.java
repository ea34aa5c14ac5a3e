/// MIME types, as notebooks and libraries of JJava see them.
@NullMarked
package org.dflib.jjava.jupyter.kernel.display.mime;

import org.jspecify.annotations.NullMarked;
