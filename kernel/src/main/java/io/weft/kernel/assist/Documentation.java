package io.weft.kernel.assist;

import io.weft.kernel.display.Html;
import io.weft.kernel.display.MimeBundle;

/// Collects what an inspection shows, as HTML and as plain text.
final class Documentation {
    private static final String CODE = "<pre style=\"margin:0.3em 0;padding:0;background:none;color:inherit;"
            + "white-space:pre-wrap\"><code style=\"background:none;color:inherit\">";

    private final StringBuilder html = new StringBuilder();
    private final StringBuilder text = new StringBuilder();

    /// A text that is shown as it is.
    static MimeBundle preformatted(String text) {
        return new Documentation().code(text).bundle();
    }

    /// Adds Java or other text whose lines matter.
    Documentation code(String code) {
        html.append(CODE).append(Html.escape(code)).append("</code></pre>");
        return plain(code);
    }

    /// Adds a signature in which the parameter between `«` and `»` is the one at the cursor.
    Documentation signature(String signature) {
        html.append(CODE)
                .append(Html.escape(signature).replace("«", "<b><u>").replace("»", "</u></b>"))
                .append("</code></pre>");
        return plain(signature);
    }

    /// Adds a sentence.
    Documentation note(String sentence) {
        html.append("<p style=\"opacity:0.75\">").append(Html.escape(sentence)).append("</p>");
        return plain(sentence);
    }

    /// Adds HTML that has been cleaned.
    Documentation html(String clean) {
        html.append("<div>").append(clean).append("</div>");
        return plain(JavadocHtml.text(clean));
    }

    private Documentation plain(String more) {
        if (!text.isEmpty()) text.append('\n');
        text.append(more.stripTrailing()).append('\n');
        return this;
    }

    MimeBundle bundle() {
        return MimeBundle.html(
                "<div style=\"color:inherit\">" + html + "</div>",
                text.toString().stripTrailing());
    }
}
