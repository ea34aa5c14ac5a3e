package io.weft.kernel.display;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Turns a value into what a front end can show, by the value's type.
///
/// What a [Displayable] says of itself comes first, then the function that is registered for the nearest type: the
/// class, the interfaces that it names, theirs, then its superclass in the same way. Without one, images, and
/// collections of records or maps, have representations of their own, and everything else is plain text. Each bundle
/// has a `text/plain`. A function that throws does not hide the value: its plain text is shown, with the reason.
/// Thread-safe.
public final class Renderer {
    private final Map<Class<?>, RenderFunction<Object>> byType = new ConcurrentHashMap<>();

    /// Shows every value of a type, and of its subtypes, with a function of one's own, instead of what was registered
    /// for that type before.
    public <T> void register(Class<T> type, RenderFunction<? super T> function) {
        byType.put(type, (value, wanted) -> function.render(type.cast(value), wanted));
    }

    /// The same for a function that has one way only to show a value.
    public <T> void register(Class<T> type, Function<? super T, MimeBundle> function) {
        register(type, (value, _) -> function.apply(value));
    }

    /// What to show of a value.
    public MimeBundle render(@Nullable Object value) {
        if (value instanceof MimeBundle bundle) return withPlainText(bundle, bundle);
        return withPlainText(representations(value, Wanted.ANYTHING), value);
    }

    /// What to show of a value as the given MIME types, as far as it has such representations. Text is taken to be
    /// one of any kind already.
    public MimeBundle render(@Nullable Object value, List<String> mimeTypes) {
        var wanted = new Wanted(mimeTypes);
        MimeBundle all = value instanceof MimeBundle bundle ? bundle : representations(value, wanted);
        var data = new LinkedHashMap<String, Object>();
        all.data().forEach((type, content) -> {
            if (wanted.names(type) || type.equals(MimeBundle.PLAIN)) data.put(type, content);
        });
        return withPlainText(new MimeBundle(data, all.metadata()), value);
    }

    private MimeBundle representations(@Nullable Object value, Wanted wanted) {
        if (value == null) return MimeBundle.text("null");
        MimeBundle found = MimeBundle.EMPTY;
        for (RenderFunction<Object> function : functions(value)) {
            Wanted missing = wanted.without(found);
            if (!wanted.isAnything() && missing.isAnything()) break;
            try {
                found = function.render(value, missing).or(found);
            } catch (Exception | StackOverflowError | LinkageError | AssertionError thrown) {
                return MimeBundle.text(
                        text(value) + "\n(its renderer threw " + PlainText.className(thrown) + reason(thrown) + ")");
            }
            if (wanted.isAnything() && !found.data().isEmpty()) break;
        }
        return found;
    }

    private static String reason(Throwable thrown) {
        return thrown.getMessage() == null ? "" : ": " + thrown.getMessage();
    }

    private static MimeBundle withPlainText(MimeBundle bundle, @Nullable Object value) {
        return bundle.data().containsKey(MimeBundle.PLAIN) ? bundle : bundle.with(MimeBundle.PLAIN, text(value));
    }

    /// What can show a value, the nearest first.
    private List<RenderFunction<Object>> functions(Object value) {
        var functions = new ArrayList<RenderFunction<Object>>();
        if (value instanceof Displayable displayable) functions.add((_, wanted) -> displayable.render(wanted, this));
        if (!byType.isEmpty())
            for (Class<?> type : types(value.getClass())) {
                RenderFunction<Object> own = byType.get(type);
                if (own != null && type != Object.class) functions.add(own);
            }
        functions.add(KnownTypes::render);
        RenderFunction<Object> anything = byType.get(Object.class);
        if (anything != null) functions.add(anything);
        return functions;
    }

    private static Set<Class<?>> types(Class<?> type) {
        var types = new LinkedHashSet<Class<?>>();
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            types.add(at);
            var level = new ArrayList<Class<?>>(List.of(at.getInterfaces()));
            while (!level.isEmpty()) {
                types.addAll(level);
                var next = new ArrayList<Class<?>>();
                for (Class<?> parent : level) next.addAll(List.of(parent.getInterfaces()));
                level = next;
            }
        }
        return types;
    }

    /// A value as plain text: arrays, collections, maps, records and optionals as their elements, anything else by its
    /// `toString()`. What is too long is shortened and says so; a `toString()` that throws does too.
    public static String text(@Nullable Object value) {
        return PlainText.of(value);
    }
}
