package io.weft.magics;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicProvider;
import io.weft.kernel.magic.MagicRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.OptionSpec;

/// The page about magics tells of every magic and of every option, and of none that there is not.
class MagicsPageTest {
    private static final Path PAGE = Path.of("../../docs/magics.md");
    private static final Pattern HEADING = Pattern.compile("`(%{1,2}\\w+)`");
    private static final Pattern OPTION = Pattern.compile("`(--?[a-zA-Z][\\w-]*)");

    private final MagicRegistry registry = registry();

    private static MagicRegistry registry() {
        return new MagicRegistry(ServiceLoader.load(MagicProvider.class).stream()
                .flatMap(provider -> provider.get().magics().stream())
                .toList());
    }

    static Stream<Magic> magics() {
        return registry().all().stream();
    }

    private static List<String> sections() throws IOException {
        return Arrays.stream(Files.readString(PAGE).split("(?m)^(?=### )|^## .*$"))
                .filter(section -> section.startsWith("### "))
                .toList();
    }

    private static List<String> names(String section) {
        String heading = section.lines().findFirst().orElse("");
        return HEADING.matcher(heading).results().map(result -> result.group(1)).toList();
    }

    @ParameterizedTest
    @MethodSource("magics")
    void everyMagic_hasItsSection_withEachOptionAndAnExample(Magic magic) throws IOException {
        String section = sections().stream()
                .filter(each -> names(each).contains(magic.fullName()))
                .findFirst()
                .orElse("");
        assertThat(section).as("section of " + magic.fullName()).isNotEmpty();
        var told =
                OPTION.matcher(section).results().map(result -> result.group(1)).toList();
        assertThat(told).containsAll(options(magic));
        assertThat(section.substring(section.indexOf("```")))
                .contains(names(section).stream()
                        .filter(name -> section.indexOf(name, section.indexOf("```")) > 0)
                        .findFirst()
                        .orElse("an example of " + magic.fullName()));
    }

    static Stream<String> told() throws IOException {
        return sections().stream();
    }

    @ParameterizedTest
    @MethodSource("told")
    void everySection_isOfMagicsThatThereAre_withOptionsThatTheyHave(String section) {
        for (String name : names(section)) {
            Magic magic = registry.all().stream()
                    .filter(each -> each.fullName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no magic " + name));
            assertThat(options(magic))
                    .as(name)
                    .containsAll(OPTION.matcher(section)
                            .results()
                            .map(MagicsPageTest::first)
                            .toList());
        }
    }

    private static String first(MatchResult result) {
        return result.group(1);
    }

    private List<String> options(Magic magic) {
        return registry.model(magic).options().stream()
                .filter(option -> !option.usageHelp())
                .map(OptionSpec::names)
                .flatMap(Arrays::stream)
                .toList();
    }
}
