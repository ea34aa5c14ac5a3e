package io.weft.kernel.display;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Turns a value into what a front end can show, by the value's type.
///
/// A renderer that is registered for a type serves its subtypes too; the nearest one counts: the
/// class, then its superclasses, then interfaces. Without one, arrays show their elements and every
/// other value its `toString()`. Each bundle has a `text/plain`. Thread-safe.
public final class Renderer {
    private final Map<Class<?>, Function<Object, MimeBundle>> byType = new ConcurrentHashMap<>();

    /// Shows every value of a type with a function of one's own, instead of what was registered before.
    public <T> void register(Class<T> type, Function<? super T, MimeBundle> function) {
        byType.put(type, value -> function.apply(type.cast(value)));
    }

    /// What to show of a value.
    public MimeBundle render(@Nullable Object value) {
        if (value == null) return MimeBundle.text("null");
        if (value instanceof MimeBundle bundle) return bundle;
        return renderer(value.getClass())
                .map(function -> withPlainText(function.apply(value), value))
                .orElseGet(() -> MimeBundle.text(text(value)));
    }

    /// What to show of a value as the given MIME types: what [#render(Object)] knows for them, and
    /// for the others the value's own text, taken to be such a representation already.
    public MimeBundle render(@Nullable Object value, List<String> mimeTypes) {
        var bundle = render(value);
        var data = new LinkedHashMap<String, Object>();
        for (String mimeType : mimeTypes) data.put(mimeType, bundle.data().getOrDefault(mimeType, bundle.plainText()));
        data.putIfAbsent(MimeBundle.PLAIN, bundle.plainText());
        return new MimeBundle(data, bundle.metadata());
    }

    private static MimeBundle withPlainText(MimeBundle bundle, Object value) {
        return bundle.data().containsKey(MimeBundle.PLAIN) ? bundle : bundle.with(MimeBundle.PLAIN, text(value));
    }

    private Optional<Function<Object, MimeBundle>> renderer(Class<?> type) {
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            var own = byType.get(at);
            if (own != null) return Optional.of(own);
        }
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            var inherited = rendererOfInterfaces(at);
            if (inherited.isPresent()) return inherited;
        }
        return Optional.ofNullable(byType.get(Object.class));
    }

    private Optional<Function<Object, MimeBundle>> rendererOfInterfaces(Class<?> type) {
        for (Class<?> parent : type.getInterfaces()) {
            var own = byType.get(parent);
            if (own != null) return Optional.of(own);
            var inherited = rendererOfInterfaces(parent);
            if (inherited.isPresent()) return inherited;
        }
        return Optional.empty();
    }

    /// A value as plain text: an array as its elements, anything else by its `toString()`.
    public static String text(@Nullable Object value) {
        if (value == null || !value.getClass().isArray()) return String.valueOf(value);
        String inBrackets = Arrays.deepToString(new Object[] {value});
        return inBrackets.substring(1, inBrackets.length() - 1);
    }
}
