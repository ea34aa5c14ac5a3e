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

    @Command(description = "Show the cell as HTML.")
    static final class HtmlBody implements Callable<Object> {
        private final Cell cell;
        private final String body;

        @Option(names = "--isolated", description = "Show it in a frame of its own, out of reach of the page's styles.")
        boolean isolated;

        HtmlBody(Cell cell, String body) {
            this.cell = cell;
            this.body = body;
        }

        @Override
        public @Nullable Object call() {
            var shown = bundle(MimeBundle.HTML, body);
            cell.show(
                    isolated ? new MimeBundle(shown.data(), Map.of(MimeBundle.HTML, Map.of("isolated", true))) : shown);
            return null;
        }
    }

    @Command(description = "Show the cell as Markdown.")
    static final class Markdown implements Callable<Object> {
        private final Cell cell;
        private final String body;

        Markdown(Cell cell, String body) {
            this.cell = cell;
            this.body = body;
        }

        @Override
        public @Nullable Object call() {
            cell.show(bundle("text/markdown", body));
            return null;
        }
    }

    @Command(description = "Show the cell as an SVG picture.")
    static final class Svg implements Callable<Object> {
        private final Cell cell;
        private final String body;

        Svg(Cell cell, String body) {
            this.cell = cell;
            this.body = body;
        }

        @Override
        public @Nullable Object call() {
            // a page prefers HTML to SVG where both are there, and shows the same
            cell.show(bundle("image/svg+xml", body).with(MimeBundle.HTML, body));
            return null;
        }
    }

    @Command(description = "Show the cell as LaTeX.")
    static final class Latex implements Callable<Object> {
        private final Cell cell;
        private final String body;

        Latex(Cell cell, String body) {
            this.cell = cell;
            this.body = body;
        }

        @Override
        public @Nullable Object call() {
            cell.show(bundle("text/latex", body));
            return null;
        }
    }

    @Command(description = "Run the cell as JavaScript in the page, where the front end allows it.")
    static final class JavaScript implements Callable<Object> {
        private final Cell cell;
        private final String body;

        JavaScript(Cell cell, String body) {
            this.cell = cell;
            this.body = body;
        }

        @Override
        public @Nullable Object call() {
            cell.show(bundle("application/javascript", body));
            return null;
        }
    }
}
