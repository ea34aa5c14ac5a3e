package io.github.spencerpark.jupyter.kernel.magic.common;

import io.github.spencerpark.jupyter.kernel.DisplayStream;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.Renderer;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.github.spencerpark.jupyter.kernel.magic.registry.CellMagic;
import io.github.spencerpark.jupyter.kernel.magic.registry.MagicsArgs;
import java.util.List;
import java.util.Map;

/// `%%html`, `%%markdown` and others, for notebooks that register them.
public class DisplayMagics {
    private static final MagicsArgs HTML = MagicsArgs.builder()
            .flag("isolated", 'i', "true")
            .onlyKnownFlags()
            .onlyKnownKeywords()
            .build();

    private final Renderer renderer;
    private final DisplayStream out;

    public DisplayMagics(Renderer renderer, DisplayStream out) {
        this.renderer = renderer;
        this.out = out;
    }

    @CellMagic
    public void html(List<String> args, String body) {
        boolean isolated = !HTML.parse(args).getOrDefault("isolated", List.of()).isEmpty();
        DisplayData data = renderer.renderAs(body, MIMEType.TEXT_HTML.toString());
        if (isolated) data.putMetaData(MIMEType.TEXT_HTML, Map.of("isolated", true));
        out.display(data);
    }

    @CellMagic
    public void markdown(List<String> args, String body) {
        show(MIMEType.TEXT_MARKDOWN, body);
    }

    @CellMagic
    public void svg(List<String> args, String body) {
        show(MIMEType.IMAGE_SVG, body);
    }

    @CellMagic
    public void latex(List<String> args, String body) {
        show(MIMEType.TEXT_LATEX, body);
    }

    @CellMagic(aliases = "js")
    public void javascript(List<String> args, String body) {
        show(MIMEType.APPLICATION_JAVASCRIPT, body);
    }

    private void show(MIMEType type, String body) {
        out.display(renderer.renderAs(body, type.toString()));
    }
}
