package io.weft.ijava;

import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.display.Wanted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Which MIME types a function of a notebook is asked for.
public final class Requests {
    private Requests() {}

    /// What is asked for: the types that are wanted, or the preferred ones where nothing in particular is. Plain text
    /// always is.
    public static Wanted of(Wanted wanted, Collection<? extends MIMEType> preferred) {
        List<String> types =
                wanted.isAnything() ? preferred.stream().map(MIMEType::toString).toList() : wanted.mimeTypes();
        var all = new ArrayList<>(types);
        if (!all.contains(MimeBundle.PLAIN)) all.add(MimeBundle.PLAIN);
        return new Wanted(all);
    }

    /// Whether a function that supports some types has something to say to a request.
    public static boolean areServed(Wanted wanted, Collection<? extends MIMEType> supported) {
        if (wanted.isAnything()) return true;
        for (MIMEType type : supported) {
            if (type.isWildcard()
                    || wanted.names(type.toString())
                    || wanted.names(type.withoutSuffix().toString())) return true;
            String kind = type.getGroup() + "/";
            if (type.subtypeIsWildcard() && wanted.mimeTypes().stream().anyMatch(each -> each.startsWith(kind)))
                return true;
        }
        return false;
    }
}
