/// Magics for what every notebook needs: dependencies, files, timing, the shell, and what the notebook holds.
@NullMarked
package io.weft.magics.notebook;

import org.jspecify.annotations.NullMarked;
