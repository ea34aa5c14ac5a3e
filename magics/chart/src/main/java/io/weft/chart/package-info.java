/// Pictures of measurements for a notebook: bars with their spread, lines, and lanes of who ran when.
@NullMarked
package io.weft.chart;

import org.jspecify.annotations.NullMarked;
