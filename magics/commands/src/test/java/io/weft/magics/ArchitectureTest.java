package io.weft.magics;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/// Which package may use which; ARCHITECTURE.md draws the same arrows.
class ArchitectureTest {
    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.weft");

    @Test
    void theLibraryStandsAlone() {
        classes()
                .that()
                .resideInAPackage("io.weft.concurrent..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "javax.net.ssl..", "org.jspecify..", "io.weft.concurrent..")
                .because("any Java program can use pools without the kernel")
                .check(CODE);
    }

    @Test
    void chartsKnowOnlyHowAValueIsShown() {
        classes()
                .that()
                .resideInAPackage("io.weft.chart..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.weft.chart..", "io.weft.kernel.display..")
                .because("a picture knows neither cells nor pools")
                .check(CODE);
    }

    @Test
    void magicsSeeTheLibraryAndWhatTheKernelOffersThem() {
        classes()
                .that()
                .resideInAPackage("io.weft.magics..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "jdk.jshell..",
                        "javax.lang.model..",
                        "org.jspecify..",
                        "picocli..",
                        "io.weft.magics..",
                        "io.weft.concurrent..",
                        "io.weft.chart..",
                        "com.sun.management..",
                        "tools.jackson.core..",
                        "io.weft.kernel.magic..",
                        "io.weft.kernel.display..",
                        "eu.maveniverse..",
                        "org.apache.maven.settings..",
                        "org.codehaus.plexus.util..",
                        "org.eclipse.aether..")
                .check(CODE);
    }

    /// Without one, the library for logging prints so to the terminal from which Jupyter was started.
    @Test
    void theLogOfLibrariesGoesNowhere() throws ClassNotFoundException {
        Class<?> provider = Class.forName("org.slf4j.spi.SLF4JServiceProvider");
        assertThat(ServiceLoader.load(provider).stream().map(each -> each.type().getName()))
                .containsExactly("org.slf4j.nop.NOPServiceProvider");
    }

    @Test
    void onlyOnePackageTouchesMaven_soThatItsClassesLoadWithItsFirstUse() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.weft.magics.notebook.maven..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("eu.maveniverse..", "org.eclipse.aether..", "org.apache.maven..")
                .check(CODE);
    }

    @Test
    void theMagicsOfNotebooksNeedNoLibraryForConcurrency() {
        noClasses()
                .that()
                .resideInAPackage("io.weft.magics.notebook..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.weft.concurrent..", "io.weft.magics")
                .check(CODE);
    }

    @Test
    void facadesOfOtherKernelsSeeWhatTheKernelOffersMagics() {
        noClasses()
                .that()
                .resideInAnyPackage("io.weft.ijava..", "io.github.spencerpark..", "org.dflib.jjava..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.weft.concurrent..",
                        "io.weft.magics..",
                        "io.weft.kernel.assist..",
                        "io.weft.kernel.eval..",
                        "io.weft.kernel.channel..",
                        "io.weft.kernel.handler..",
                        "io.weft.kernel.wire..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.weft.ijava", "io.github.spencerpark", "org.dflib.jjava"));
    }

    @Test
    void nothingOfTheKernelKnowsTheMagicsOrTheLibrary() {
        noClasses()
                .that()
                .resideInAPackage("io.weft.kernel..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.weft.magics..", "io.weft.concurrent..")
                .because("the kernel finds magics with ServiceLoader")
                .check(CODE);
    }

    @Test
    void theKernelsPackagesUseOneAnotherInOneDirection() {
        arrow("display", "display");
        arrow("wire", "wire");
        arrow("comm", "comm", "display");
        arrow("magic", "magic", "comm", "display");
        arrow("assist", "assist", "magic", "display");
        arrow("eval", "eval", "assist", "magic", "comm", "display");
        arrow("channel", "channel", "wire", "display");
        arrow("handler", "handler", "channel", "wire", "eval", "assist", "comm", "display");
        SlicesRuleDefinition.slices()
                .matching("io.weft.kernel.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CODE);
    }

    private static void arrow(String from, String... to) {
        String[] allowed = new String[to.length];
        for (int i = 0; i < to.length; i++) allowed[i] = "io.weft.kernel." + to[i] + "..";
        var outside = com.tngtech.archunit.base.DescribedPredicate.describe(
                "are other packages of ours",
                (com.tngtech.archunit.core.domain.JavaClass type) ->
                        type.getPackageName().startsWith("io.weft.")
                                && java.util.Arrays.stream(allowed)
                                        .noneMatch(each -> com.tngtech.archunit.core.domain.PackageMatcher.of(each)
                                                .matches(type.getPackageName())));
        noClasses()
                .that()
                .resideInAPackage("io.weft.kernel." + from + "..")
                .should()
                .dependOnClassesThat(outside)
                .check(CODE);
    }

    @Test
    void theMagicsAreFound() {
        assertThat(ServiceLoader.load(io.weft.kernel.magic.MagicProvider.class))
                .anyMatch(provider -> provider instanceof ConcurrencyMagics);
        assertThat(ServiceLoader.load(io.weft.concurrent.OutputRouter.class))
                .anyMatch(router -> router instanceof CellOutputRouter);
    }
}
