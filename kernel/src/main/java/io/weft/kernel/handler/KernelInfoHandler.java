package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.List;
import java.util.Map;

/// Answers `kernel_info_request`: what kernel this is.
///
/// @param version the kernel's version
record KernelInfoHandler(String version) implements Handler<Request.KernelInfo> {
    @Override
    public Reply handle(Request.KernelInfo request, Exchange exchange) {
        String java = Runtime.version().toString();
        Map<String, Object> language = Map.of(
                "name", "java",
                "version", java,
                "mimetype", "text/x-java",
                "file_extension", ".java",
                "pygments_lexer", "java",
                "codemirror_mode", "text/x-java",
                "nbconvert_exporter", "script");
        return new Reply.KernelInfo(
                "weft",
                version,
                language,
                "Weft %s, Java %s".formatted(version, java),
                List.of(
                        link(
                                "Java API",
                                "https://docs.oracle.com/en/java/javase/%d/docs/api/"
                                        .formatted(Runtime.version().feature())),
                        link(
                                "java.util.concurrent",
                                "https://docs.oracle.com/en/java/javase/%d/docs/api/java.base/java/util/concurrent/package-summary.html"
                                        .formatted(Runtime.version().feature()))),
                List.of("kernel subshells"));
    }

    private static Map<String, String> link(String text, String url) {
        return Map.of("text", text, "url", url);
    }
}
