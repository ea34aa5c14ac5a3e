package io.github.spencerpark.jupyter.kernel.magic.registry;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a method that is a magic of a line: [Magics#registerMagics] makes it known.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface LineMagic {
    /// The magic's name; empty for the method's.
    String value() default "";

    /// Further names.
    String[] aliases() default {};
}
