package io.github.spencerpark.jupyter.kernel.magic.registry;

/// Arguments of a magic that do not fit.
public class MagicArgsParseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MagicArgsParseException(String message) {
        super(message);
    }
}
