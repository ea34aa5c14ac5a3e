package io.weft.kernel.display;

/// Text on its way into HTML.
public final class Html {
    private Html() {}

    /// The text with all characters replaced that mean something in HTML, inside elements and quoted attributes.
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
