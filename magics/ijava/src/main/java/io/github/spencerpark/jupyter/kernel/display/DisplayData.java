package io.github.spencerpark.jupyter.kernel.display;

import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.weft.kernel.display.Displayable;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.display.Renderer;
import io.weft.kernel.display.Wanted;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The representations of one value, by MIME type, that a cell fills in and shows.
///
/// Not thread-safe: one thread at a time.
public class DisplayData implements Displayable {
    public static final String DISPLAY_ID_KEY = "display_id";
    public static final DisplayData EMPTY = new DisplayData();

    private static final String JSON = "application/json";

    private final Map<String, Object> data = new LinkedHashMap<>();
    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, Object> transients = new LinkedHashMap<>();

    public DisplayData() {}

    /// Starts with plain text.
    public DisplayData(String text) {
        data.put(MimeBundle.PLAIN, text);
    }

    /// Starts with what another one has.
    public DisplayData(DisplayData other) {
        data.putAll(other.data);
        metadata.putAll(other.metadata);
        transients.putAll(other.transients);
    }

    public static DisplayData emptyIfNull(@Nullable DisplayData bundle) {
        return bundle == null ? EMPTY : bundle;
    }

    public void putData(String mimeType, Object value) {
        data.put(mimeType, value);
    }

    public void putData(MIMEType type, Object value) {
        putData(type.toString(), value);
    }

    public void putData(MIMEType type, Object value, Object about) {
        putData(type, value);
        putMetaData(type, about);
    }

    public void putMetaData(String key, Object value) {
        metadata.put(key, value);
    }

    public void putMetaData(MIMEType type, Object value) {
        putMetaData(type.toString(), value);
    }

    public void putTransientData(String key, Object value) {
        transients.put(key, value);
    }

    public @Nullable Object getData(MIMEType type) {
        return data.get(type.toString());
    }

    public boolean hasDataForType(MIMEType type) {
        return data.containsKey(type.toString());
    }

    /// Takes over what another one has.
    public void assign(DisplayData other) {
        data.putAll(other.data);
        metadata.putAll(other.metadata);
        transients.putAll(other.transients);
    }

    /// Names the display that shows this.
    public DisplayData setDisplayId(String id) {
        putTransientData(DISPLAY_ID_KEY, id);
        return this;
    }

    public boolean hasDisplayId() {
        return transients.containsKey(DISPLAY_ID_KEY);
    }

    public @Nullable String getDisplayId() {
        Object id = transients.get(DISPLAY_ID_KEY);
        return id == null ? null : id.toString();
    }

    public void putText(String text) {
        putData(MimeBundle.PLAIN, text);
    }

    public void putHTML(String html) {
        putData(MimeBundle.HTML, html);
    }

    public void putLatex(String latex) {
        putData("text/latex", latex);
    }

    /// Puts one formula, without the dollar signs around it.
    public void putMath(String math) {
        putLatex("$$" + math + "$$");
    }

    public void putMarkdown(String markdown) {
        putData("text/markdown", markdown);
    }

    public void putJavaScript(String script) {
        putData("application/javascript", script);
    }

    public void putJSON(String json) {
        putData(JSON, json);
    }

    /// Puts JSON of which the tree is unfolded at first, or not.
    public void putJSON(String json, boolean expanded) {
        putJSON(json);
        putMetaData(JSON, Map.of("expanded", expanded));
    }

    public void putSVG(String svg) {
        putData("image/svg+xml", svg);
    }

    /// What the kernel shows of this.
    @Override
    public MimeBundle render(Wanted wanted, Renderer renderer) {
        var shown = new LinkedHashMap<>(data);
        if (shown.get(JSON) instanceof String json)
            shown.put(JSON, MimeBundle.json(json).data().getOrDefault(JSON, json));
        shown.replaceAll((type, value) -> value instanceof CharSequence text ? text.toString() : value);
        return new MimeBundle(shown, metadata);
    }

    @Override
    public String toString() {
        Object text = data.get(MimeBundle.PLAIN);
        return text == null ? "DisplayData" + data.keySet() : text.toString();
    }
}
