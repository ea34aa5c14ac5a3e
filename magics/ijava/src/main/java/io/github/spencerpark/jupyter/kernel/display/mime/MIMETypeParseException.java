package io.github.spencerpark.jupyter.kernel.display.mime;

/// A text that is no MIME type.
public class MIMETypeParseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String source;

    public MIMETypeParseException(String source) {
        super("'" + source + "' is no MIME type; one looks like text/html or image/svg+xml");
        this.source = source;
    }

    /// The text.
    public String getSource() {
        return source;
    }
}
