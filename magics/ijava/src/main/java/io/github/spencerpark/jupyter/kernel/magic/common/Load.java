package io.github.spencerpark.jupyter.kernel.magic.common;

import io.weft.kernel.magic.CellScope;
import java.util.List;

/// `%load`, for notebooks that register it: the kernel's own.
public class Load {
    /// Runs source.
    @FunctionalInterface
    public interface Executor {
        void execute(String code) throws Exception;
    }

    /// @param extensions not used: the kernel's `%load` knows what files of Java are called
    /// @param executor   not used: the kernel runs what it loads
    public Load(List<String> extensions, Executor executor) {}

    /// Runs the cells of a notebook or the source in a file. It is no magic, so that registering this object leaves the
    /// kernel's `%load` in its place.
    public void load(List<String> args) throws Exception {
        CellScope.require().lineMagic("load", args);
    }
}
