package io.weft.kernel.display;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One value in several representations, from which a front end picks the richest that it can show.
///
/// Keys are MIME types. A value is text, base64 text for binary types, or, for JSON types, a tree
/// of maps, lists, strings, numbers and booleans. Immutable.
///
/// @param data     the representations by MIME type; holds `text/plain` at the least
/// @param metadata what a front end should know about a representation, by MIME type
/// @see <a href="https://jupyter-client.readthedocs.io/en/stable/messaging.html#display-data">Jupyter messaging,
/// display_data</a>
public record MimeBundle(Map<String, Object> data, Map<String, Object> metadata) implements Displayable {
    public static final String PLAIN = "text/plain";
    public static final String HTML = "text/html";
    static final MimeBundle EMPTY = new MimeBundle(Map.of(), Map.of());

    public MimeBundle {
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    @Override
    public MimeBundle render(Wanted wanted, Renderer renderer) {
        return this;
    }

    /// A bundle of plain text only.
    public static MimeBundle text(String text) {
        return new MimeBundle(Map.of(PLAIN, text), Map.of());
    }

    /// A bundle of HTML with the plain text that stands for it where HTML cannot be shown.
    public static MimeBundle html(String html, String text) {
        return text(text).with(HTML, html);
    }

    /// HTML that is the reader's own; its plain text is what is left without the tags.
    public static MimeBundle html(String html) {
        return html(html, Html.textOf(html));
    }

    /// A drawing in SVG.
    public static MimeBundle svg(String svg) {
        String text = Html.textOf(svg);
        return text(text.isEmpty() ? "an SVG drawing" : text).with("image/svg+xml", svg);
    }

    /// Text in Markdown.
    public static MimeBundle markdown(String markdown) {
        return text(markdown).with("text/markdown", markdown);
    }

    /// Text in LaTeX; mathematics in it stands between dollar signs.
    public static MimeBundle latex(String latex) {
        return text(latex).with("text/latex", latex);
    }

    /// One formula of LaTeX's mathematics, without the dollar signs around it.
    public static MimeBundle math(String formula) {
        return text(formula).with("text/latex", "$$" + formula + "$$");
    }

    /// JSON: text that is JSON already, or a value of which maps, records, collections and arrays are written by their
    /// elements.
    ///
    /// @throws IllegalArgumentException if the value holds itself
    public static MimeBundle json(@Nullable Object value) {
        Object tree = value instanceof CharSequence text
                ? JsonTree.parseOr(text.toString(), text.toString())
                : JsonTree.of(value);
        var plain = text(JsonTree.text(tree));
        return tree == null ? plain : plain.with("application/json", tree);
    }

    /// JavaScript that a front end runs, if it trusts the notebook. Pages that are exported do without.
    public static MimeBundle javascript(String script) {
        return text(script).with("application/javascript", script);
    }

    /// The bytes of a PNG, JPEG, GIF or WebP file as a picture.
    ///
    /// @throws IllegalArgumentException if the bytes are none of these
    public static MimeBundle image(byte[] file) {
        return ImageFile.bundle(file);
    }

    /// A table of a collection, an array or a map. Records and maps in it are rows with a column for each component or
    /// key, lists and arrays rows with numbered columns, and anything else is a row of one column.
    ///
    /// @return the table, or the value's plain text where there is nothing to make rows of
    public static MimeBundle table(Object value) {
        MimeBundle plain = text(Renderer.text(value));
        return Table.ofAnything(value)
                .map(table -> plain.with(HTML, table.html()))
                .orElse(plain);
    }

    /// This bundle with one more representation, or with another one in its place.
    public MimeBundle with(String mimeType, Object value) {
        var more = new LinkedHashMap<>(data);
        more.put(mimeType, value);
        return new MimeBundle(more, metadata);
    }

    /// This bundle with what it has not, but another one has.
    MimeBundle or(MimeBundle other) {
        if (other.data.isEmpty()) return this;
        var all = new LinkedHashMap<>(other.data);
        all.putAll(data);
        var about = new LinkedHashMap<>(other.metadata);
        about.putAll(metadata);
        return new MimeBundle(all, about);
    }

    /// The plain text of this bundle; empty where it has none.
    public String plainText() {
        return String.valueOf(data.getOrDefault(PLAIN, ""));
    }
}
