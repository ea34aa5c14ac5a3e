package io.weft.magics.notebook;

import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicProvider;
import java.util.ArrayList;
import java.util.List;

/// The magics that every notebook needs. One instance serves one session, whose state its magics share.
public final class NotebookMagics implements MagicProvider {
    private static final String STRINGS = "java.util.List<String>";

    private final Dependencies dependencies = new Dependencies();
    private final Surroundings surroundings = new Surroundings();

    @Override
    public List<Magic> magics() {
        var magics = new ArrayList<Magic>();
        addDependencies(magics);
        addTiming(magics);
        addRepresentations(magics);
        addShell(magics);
        addNotebook(magics);
        return List.copyOf(magics);
    }

    private static void add(List<Magic> magics, Magic magic, String... otherNames) {
        magics.add(magic);
        for (String name : otherNames) magics.add(magic.named(name));
    }

    private void addDependencies(List<Magic> magics) {
        add(
                magics,
                Magic.line("maven", STRINGS, cell -> new MavenMagic(cell, dependencies)),
                "addMavenDependencies",
                "addMavenDependency");
        add(magics, Magic.line("mavenRepo", "", cell -> new RepositoryMagic(cell, dependencies)), "addMavenRepo");
        add(
                magics,
                Magic.line(
                        "loadFromPOM",
                        STRINGS,
                        cell -> new LoadFromPomMagic.FromFile(cell, dependencies, surroundings)));
        add(magics, Magic.cell("loadFromPOM", (cell, body) -> new LoadFromPomMagic.FromBody(cell, body, dependencies)));
        add(
                magics,
                Magic.line("classpath", STRINGS, cell -> new ClassPathMagic.ClassPath(cell, surroundings))
                        .showing());
        add(
                magics,
                Magic.line("jars", STRINGS, cell -> new ClassPathMagic.Jars(cell, surroundings))
                        .showing());
    }

    private static void addTiming(List<Magic> magics) {
        add(magics, Magic.line("time", "", TimeMagic.Line::new).takingCode().showing());
        add(magics, Magic.cell("time", TimeMagic.Body::new).showing());
        add(magics, Magic.line("timeit", "", TimeitMagic.Line::new).takingCode());
        add(magics, Magic.cell("timeit", TimeitMagic.Body::new));
    }

    private static void addRepresentations(List<Magic> magics) {
        add(magics, Magic.cell("html", RepresentationMagic.HtmlBody::new));
        add(magics, Magic.cell("markdown", RepresentationMagic.Markdown::new));
        add(magics, Magic.cell("svg", RepresentationMagic.Svg::new));
        add(magics, Magic.cell("latex", RepresentationMagic.Latex::new));
        add(magics, Magic.cell("javascript", RepresentationMagic.JavaScript::new), "js");
    }

    private void addShell(List<Magic> magics) {
        add(
                magics,
                Magic.line("sh", "Integer", cell -> new ShellMagic.Line(cell, surroundings))
                        .takingCode());
        add(
                magics,
                Magic.line("sx", STRINGS, cell -> new ShellMagic.Lines(cell, surroundings))
                        .takingCode()
                        .showing());
        add(
                magics,
                Magic.cell("bash", (cell, body) -> new ShellMagic.Body(cell, body, "%%bash", "bash", surroundings)));
        add(magics, Magic.cell("sh", (cell, body) -> new ShellMagic.Body(cell, body, "%%sh", "sh", surroundings)));
        add(
                magics,
                Magic.line("env", "String", cell -> new EnvMagic(cell, surroundings))
                        .showing());
        add(magics, Magic.line("cd", "", cell -> new FolderMagic.Enter(cell, surroundings)));
        add(
                magics,
                Magic.line("pwd", "String", _ -> new FolderMagic.Show(surroundings))
                        .showing());
    }

    private void addNotebook(List<Magic> magics) {
        add(magics, Magic.line("load", "", cell -> new LoadMagic(cell, surroundings)));
        add(magics, Magic.cell("writefile", (cell, body) -> new WriteFileMagic(cell, body, surroundings)), "file");
        add(magics, Magic.line("who", "", WhoMagic.Names::new));
        add(magics, Magic.line("whos", "", WhoMagic.Details::new));
        add(magics, Magic.line("reset", "", ResetMagic::new));
        add(magics, Magic.line("jvm", "", JvmMagic::new));
    }
}
