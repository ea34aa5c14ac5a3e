/// The JJava kernel, as its notebooks see it.
@NullMarked
package org.dflib.jjava.kernel;

import org.jspecify.annotations.NullMarked;
