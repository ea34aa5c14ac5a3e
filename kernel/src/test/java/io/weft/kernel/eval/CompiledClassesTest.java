package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CompiledClassesTest {
    private final AtomicReference<@Nullable Set<String>> named = new AtomicReference<>();
    private final CompiledClasses classes = new CompiledClasses(named::get);

    private JavaFileObject compiled(String name, String... mentioned) {
        byte[] bytes = String.join("\0", mentioned).getBytes(StandardCharsets.ISO_8859_1);
        var file =
                new SimpleJavaFileObject(
                        URI.create("string:///" + name.replace('.', '/') + ".class"), JavaFileObject.Kind.CLASS) {
                    @Override
                    public InputStream openInputStream() {
                        return new ByteArrayInputStream(bytes);
                    }
                };
        classes.put(name, file);
        return file;
    }

    @Test
    void whatCodeCanNameIsThere_withWhatThatMentions_andTheClassesInside() {
        // given
        JavaFileObject one = compiled("REPL.$JShell$1", "(LREPL/$JShell$12B$Point;)V");
        JavaFileObject twelve = compiled("REPL.$JShell$12B");
        JavaFileObject point = compiled("REPL.$JShell$12B$Point", "REPL/$JShell$3_4C");
        JavaFileObject overloads = compiled("REPL.$JShell$3_4C", "REPL/$JShell$1", "REPL/$JShell$99");
        compiled("REPL.$JShell$12");
        compiled("REPL.$JShell$12BC$Other");
        compiled("REPL.$JShell$2", "REPL/$JShell$1");
        // when
        named.set(Set.of("REPL.$JShell$1"));
        // then
        assertThat(classes.values()).containsExactlyInAnyOrder(one, twelve, point, overloads);
    }

    @Test
    void allAreThereWhereAllCount() {
        JavaFileObject one = compiled("REPL.$JShell$1");
        JavaFileObject two = compiled("REPL.$JShell$2");
        assertThat(classes.values()).containsExactly(one, two);
    }
}
