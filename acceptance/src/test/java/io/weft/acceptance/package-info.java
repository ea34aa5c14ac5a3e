/// Weft as a person meets it: installed by `install.sh`, run by the real Jupyter stack, shown by a real browser.
@NullMarked
package io.weft.acceptance;

import org.jspecify.annotations.NullMarked;
