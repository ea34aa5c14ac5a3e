package io.weft.kernel.display;

import java.util.List;

/// Which representations of a value are asked for.
///
/// @param mimeTypes the MIME types, such as `text/html`; `image/*` stands for all of a kind and `*/*` for all.
///                  Empty where nobody asks for a certain one: a value then shows itself as it looks best.
public record Wanted(List<String> mimeTypes) {
    /// Nothing in particular.
    public static final Wanted ANYTHING = new Wanted(List.of());

    public Wanted {
        mimeTypes = List.copyOf(mimeTypes);
    }

    /// Whether it is left to the value how it shows itself.
    public boolean isAnything() {
        return mimeTypes.isEmpty();
    }

    /// Whether this MIME type is asked for by name or by a pattern; false where nothing in particular is asked for.
    public boolean names(String mimeType) {
        String kind = mimeType.substring(0, mimeType.indexOf('/') + 1);
        return mimeTypes.stream()
                .anyMatch(asked -> asked.equals(mimeType)
                        || asked.equals("*")
                        || asked.equals("*/*")
                        || (!kind.isEmpty() && (asked.equals(kind + "*") || kind.equals(asked + "/"))));
    }

    /// What of this is not in a bundle yet.
    Wanted without(MimeBundle bundle) {
        return new Wanted(mimeTypes.stream()
                .filter(type -> !bundle.data().containsKey(type))
                .toList());
    }
}
