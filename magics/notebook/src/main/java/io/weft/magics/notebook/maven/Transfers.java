package io.weft.magics.notebook.maven;

/// Hears of what is downloaded. Called from several threads.
public interface Transfers {
    /// A download begins.
    ///
    /// @param file       its name in the repository
    /// @param repository where it comes from
    /// @param bytes      its size; negative where unknown
    void began(String file, String repository, long bytes);

    /// More of a file has come.
    void progressed(String file, long bytes);

    /// A file is there.
    void succeeded(String file, String repository, long bytes);

    /// A file has not come.
    void failed(String file);

    /// Whether the downloads are to be given up.
    boolean cancelled();
}
