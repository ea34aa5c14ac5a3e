package io.weft.kernel.display;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// Picture files as they stand on a disk or come over the network; told apart by their first bytes.
final class ImageFile {
    private ImageFile() {}

    static MimeBundle bundle(byte[] file) {
        String type = type(file);
        var metadata = new LinkedHashMap<String, Object>();
        String size = "";
        if (type.equals("image/png") && file.length >= 24) {
            var header = ByteBuffer.wrap(file, 16, 8);
            int width = header.getInt();
            int height = header.getInt();
            metadata.put(type, Map.of("width", width, "height", height));
            size = " %d × %d".formatted(width, height);
        }
        return new MimeBundle(
                Map.of(
                        type,
                        Base64.getEncoder().encodeToString(file),
                        MimeBundle.PLAIN,
                        "%s image%s"
                                .formatted(type.substring("image/".length()).toUpperCase(java.util.Locale.ROOT), size)),
                metadata);
    }

    private static String type(byte[] file) {
        String start = new String(file, 0, Math.min(file.length, 12), StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u0089PNG")) return "image/png";
        if (start.startsWith("\u00ff\u00d8\u00ff")) return "image/jpeg";
        if (start.startsWith("GIF8")) return "image/gif";
        if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "image/webp";
        throw new IllegalArgumentException("these " + file.length
                + " bytes are no PNG, JPEG, GIF or WebP file; an SVG file is text: svg(Files.readString(path))");
    }
}
