package io.weft.kernel.magic;

import io.weft.kernel.comm.Comms;
import io.weft.kernel.display.Displayable;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.display.Renderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The functions that every cell can call without an import.
///
/// All may be called from any thread; what a thread shows appears below the cell that started it.
/// Names and order of the parameters are those of the IJava and JJava kernels.
public class NotebookFunctions {
    /// For functions that hide some of these; see [MagicProvider#functions].
    protected NotebookFunctions() {}

    /// Shows a value below the cell and gives the id by which [#updateDisplay] can replace it.
    public static String display(@Nullable Object value) {
        return show(CellScope.require().renderer().render(value));
    }

    /// Shows a value as the given MIME types: text that is such a representation already is shown as it is.
    ///
    /// @param mimeTypes such as `text/html`
    public static String display(@Nullable Object value, String... mimeTypes) {
        return show(CellScope.require().renderer().render(value, List.of(mimeTypes)));
    }

    private static String show(MimeBundle bundle) {
        String id = UUID.randomUUID().toString();
        CellScope.require().output().display(bundle, id);
        return id;
    }

    /// What [#display] would show of a value.
    public static Displayable render(@Nullable Object value) {
        return CellScope.require().renderer().render(value);
    }

    /// What [#display] would show of a value as the given MIME types.
    public static Displayable render(@Nullable Object value, String... mimeTypes) {
        return CellScope.require().renderer().render(value, List.of(mimeTypes));
    }

    /// Replaces what every display with this id shows.
    public static void updateDisplay(String id, @Nullable Object value) {
        CellScope.require().output().update(CellScope.require().renderer().render(value), id);
    }

    /// Replaces what every display with this id shows, as the given MIME types.
    public static void updateDisplay(String id, @Nullable Object value, String... mimeTypes) {
        CellScope.require().output().update(CellScope.require().renderer().render(value, List.of(mimeTypes)), id);
    }

    /// Shows a value below the cell and gives a handle by which to show others in its place.
    public static DisplayHandle show(@Nullable Object value) {
        Cell cell = CellScope.require();
        return new DisplayHandle(display(value), cell.output(), cell.renderer());
    }

    /// The functions that show values by their type: `renderer().register(Circle.class, c -> svg(c.draw()))`.
    public static Renderer renderer() {
        return CellScope.require().renderer();
    }

    /// HTML, to be shown as it is: what comes from elsewhere is put into it by [io.weft.kernel.display.Html#escape].
    public static MimeBundle html(String html) {
        return MimeBundle.html(html);
    }

    /// A drawing in SVG.
    public static MimeBundle svg(String svg) {
        return MimeBundle.svg(svg);
    }

    /// Text in Markdown.
    public static MimeBundle markdown(String markdown) {
        return MimeBundle.markdown(markdown);
    }

    /// Text in LaTeX; mathematics in it stands between dollar signs.
    public static MimeBundle latex(String latex) {
        return MimeBundle.latex(latex);
    }

    /// One formula of LaTeX's mathematics, without dollar signs.
    public static MimeBundle math(String formula) {
        return MimeBundle.math(formula);
    }

    /// JSON text, or any value of maps, records, collections and arrays, as a tree that can be folded.
    public static MimeBundle json(@Nullable Object value) {
        return MimeBundle.json(value);
    }

    /// JavaScript for the front end to run.
    public static MimeBundle javascript(String script) {
        return MimeBundle.javascript(script);
    }

    /// The bytes of a PNG, JPEG, GIF or WebP file as a picture.
    public static MimeBundle image(byte[] file) {
        return MimeBundle.image(file);
    }

    /// The picture in a PNG, JPEG, GIF, WebP or SVG file.
    ///
    /// @throws IOException if it cannot be read
    public static MimeBundle image(Path file) throws IOException {
        boolean svg = file.toString().toLowerCase(Locale.ROOT).endsWith(".svg");
        return svg ? svg(Files.readString(file)) : image(Files.readAllBytes(file));
    }

    /// A table of a collection, an array or a map, whatever its elements are.
    public static MimeBundle table(Object value) {
        return MimeBundle.table(value);
    }

    /// Removes what the cell has shown so far.
    ///
    /// @param wait whether to keep it until there is new output, which avoids flicker
    public static void clearOutput(boolean wait) {
        CellScope.require().output().clear(wait);
    }

    /// Asks the reader for a line and waits for it.
    ///
    /// @throws IOException if the front end takes no input
    /// @throws InterruptedException if the cell is interrupted while it waits
    public static String readLine(String prompt) throws IOException, InterruptedException {
        return CellScope.require().input().readLine(prompt, false);
    }

    /// Asks the reader for a password: the front end does not show what is typed and does not save it.
    ///
    /// @throws IOException if the front end takes no input
    /// @throws InterruptedException if the cell is interrupted while it waits
    public static String readPassword(String prompt) throws IOException, InterruptedException {
        return CellScope.require().input().readLine(prompt, true);
    }

    /// The channels between the notebook and its front ends.
    public static Comms comms() {
        return CellScope.require().comms();
    }

    /// Runs code as if it stood in this cell, magics too, and gives the value of its last expression.
    public static @Nullable Object eval(String code) throws Exception {
        return CellScope.require().run(code, "eval");
    }

    /// Prints formatted text, like `System.out.printf`, and leaves no value to show.
    @SuppressWarnings("AnnotateFormatMethod") // its callers are cells, which Error Prone does not compile
    public static void printf(String format, @Nullable Object... arguments) {
        System.out.printf(format, arguments);
    }

    /// Runs a line magic: `lineMagic("pool", List.of("4"))` is `%pool 4`.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller names the type that the magic gives
    public static <T> @Nullable T lineMagic(String name, List<String> arguments) throws Exception {
        return (T) CellScope.require().lineMagic(name, arguments);
    }

    /// Runs a cell magic: the text after `%%name arguments` is its body.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller names the type that the magic gives
    public static <T> @Nullable T cellMagic(String name, List<String> arguments, String body) throws Exception {
        return (T) CellScope.require().cellMagic(name, arguments, body);
    }
}
