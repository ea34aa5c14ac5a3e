/// What libraries bring to a notebook of JJava.
@NullMarked
package org.dflib.jjava.jupyter;

import org.jspecify.annotations.NullMarked;
