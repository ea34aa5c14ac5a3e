package io.github.spencerpark.jupyter.kernel.display.mime;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A MIME type in its parts, such as `image/svg+xml`. Immutable.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc6838#section-4.2">RFC 6838, section 4.2</a>
public class MIMEType {
    private static final String WILDCARD = "*";
    private static final String NAME = "[a-zA-Z0-9!#$&^_*-]";
    private static final Pattern FORM = Pattern.compile("(" + NAME + "[a-zA-Z0-9!#$&^_.+*-]*)(?:/(?:(" + NAME
            + "+)\\.)?([a-zA-Z0-9!#$&^_.*-][a-zA-Z0-9!#$&^_.+*-]*?)(?:\\+([^+]+))?)?");

    public static final MIMEType ANY = new MIMEType(WILDCARD, null, WILDCARD, null);
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

    private final String group;
    private final @Nullable String tree;
    private final @Nullable String subtype;
    private final @Nullable String suffix;

    public MIMEType(String group, @Nullable String tree, @Nullable String subtype, @Nullable String suffix) {
        this.group = group.toLowerCase(Locale.ROOT);
        this.tree = lower(tree);
        this.subtype = lower(subtype);
        this.suffix = lower(suffix);
    }

    private static @Nullable String lower(@Nullable String part) {
        return part == null ? null : part.toLowerCase(Locale.ROOT);
    }

    /// The type that a text names; `*` names all.
    ///
    /// @throws MIMETypeParseException if the text is no MIME type
    public static MIMEType parse(String raw) {
        if (raw.equals(WILDCARD)) return ANY;
        Matcher parts = FORM.matcher(raw);
        if (!parts.matches()) throw new MIMETypeParseException(raw);
        return new MIMEType(parts.group(1), parts.group(2), parts.group(3), parts.group(4));
    }

    public String getGroup() {
        return group;
    }

    public @Nullable String getTree() {
        return tree;
    }

    public @Nullable String getSubtype() {
        return subtype;
    }

    public @Nullable String getSuffix() {
        return suffix;
    }

    public boolean hasTree() {
        return tree != null;
    }

    public boolean hasSubtype() {
        return subtype != null;
    }

    public boolean hasSuffix() {
        return suffix != null;
    }

    public MIMEType withoutSuffix() {
        return hasSuffix() ? new MIMEType(group, tree, subtype, null) : this;
    }

    public boolean subtypeIsWildcard() {
        return WILDCARD.equals(subtype);
    }

    public boolean isWildcard() {
        return WILDCARD.equals(group);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MIMEType type && type.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        var text = new StringBuilder(group);
        if (subtype != null)
            text.append('/').append(tree == null ? "" : tree + ".").append(subtype);
        return suffix == null
                ? text.toString()
                : text.append('+').append(suffix).toString();
    }
}
