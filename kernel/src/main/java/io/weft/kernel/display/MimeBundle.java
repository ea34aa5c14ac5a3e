package io.weft.kernel.display;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// One value in several representations, from which a front end picks the richest that it can show.
///
/// Keys are MIME types. A value is text, base64 text for binary types, or, for JSON types, a tree
/// of maps, lists, strings, numbers and booleans. Immutable.
///
/// @param data     the representations by MIME type; holds `text/plain` at the least
/// @param metadata what a front end should know about a representation, by MIME type
/// @see <a href="https://jupyter-client.readthedocs.io/en/stable/messaging.html#display-data">Jupyter messaging,
/// display_data</a>
public record MimeBundle(Map<String, Object> data, Map<String, Object> metadata) {
    public static final String PLAIN = "text/plain";
    public static final String HTML = "text/html";

    public MimeBundle {
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /// A bundle of plain text only.
    public static MimeBundle text(String text) {
        return new MimeBundle(Map.of(PLAIN, text), Map.of());
    }

    /// A bundle of HTML with the plain text that stands for it where HTML cannot be shown.
    public static MimeBundle html(String html, String text) {
        return text(text).with(HTML, html);
    }

    /// This bundle with one more representation, or with another one in its place.
    public MimeBundle with(String mimeType, Object value) {
        var more = new LinkedHashMap<>(data);
        more.put(mimeType, value);
        return new MimeBundle(more, metadata);
    }

    /// The plain text of this bundle; empty where it has none.
    public String plainText() {
        return String.valueOf(data.getOrDefault(PLAIN, ""));
    }
}
