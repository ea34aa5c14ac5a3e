package io.github.spencerpark.jupyter.kernel.display.common;

import io.github.spencerpark.jupyter.kernel.display.Renderer;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.weft.kernel.display.Html;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;

/// Shows URLs as links, or what they lead to with the parameter `embed`.
public final class Url {
    public static final String EMBED_KEY = "embed";

    private Url() {}

    public static void registerAll(Renderer renderer) {
        renderer.createRegistration(URL.class).preferring(MIMEType.TEXT_HTML).register((url, context) -> {
            if (context.getParameterAsBoolean(EMBED_KEY, false)) {
                try {
                    context.getOutputContainer()
                            .assign(context.getRenderer().render(url.getContent(), context.getParams()));
                } catch (IOException unreachable) {
                    throw new UncheckedIOException(url + " cannot be read", unreachable);
                }
            } else {
                String text = Html.escape(url.toExternalForm());
                context.renderIfRequested(MIMEType.TEXT_HTML, () -> "<a href=\"" + text + "\">" + text + "</a>");
            }
        });
    }
}
