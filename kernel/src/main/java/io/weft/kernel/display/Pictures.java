package io.weft.kernel.display;

import java.awt.Image;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.swing.ImageIcon;
import org.jspecify.annotations.Nullable;

/// Images of AWT as PNG, JPEG or GIF.
final class Pictures {
    /// A larger image is shown smaller: front ends keep all images of a notebook in memory and in its file.
    private static final long MAX_PIXELS = 16_000_000;

    private Pictures() {}

    static MimeBundle render(Object value, Wanted wanted) {
        RenderedImage image = image(value);
        if (image == null) return MimeBundle.EMPTY;
        RenderedImage small = fitted(image);
        var data = new LinkedHashMap<String, Object>();
        var metadata = new LinkedHashMap<String, Object>();
        for (String format : List.of("png", "jpeg", "gif")) {
            String type = "image/" + format;
            if (wanted.isAnything() ? !format.equals("png") : !wanted.names(type)) continue;
            data.put(type, encoded(small, format));
            metadata.put(type, Map.of("width", small.getWidth(), "height", small.getHeight()));
        }
        String size = "%s %d × %d"
                .formatted(PlainText.className(value).replaceFirst(".*\\.", ""), image.getWidth(), image.getHeight());
        if (small.getWidth() != image.getWidth())
            size += ", shown as %d × %d".formatted(small.getWidth(), small.getHeight());
        data.put(MimeBundle.PLAIN, size);
        return new MimeBundle(data, metadata);
    }

    private static @Nullable RenderedImage image(Object value) {
        return switch (value) {
            case RenderedImage rendered -> rendered;
            case ImageIcon icon -> drawn(icon.getImage());
            case Image image -> drawn(image);
            default -> null;
        };
    }

    /// The pixels of an image that is perhaps still being loaded or scaled: waits until it is there.
    private static @Nullable BufferedImage drawn(Image image) {
        if (image instanceof BufferedImage buffered) return buffered;
        var loaded = new ImageIcon(image);
        if (loaded.getIconWidth() <= 0 || loaded.getIconHeight() <= 0) return null;
        var pixels = new BufferedImage(loaded.getIconWidth(), loaded.getIconHeight(), BufferedImage.TYPE_INT_ARGB);
        var graphics = pixels.createGraphics();
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        return pixels;
    }

    private static RenderedImage fitted(RenderedImage image) {
        long pixels = (long) image.getWidth() * image.getHeight();
        if (pixels <= MAX_PIXELS) return image;
        double scale = Math.sqrt((double) MAX_PIXELS / pixels);
        int width = Math.max(1, (int) (image.getWidth() * scale));
        int height = Math.max(1, (int) (image.getHeight() * scale));
        var small = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        var graphics = small.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawRenderedImage(image, java.awt.geom.AffineTransform.getScaleInstance(scale, scale));
        graphics.dispose();
        return small;
    }

    private static String encoded(RenderedImage image, String format) {
        var bytes = new ByteArrayOutputStream();
        try {
            // JPEG has no transparency
            RenderedImage opaque = format.equals("jpeg") ? opaque(image) : image;
            if (!ImageIO.write(opaque, format, bytes)) throw new IOException("no writer for this kind of image");
        } catch (IOException failed) {
            throw new UncheckedIOException("the image cannot be written as " + format, failed);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static RenderedImage opaque(RenderedImage image) {
        if (!image.getColorModel().hasAlpha()) return image;
        var pixels = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        var graphics = pixels.createGraphics();
        graphics.setColor(java.awt.Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.drawRenderedImage(image, new java.awt.geom.AffineTransform());
        graphics.dispose();
        return pixels;
    }
}
