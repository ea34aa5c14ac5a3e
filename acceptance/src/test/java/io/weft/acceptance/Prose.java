package io.weft.acceptance;

import java.util.ArrayList;
import java.util.List;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/// What a text in Markdown says, where its headings are, and where its links lead.
///
/// @param words    the text without code, markup and addresses
/// @param headings in order
/// @param links    the destinations of links and images, in order
record Prose(String words, List<Title> headings, List<String> links) {
    /// A heading, with the code in it.
    record Title(int level, String text) {
        /// The part of an address that leads to the heading, as Jupyter and GitHub make it of its text.
        boolean isAt(String anchor) {
            String jupyters = text.replace(' ', '-');
            String githubs = text.toLowerCase(java.util.Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
            return anchor.equals(jupyters) || anchor.equals(githubs);
        }
    }

    static Prose of(List<String> markdown) {
        var words = new StringBuilder();
        var headings = new ArrayList<Title>();
        var links = new ArrayList<String>();
        var visitor = new AbstractVisitor() {
            @Override
            public void visit(Text text) {
                words.append(text.getLiteral());
            }

            @Override
            public void visit(Code code) {
                words.append(' ');
            }

            @Override
            public void visit(SoftLineBreak end) {
                words.append('\n');
            }

            @Override
            public void visit(HardLineBreak end) {
                words.append('\n');
            }

            @Override
            public void visit(Paragraph paragraph) {
                visitChildren(paragraph);
                words.append('\n');
            }

            @Override
            public void visit(Heading heading) {
                headings.add(new Title(heading.getLevel(), text(heading)));
                visitChildren(heading);
                words.append('\n');
            }

            @Override
            public void visit(Link link) {
                links.add(link.getDestination());
                visitChildren(link);
            }

            @Override
            public void visit(Image image) {
                links.add(image.getDestination());
                visitChildren(image);
            }
        };
        Parser parser = Parser.builder().build();
        for (String text : markdown) {
            parser.parse(text).accept(visitor);
        }
        return new Prose(words.toString(), headings, links);
    }

    private static String text(Node node) {
        var text = new StringBuilder();
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Text part) {
                text.append(part.getLiteral());
            }

            @Override
            public void visit(Code part) {
                text.append(part.getLiteral());
            }
        });
        return text.toString();
    }
}
