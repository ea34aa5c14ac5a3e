package io.weft.magics.notebook.maven;

/// A Maven repository.
///
/// @param id  its name, under which settings.xml may hold its credentials or a mirror
/// @param url where it is
public record Repository(String id, String url) {}
