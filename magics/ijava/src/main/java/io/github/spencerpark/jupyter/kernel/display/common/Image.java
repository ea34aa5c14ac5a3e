package io.github.spencerpark.jupyter.kernel.display.common;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.Renderer;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/// Shows the pictures that input streams hold; those in memory are shown anyway.
public final class Image {
    public static final MIMEType PNG = MIMEType.IMAGE_PNG;
    public static final MIMEType JPEG = MIMEType.IMAGE_JPEG;
    public static final MIMEType GIF = MIMEType.IMAGE_GIF;
    public static final MIMEType SVG = MIMEType.IMAGE_SVG;

    private Image() {}

    /// Registers input streams, which are read when they have something to read, and left alone when they are no
    /// picture.
    public static void registerAll(Renderer renderer) {
        renderer.createRegistration(InputStream.class)
                .preferring(PNG)
                .supporting(JPEG, GIF)
                .register((stream, context) -> {
                    DisplayData out = context.getOutputContainer();
                    for (MIMEType type : new MIMEType[] {PNG, JPEG, GIF}) {
                        if (!context.wantsDataRenderedAs(type)) continue;
                        Object image = read(stream);
                        if (image != null) out.assign(context.getRenderer().renderAs(image, type.toString()));
                        return;
                    }
                });
    }

    private static @Nullable Object read(InputStream stream) {
        try {
            return stream.available() == 0 ? null : ImageIO.read(stream);
        } catch (IOException broken) {
            throw new UncheckedIOException("the picture cannot be read", broken);
        }
    }
}
