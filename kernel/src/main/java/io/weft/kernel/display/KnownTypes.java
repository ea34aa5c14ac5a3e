package io.weft.kernel.display;

import java.util.LinkedHashMap;
import java.util.Map;

/// How values of the JDK's types are shown where no function is registered for them.
final class KnownTypes {
    /// How many elements the plain text beside a table shows.
    private static final int TWIN_ELEMENTS = 100;

    private KnownTypes() {}

    static MimeBundle render(Object value, Wanted wanted) {
        if (value instanceof CharSequence text) return ofText(text.toString(), wanted);
        if (isOfDesktop(value.getClass())) return Pictures.render(value, wanted);
        if (wanted.isAnything() || wanted.names(MimeBundle.HTML)) {
            var table = Table.ofRecordsOrMaps(value);
            if (table.isPresent())
                return MimeBundle.html(table.get().html(), PlainText.of(value, PlainText.MAX_CHARS, TWIN_ELEMENTS));
        }
        return MimeBundle.EMPTY;
    }

    /// Text is a representation of whatever kind its author says.
    private static MimeBundle ofText(String text, Wanted wanted) {
        var data = new LinkedHashMap<String, Object>();
        for (String type : wanted.mimeTypes()) {
            if (type.contains("*") || !type.contains("/") || type.equals(MimeBundle.PLAIN)) continue;
            data.put(type, JsonTree.isJson(type) ? JsonTree.parseOr(text, text) : text);
        }
        return new MimeBundle(data, Map.of());
    }

    /// Whether a type comes from AWT: asked by name, since most notebooks never load AWT.
    private static boolean isOfDesktop(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            if ("java.desktop".equals(at.getModule().getName())) return true;
            for (Class<?> parent : at.getInterfaces()) if (isOfDesktop(parent)) return true;
        }
        return false;
    }
}
