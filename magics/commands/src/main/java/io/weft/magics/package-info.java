/// The notebook's magics for concurrency: thin commands over `io.weft.concurrent`.
@NullMarked
package io.weft.magics;

import org.jspecify.annotations.NullMarked;
