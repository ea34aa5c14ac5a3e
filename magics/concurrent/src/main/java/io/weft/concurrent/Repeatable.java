package io.weft.concurrent;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/// A call that may be made again when its answer was lost, without another effect.
@Retention(RetentionPolicy.RUNTIME)
@interface Repeatable {}
