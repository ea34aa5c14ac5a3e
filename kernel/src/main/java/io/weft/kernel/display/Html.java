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

    /// The text of an HTML or SVG source without its tags, for those who cannot see it.
    static String textOf(String source) {
        return source.replaceAll("(?is)<(style|script)\\b.*?</\\1\\s*>", "")
                .replaceAll("(?s)<!--.*?-->", "")
                .replaceAll("(?i)<br\\b[^>]*>|</(p|div|tr|li|h[1-6]|table|pre|title|text)\\s*>", "\n")
                .replaceAll("(?i)</t[dh]\\s*>", "  ")
                .replaceAll("</?[a-zA-Z!][^>]*>", "")
                .replace("&nbsp;", " ")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&")
                .replaceAll("[ \t]+\n", "\n")
                .replaceAll("\n{2,}", "\n")
                .strip();
    }
}
