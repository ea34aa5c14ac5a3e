/// Finds jars in Maven repositories; the only package that touches Maven's classes, which load with its first use.
@NullMarked
package io.weft.magics.notebook.maven;

import org.jspecify.annotations.NullMarked;
