package org.dflib.jjava.jupyter.kernel.display.mime;

import org.jspecify.annotations.Nullable;

/// A MIME type in its parts. Immutable.
public class MIMEType extends io.github.spencerpark.jupyter.kernel.display.mime.MIMEType {
    public static final MIMEType ANY = new MIMEType("*", null, "*", null);
    public static final MIMEType APPLICATION_XML = parse("application/xml");
    public static final MIMEType APPLICATION_JSON = parse("application/json");
    public static final MIMEType APPLICATION_JAVASCRIPT = parse("application/javascript");
    public static final MIMEType APPLICATION_PDF = parse("application/pdf");
    public static final MIMEType TEXT_HTML = parse("text/html");
    public static final MIMEType TEXT_MARKDOWN = parse("text/markdown");
    public static final MIMEType TEXT_LATEX = parse("text/latex");
    public static final MIMEType TEXT_PLAIN = parse("text/plain");
    public static final MIMEType TEXT_CSS = parse("text/css");
    public static final MIMEType IMAGE_PNG = parse("image/png");
    public static final MIMEType IMAGE_JPEG = parse("image/jpeg");
    public static final MIMEType IMAGE_GIF = parse("image/gif");
    public static final MIMEType IMAGE_SVG = parse("image/svg+xml");

    public MIMEType(String group, @Nullable String tree, @Nullable String subtype, @Nullable String suffix) {
        super(group, tree, subtype, suffix);
    }

    /// The type that a text names; `*` names all.
    ///
    /// @throws io.github.spencerpark.jupyter.kernel.display.mime.MIMETypeParseException if the text is no MIME type
    public static MIMEType parse(String raw) {
        return of(io.github.spencerpark.jupyter.kernel.display.mime.MIMEType.parse(raw));
    }

    /// The same type for callers of this package.
    public static MIMEType of(io.github.spencerpark.jupyter.kernel.display.mime.MIMEType type) {
        return type instanceof MIMEType same
                ? same
                : new MIMEType(type.getGroup(), type.getTree(), type.getSubtype(), type.getSuffix());
    }

    @Override
    public MIMEType withoutSuffix() {
        return of(super.withoutSuffix());
    }
}
