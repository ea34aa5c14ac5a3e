package io.weft.chart;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/// A chart's SVG, read back as the XML that it has to be.
record Picture(Element root) {
    static Picture of(Chart chart) {
        try {
            var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            builder.setErrorHandler(null);
            return new Picture(builder.parse(new InputSource(new StringReader(chart.toSvg())))
                    .getDocumentElement());
        } catch (Exception e) {
            throw new AssertionError("not well-formed: " + chart.toSvg(), e);
        }
    }

    List<Element> all(String tag) {
        var found = new ArrayList<Element>();
        var nodes = root.getElementsByTagName(tag);
        for (int i = 0; i < nodes.getLength(); i++) found.add((Element) nodes.item(i));
        return found;
    }

    /// The text of the picture's own title or description.
    String first(String tag) {
        return all(tag).getFirst().getTextContent();
    }

    List<String> texts() {
        return all("text").stream().map(Element::getTextContent).toList();
    }

    /// The shape that tells these words when it is pointed at.
    Element withTitle(String words) {
        return all("title").stream()
                .filter(title -> title.getTextContent().equals(words))
                .map(title -> (Element) title.getParentNode())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no shape says: " + words + "\n"
                        + all("title").stream().map(Element::getTextContent).toList()));
    }

    /// Whether an element is placed by one around it, such as the sample of a legend.
    boolean isInsideOther(Element element) {
        return !root.isSameNode(element.getParentNode());
    }

    List<String> ids() {
        var ids = new ArrayList<String>();
        for (Element element : all("*")) if (element.hasAttribute("id")) ids.add(element.getAttribute("id"));
        return ids;
    }
}
