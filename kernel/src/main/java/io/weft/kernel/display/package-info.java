/// What a cell can show: MIME bundles, the renderers that make them, and the output they go to.
@NullMarked
package io.weft.kernel.display;

import org.jspecify.annotations.NullMarked;
