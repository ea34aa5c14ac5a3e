package io.weft.kernel.assist;

import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.TreePath;
import io.weft.kernel.assist.Analyst.Analysis;
import io.weft.kernel.assist.Completion.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Completes a word of Java in a cell that is being typed. Used by one thread at a time.
final class JavaCompleter {
    private final Analyst analyst;
    private final TypeIndex index;
    private final UnaryOperator<String> magicTypes;

    JavaCompleter(Analyst analyst, TypeIndex index, UnaryOperator<String> magicTypes) {
        this.analyst = analyst;
        this.index = index;
        this.magicTypes = magicTypes;
    }

    /// Completes a word.
    ///
    /// @param before   the tokens before the word
    /// @param all      the tokens of the cell
    /// @param prefix   what of the word stands before the cursor
    /// @param nameOnly whether a method's bracket stands there already
    List<Match> complete(Notebook notebook, Tokens before, Tokens all, String prefix, boolean nameOnly) {
        index.use(notebook.classPath());
        List<Token> declaration = ImportCompleter.declaration(before.list());
        if (!declaration.isEmpty()) return new ImportCompleter(analyst, index).complete(notebook, declaration, prefix);
        var position = new Position(before);
        if (position.isInNumber()) return List.of();
        var found = new Candidates(prefix);
        boolean member = position.follows(".") || position.follows("::");
        return analyst.ask(
                notebook, sketch(notebook, before, all).source(), name -> !member && found.accepts(name), analysis -> {
                    TreePath at = analysis.find(Sketch.MARK);
                    var offers = new Offers(analysis, at, position, nameOnly, found);
                    if (at.getLeaf() instanceof MemberSelectTree select) {
                        var members = new MemberCompleter(analysis, at, index, offers, found);
                        if (position.follows("::")) members.references(select);
                        else members.members(select);
                    } else
                        new NameCompleter(
                                        notebook, imports(notebook, all), position, analysis, at, index, offers, found)
                                .complete();
                    return found.matches();
                });
    }

    /// The sketch, for which the compiler first finds the types of variables without a stated one, if needed.
    private Sketch sketch(Notebook notebook, Tokens before, Tokens all) {
        Sketch sketch = Sketch.ofPrefix(notebook, before, all, magicTypes, Map.of());
        if (sketch.inferred().isEmpty()) return sketch;
        List<Piece> pieces = Piece.cut(before.list());
        String statements = before.code().substring(0, pieces.getLast().start());
        Tokens earlier = new Tokens(
                statements,
                before.list().stream()
                        .filter(token -> token.end() <= statements.length())
                        .toList(),
                Tokens.Open.NOTHING,
                statements.length());
        String source = Sketch.ofPrefix(notebook, earlier, earlier, magicTypes, Map.of())
                .source();
        Map<String, String> types = analyst.ask(notebook, source, _ -> false, JavaCompleter::typesOfLocals);
        return Sketch.ofPrefix(notebook, before, all, magicTypes, types);
    }

    private static Map<String, String> typesOfLocals(Analysis analysis) {
        return new Scope(analysis, analysis.find(Sketch.MARK)).typesOfLocals();
    }

    private static Imports imports(Notebook notebook, Tokens all) {
        var declarations = new ArrayList<>(notebook.imports());
        for (Piece piece : Piece.cut(all.list()))
            if (piece.kind() == Piece.Kind.IMPORT) declarations.add(all.code().substring(piece.start(), piece.end()));
        return Imports.of(declarations);
    }
}
