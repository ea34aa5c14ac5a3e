package org.dflib.jjava.jupyter.kernel.magic;

import io.weft.ijava.ForeignMagic;
import io.weft.ijava.Kernels;
import io.weft.kernel.magic.CellScope;
import io.weft.kernel.magic.Magic;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.jspecify.annotations.Nullable;

/// The magics of the notebook. Thread-safe.
public class MagicsRegistry {
    /// Adds a line magic, in place of one of the same name.
    @SuppressWarnings("unchecked") // a magic that needs another kernel cannot be run by this one
    public MagicsRegistry registerLineMagic(String name, LineMagic<?, ?> magic) {
        var ours = (LineMagic<@Nullable Object, BaseKernel>) magic;
        CellScope.require()
                .notebook()
                .register(ForeignMagic.line(name, args -> ours.eval(Kernels.current(), args))
                        .showing());
        return this;
    }

    /// Adds a cell magic, in place of one of the same name.
    @SuppressWarnings("unchecked") // a magic that needs another kernel cannot be run by this one
    public MagicsRegistry registerCellMagic(String name, CellMagic<?, ?> magic) {
        var ours = (CellMagic<@Nullable Object, BaseKernel>) magic;
        CellScope.require()
                .notebook()
                .register(ForeignMagic.cell(name, (args, body) -> ours.eval(Kernels.current(), args, body))
                        .showing());
        return this;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller names the type that the magic gives
    public <T, K extends BaseKernel> @Nullable T evalLineMagic(K kernel, String name, List<String> args)
            throws Exception {
        return (T) CellScope.require().lineMagic(name, args);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller names the type that the magic gives
    public <T, K extends BaseKernel> @Nullable T evalCellMagic(K kernel, String name, List<String> args, String body)
            throws Exception {
        return (T) CellScope.require().cellMagic(name, args, body);
    }

    public Set<String> getLineMagicNames() {
        return names(Magic.Kind.LINE);
    }

    public Set<String> getCellMagicNames() {
        return names(Magic.Kind.CELL);
    }

    private static Set<String> names(Magic.Kind kind) {
        return CellScope.require().notebook().magics().stream()
                .filter(magic -> magic.kind() == kind)
                .map(Magic::name)
                .collect(Collectors.toUnmodifiableSet());
    }
}
