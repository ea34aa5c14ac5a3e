package org.dflib.jjava.jupyter.kernel.display;

import io.weft.kernel.display.MimeBundle;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.jspecify.annotations.Nullable;

/// The representations of one value, by MIME type, that a cell fills in and shows.
///
/// Not thread-safe: one thread at a time.
public class DisplayData extends io.github.spencerpark.jupyter.kernel.display.DisplayData {
    public static final DisplayData EMPTY = new DisplayData();

    public DisplayData() {}

    /// Starts with plain text.
    public DisplayData(String text) {
        super(text);
    }

    /// Starts with what another one has.
    public DisplayData(DisplayData other) {
        super(other);
    }

    /// Starts with the representations of a bundle.
    public static DisplayData of(MimeBundle bundle) {
        var data = new DisplayData();
        bundle.data().forEach(data::putData);
        bundle.metadata().forEach(data::putMetaData);
        return data;
    }

    public static DisplayData emptyIfNull(@Nullable DisplayData bundle) {
        return bundle == null ? EMPTY : bundle;
    }

    public void putData(MIMEType type, Object value) {
        putData(type.toString(), value);
    }

    public void putData(MIMEType type, Object value, Object about) {
        putData(type, value);
        putMetaData(type, about);
    }

    public void putMetaData(MIMEType type, Object value) {
        putMetaData(type.toString(), value);
    }

    public @Nullable Object getData(MIMEType type) {
        return super.getData(type);
    }

    public boolean hasDataForType(MIMEType type) {
        return super.hasDataForType(type);
    }

    /// Takes over what another one has.
    public void assign(DisplayData other) {
        super.assign(other);
    }

    @Override
    public DisplayData setDisplayId(String id) {
        super.setDisplayId(id);
        return this;
    }
}
