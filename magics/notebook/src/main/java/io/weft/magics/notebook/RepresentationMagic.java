package io.weft.magics.notebook;

import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `%%html`, `%%markdown` and others: show the cell's body as what it is. Plain text is the body itself.
final class RepresentationMagic {
    private RepresentationMagic() {}

    private static MimeBundle bundle(String mimeType, String body) {
        return MimeBundle.text(body).with(mimeType, body);
    }

    /// A body that is shown as it is.
    abstract static class Body implements Callable<Object> {
        private final Cell cell;
        private final MimeBundle shown;

        Body(Cell cell, MimeBundle shown) {
            this.cell = cell;
            this.shown = shown;
        }

        MimeBundle shown() {
            return shown;
        }

        @Override
        public @Nullable Object call() {
            cell.show(shown());
            return null;
        }
    }

    @Command(description = "Show the cell as HTML.")
    static final class HtmlBody extends Body {
        @Option(names = "--isolated", description = "Show it in a frame of its own, out of reach of the page's styles.")
        boolean isolated;

        HtmlBody(Cell cell, String body) {
            super(cell, bundle(MimeBundle.HTML, body));
        }

        @Override
        MimeBundle shown() {
            MimeBundle plain = super.shown();
            return isolated ? new MimeBundle(plain.data(), Map.of(MimeBundle.HTML, Map.of("isolated", true))) : plain;
        }
    }

    @Command(description = "Show the cell as Markdown.")
    static final class Markdown extends Body {
        Markdown(Cell cell, String body) {
            super(cell, bundle("text/markdown", body));
        }
    }

    @Command(description = "Show the cell as an SVG picture.")
    static final class Svg extends Body {
        Svg(Cell cell, String body) {
            // a page prefers HTML to SVG where both are there, and shows the same
            super(cell, bundle("image/svg+xml", body).with(MimeBundle.HTML, body));
        }
    }

    @Command(description = "Show the cell as LaTeX.")
    static final class Latex extends Body {
        Latex(Cell cell, String body) {
            super(cell, bundle("text/latex", body));
        }
    }

    @Command(description = "Run the cell as JavaScript in the page, where the front end allows it.")
    static final class JavaScript extends Body {
        JavaScript(Cell cell, String body) {
            super(cell, bundle("application/javascript", body));
        }
    }
}
