package io.weft.ijava;

import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.display.Renderer;
import io.weft.kernel.display.Wanted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.RenderContext;

/// What a function of a notebook is asked for, and what it answers.
public final class Requests {
    private Requests() {}

    /// What a value that knows how it is shown answers.
    ///
    /// @param render puts the representations into the context's container
    public static MimeBundle answer(
            Wanted wanted,
            Renderer renderer,
            Collection<? extends MIMEType> supported,
            Collection<? extends MIMEType> preferred,
            Consumer<? super RenderContext> render) {
        var out = new DisplayData();
        if (areServed(wanted, supported))
            render.accept(
                    new RenderContext(of(wanted, preferred), Kernels.current().getRenderer(), Map.of(), out));
        return out.render(wanted, renderer);
    }

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
