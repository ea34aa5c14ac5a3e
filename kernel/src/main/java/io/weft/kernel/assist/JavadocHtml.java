package io.weft.kernel.assist;

import com.sun.source.doctree.DeprecatedTree;
import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.IndexTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.RawTextTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.doctree.SeeTree;
import com.sun.source.doctree.SinceTree;
import com.sun.source.doctree.SnippetTree;
import com.sun.source.doctree.SummaryTree;
import com.sun.source.doctree.SystemPropertyTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.doctree.ThrowsTree;
import com.sun.source.doctree.UnknownBlockTagTree;
import com.sun.source.doctree.UnknownInlineTagTree;
import com.sun.source.doctree.ValueTree;
import io.weft.kernel.display.Html;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.safety.Safelist;
import org.jsoup.select.NodeTraversor;
import org.jsoup.select.NodeVisitor;

/// A documentation comment as HTML that can stand anywhere: no script, no link, no image, no tag of Javadoc's.
final class JavadocHtml {
    private JavadocHtml() {}

    /// Renders a comment, be it HTML or Markdown.
    static String of(DocCommentTree comment) {
        var html = new StringBuilder();
        var sections = new LinkedHashMap<String, List<String>>();
        for (DocTree tag : comment.getBlockTags()) {
            if (tag instanceof DeprecatedTree deprecated)
                html.append("<p><b>Deprecated.</b> ")
                        .append(inline(deprecated.getBody()))
                        .append("</p>");
            else block(tag, sections);
        }
        html.append(body(comment.getFullBody()));
        sections.forEach((title, entries) -> {
            html.append("<p><b>").append(title).append("</b></p><ul>");
            for (String entry : entries) html.append("<li>").append(entry).append("</li>");
            html.append("</ul>");
        });
        return clean(html.toString());
    }

    private static void block(DocTree tag, Map<String, List<String>> sections) {
        switch (tag) {
            case ParamTree param -> {
                String name = param.getName().toString();
                add(
                        sections,
                        "Parameters",
                        code(param.isTypeParameter() ? "<" + name + ">" : name) + ": "
                                + inline(param.getDescription()));
            }
            case ReturnTree returned -> add(sections, "Returns", inline(returned.getDescription()));
            case ThrowsTree thrown ->
                add(
                        sections,
                        "Throws",
                        code(thrown.getExceptionName().getSignature()) + ": " + inline(thrown.getDescription()));
            case SinceTree since -> add(sections, "Since", inline(since.getBody()));
            case SeeTree see -> add(sections, "See also", references(see.getReference()));
            case UnknownBlockTagTree unknown -> {
                String title = switch (unknown.getTagName()) {
                    case "apiNote" -> "Note";
                    case "implSpec", "implNote" -> "Implementation";
                    default -> "";
                };
                if (!title.isEmpty()) add(sections, title, inline(unknown.getContent()));
            }
            default -> {
                // authors and versions help nobody here
            }
        }
    }

    private static void add(Map<String, List<String>> sections, String title, String entry) {
        sections.computeIfAbsent(title, _ -> new ArrayList<>()).add(entry);
    }

    private static String references(List<? extends DocTree> parts) {
        var text = new StringJoiner(" ");
        for (DocTree part : parts)
            text.add(part.getKind() == DocTree.Kind.REFERENCE ? code(part.toString()) : inline(part));
        return text.toString();
    }

    private static String body(List<? extends DocTree> parts) {
        String html = inline(parts);
        return html.startsWith("<p>") ? html : "<p>" + html;
    }

    /// A stretch of a comment. What is Markdown in it goes through the Markdown parser together with the rest.
    private static String inline(List<? extends DocTree> parts) {
        var html = new StringBuilder();
        boolean markdown = false;
        for (DocTree part : parts) {
            markdown |= part instanceof RawTextTree;
            html.append(inline(part));
        }
        if (!markdown) return html.toString();
        String rendered = HtmlRenderer.builder()
                .build()
                .render(Parser.builder().build().parse(html.toString()))
                .strip();
        boolean oneParagraph =
                rendered.startsWith("<p>") && rendered.indexOf("<p>", 1) < 0 && rendered.endsWith("</p>");
        return oneParagraph ? rendered.substring(3, rendered.length() - 4) : rendered;
    }

    private static String inline(DocTree part) {
        return switch (part) {
            case RawTextTree markdown -> withoutReferences(markdown.getContent());
            case TextTree text -> Html.escape(text.getBody());
            case EntityTree entity -> entity.toString();
            case LiteralTree literal
            when literal.getKind() == DocTree.Kind.CODE ->
                code(literal.getBody().getBody());
            case LiteralTree literal -> Html.escape(literal.getBody().getBody());
            case LinkTree link -> {
                String label = inline(link.getLabel());
                String shown = label.isBlank()
                        ? Html.escape(reference(link.getReference().getSignature()))
                        : label;
                yield link.getKind() == DocTree.Kind.LINK_PLAIN ? shown : "<code>" + shown + "</code>";
            }
            case SnippetTree snippet ->
                snippet.getBody() == null
                        ? ""
                        : "<pre><code>" + Html.escape(unmarked(snippet.getBody().getBody())) + "</code></pre>";
            case ValueTree value ->
                value.getReference() == null ? "" : code(value.getReference().getSignature());
            case SystemPropertyTree property -> code(property.getPropertyName().toString());
            case IndexTree index -> inline(index.getSearchTerm());
            case SummaryTree summary -> inline(summary.getSummary());
            case ReturnTree returned -> "Returns " + inline(returned.getDescription()) + ".";
            case UnknownInlineTagTree unknown -> inline(unknown.getContent());
            default -> part.getKind() == DocTree.Kind.INHERIT_DOC ? "" : part.toString();
        };
    }

    private static String code(String code) {
        return "<code>" + Html.escape(code) + "</code>";
    }

    /// `Type#member` as it is read: `Type.member`.
    private static String reference(String signature) {
        String text = signature.startsWith("#") ? signature.substring(1) : signature.replace('#', '.');
        return text.substring(text.indexOf('/') + 1);
    }

    /// A snippet without the comments that mark it up.
    private static String unmarked(String snippet) {
        return snippet.replaceAll("(?m)\\s*// *@(?:highlight|replace|link|start|end)\\b.*$", "")
                .stripIndent()
                .strip();
    }

    /// Markdown in which references to Java, `[List#of]` and `[text][List]`, are code.
    private static String withoutReferences(String markdown) {
        return markdown.replaceAll("(?<![\\]`\\w])\\[([^\\]\\[`]+)]\\[[\\w.#(), \\[\\]]+?](?!\\()", "$1")
                .replaceAll("(?<![\\]`\\w])\\[#?([\\w.#]+(?:\\([\\w., ]*\\))?)](?![(\\[])", "`$1`");
    }

    /// Any HTML without what could do harm or lead elsewhere.
    static String clean(String html) {
        var output = new Document.OutputSettings().prettyPrint(false);
        return Jsoup.clean(html, "", Safelist.relaxed().removeTags("a", "img"), output);
    }

    /// HTML as plain text, with the lines that a reader expects.
    static String text(String html) {
        var text = new StringBuilder();
        Element body = Jsoup.parseBodyFragment(html).body();
        NodeTraversor.traverse(
                new NodeVisitor() {
                    private int preformatted;

                    @Override
                    public void head(Node node, int depth) {
                        if (node instanceof TextNode content)
                            text.append(
                                    preformatted > 0 ? content.getWholeText() : flowed(content.getWholeText(), text));
                        else if (node instanceof Element element) {
                            if (element.nameIs("pre")) preformatted++;
                            if (element.nameIs("li")) newLine(text, 1).append("  - ");
                            else if (element.isBlock() && !text.isEmpty())
                                newLine(text, element.nameIs("p") || element.nameIs("pre") ? 2 : 1);
                            if (element.nameIs("br")) text.append('\n');
                            if (element.nameIs("sup")) text.append('^');
                        }
                    }

                    @Override
                    public void tail(Node node, int depth) {
                        if (!(node instanceof Element element)) return;
                        if (element.nameIs("pre")) preformatted--;
                        if (element.isBlock() && !element.nameIs("li")) newLine(text, 1);
                    }
                },
                body);
        return text.toString()
                .replaceAll("[ \t]+\n", "\n")
                .replaceAll("\n{3,}", "\n\n")
                .strip();
    }

    private static String flowed(String content, StringBuilder before) {
        String flowed = content.replaceAll("\\s+", " ");
        boolean atStart = before.isEmpty() || Character.isWhitespace(before.charAt(before.length() - 1));
        return atStart ? flowed.stripLeading() : flowed;
    }

    private static StringBuilder newLine(StringBuilder text, int count) {
        int present = 0;
        while (present < text.length() && text.charAt(text.length() - 1 - present) == '\n') present++;
        if (!text.isEmpty()) for (int i = present; i < count; i++) text.append('\n');
        return text;
    }
}
