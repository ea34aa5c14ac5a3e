package io.weft.kernel.assist;

import io.weft.kernel.assist.Analyst.Analysis;
import io.weft.kernel.assist.Candidates.Group;
import io.weft.kernel.assist.Completion.Match;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;

/// Completes the name in an import declaration. Used by one thread at a time.
///
/// @param analyst has read the classes of the JDK and the class path
/// @param index   knows their names
record ImportCompleter(Analyst analyst, TypeIndex index) {
    /// The tokens of the import declaration in which the text ends; none if it does not.
    static List<Token> declaration(List<Token> tokens) {
        List<Piece> pieces = Piece.cut(tokens);
        if (pieces.isEmpty()) return List.of();
        Piece last = pieces.getLast();
        return last.kind() == Piece.Kind.IMPORT && !last.whole() ? last.tokens() : List.of();
    }

    /// Completes a word.
    ///
    /// @param declaration the tokens before the word, from `import` on
    /// @param prefix      what of the word stands before the cursor
    List<Match> complete(Notebook notebook, List<Token> declaration, String prefix) {
        boolean isStatic = declaration.size() > 1 && declaration.get(1).is("static");
        boolean isModule = declaration.size() > 1 && declaration.get(1).is("module");
        String before = declaration.stream()
                .skip(isStatic || isModule ? 2 : 1)
                .map(Token::text)
                .collect(Collectors.joining());
        if (!before.isEmpty() && !before.endsWith(".")) return List.of();
        if (isModule) return modules(before, prefix);
        String qualifier = before.isEmpty() ? "" : before.substring(0, before.length() - 1);
        var found = new Candidates(prefix);
        if (qualifier.isEmpty()) {
            found.add("static", "keyword", "", Group.KEYWORD);
            found.add("module", "keyword", "", Group.KEYWORD);
        }
        for (String below : index.packagesBelow(qualifier))
            found.add(below, below + ".", "module", "package " + before + below, Group.OWN, false, false);
        Set<String> types = index.typesOf(qualifier);
        String source = "package REPL;\nimport " + qualifier + ".*; class " + Sketch.CLASS + " {}";
        return analyst.ask(notebook, source, _ -> false, analysis -> {
            for (String type : types) if (found.accepts(type)) type(analysis, before + type, isStatic, found);
            TypeElement outer = qualifier.isEmpty() ? null : analysis.elements().getTypeElement(qualifier);
            if (outer != null) members(analysis, outer, isStatic, found);
            return found.matches();
        });
    }

    private List<Match> modules(String before, String prefix) {
        var found = new Candidates(before + prefix);
        for (String module : index.modules()) {
            String rest = module.substring(Math.min(before.length(), module.length()));
            found.add(module, rest, "module", "module " + module, Group.OWN, false, false);
        }
        return found.matches();
    }

    private static void type(Analysis analysis, String qualified, boolean isStatic, Candidates found) {
        TypeElement element = analysis.elements().getTypeElement(qualified);
        if (element == null || !element.getModifiers().contains(Modifier.PUBLIC)) return;
        String name = element.getSimpleName().toString();
        String text = isStatic ? name + "." : name;
        boolean deprecated = analysis.elements().isDeprecated(element);
        found.add(name, text, "class", Signatures.declaration(element), Group.IMPORTED, false, deprecated);
    }

    private static void members(Analysis analysis, TypeElement outer, boolean isStatic, Candidates found) {
        for (Element member : analysis.elements().getAllMembers(outer)) {
            boolean offered = member instanceof TypeElement
                    || (isStatic && member.getModifiers().contains(Modifier.STATIC));
            if (!offered || !member.getModifiers().contains(Modifier.PUBLIC)) continue;
            String name = member.getSimpleName().toString();
            boolean deprecated = analysis.elements().isDeprecated(member);
            String signature = Offers.signature(member, member.asType());
            found.add(name, name, Offers.kind(member), signature, Group.OWN, false, deprecated);
        }
    }
}
