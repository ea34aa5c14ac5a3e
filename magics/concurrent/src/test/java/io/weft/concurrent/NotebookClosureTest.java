package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What is defined in the cells of a notebook runs in a worker JVM.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotebookClosureTest {
    private final Notebook notebook = new Notebook();

    @BeforeAll
    void openPool() {
        notebook.eval("var pool = Pool.of(2);");
    }

    @AfterAll
    void closePool() {
        notebook.eval("pool.terminate();");
        notebook.close();
    }

    @Test
    void aLambdaReadsAVariable_withTheValueItHasNow() {
        notebook.eval("int offset = 100;");
        assertThat(notebook.eval("pool.map(n -> n + offset, range(3))")).isEqualTo("[100, 101, 102]");

        notebook.eval("offset = 200;");

        assertThat(notebook.eval("pool.map(n -> n + offset, range(3))")).isEqualTo("[200, 201, 202]");
    }

    @Test
    void methodsCallMethods_andReadVariables() {
        notebook.eval(
                "int factor = 7; int scaled(int n) { return n * factor; } int twice(int n) { return 2 * scaled(n); }");

        assertThat(notebook.eval("pool.map(n -> twice(n), range(3))")).isEqualTo("[0, 14, 28]");
    }

    @Test
    void aRecursiveMethodRuns() {
        notebook.eval("long fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }");

        assertThat(notebook.eval("pool.map(n -> fib(n), range(10))")).isEqualTo("[0, 1, 1, 2, 3, 5, 8, 13, 21, 34]");
    }

    @Test
    void eachWorkerKeepsAValueOfItsOwn_fromCallToCall() {
        notebook.eval(
                "int first = 5; var made = WorkerLocal.withInitial(() -> new ArrayList<Integer>(List.of(first)));");

        notebook.eval("pool.onEach(() -> made.get().add(6));");

        assertThat(notebook.eval("pool.onEach(() -> made.get().size()).values()"))
                .isEqualTo("[2, 2]");
        notebook.eval("int other = 1;");
        assertThat(notebook.eval("pool.onEach(() -> made.get().size() + other).values()"))
                .isEqualTo("[3, 3]");
        assertThat(notebook.eval("made.get()")).isEqualTo("[5]");
    }

    @Test
    void aValueOfOnesOwnClass_isMadeAnewForAFunctionThatComesWithItsOwn() {
        notebook.eval("record Model(int size) {} var model = WorkerLocal.withInitial(() -> new Model(7));");

        assertThat(notebook.eval("pool.onEach(() -> model.get().size()).values()"))
                .isEqualTo("[7, 7]");
        assertThat(notebook.eval("int more = 1; pool.onEach(() -> model.get().size() + more).values()"))
                .isEqualTo("[8, 8]");
    }

    @Test
    void aValueThatCannotBeMade_failsTheTask_andIsTriedAgain() {
        notebook.eval(
                "var broken = WorkerLocal.<String>withInitial(() -> { throw new java.io.IOException(\"no\"); });");

        assertThatThrownBy(() -> notebook.eval("pool.apply(() -> broken.get())"))
                .hasMessageContaining("this worker cannot make its value of a WorkerLocal: java.io.IOException: no");
    }

    @Test
    void recordsComeBackAsTheSameClass() {
        notebook.eval("record Point(int x, int y) { int sum() { return x + y; } }");

        assertThat(notebook.eval("pool.map(n -> new Point(n, n + 1), range(2))"))
                .isEqualTo("[Point[x=0, y=1], Point[x=1, y=2]]");
        assertThat(notebook.eval("Point p = pool.apply(() -> new Point(3, 4)); p.sum()"))
                .isEqualTo("7");
        assertThat(notebook.eval("pool.map(q -> q.sum(), List.of(new Point(1, 2), new Point(3, 4)))"))
                .isEqualTo("[3, 7]");
        assertThat(notebook.eval("pool.map(Point::x, List.of(new Point(8, 2), new Point(9, 4)))"))
                .isEqualTo("[8, 9]");
    }

    @Test
    void enumsKeepTheirIdentity_andTheirBodies() {
        notebook.eval("""
                enum Op { ADD { int on(int a) { return a + 1; } }, NEG { int on(int a) { return -a; } };
                  abstract int on(int a); }
                """);

        assertThat(notebook.eval("pool.map(op -> op.on(5), List.of(Op.ADD, Op.NEG))"))
                .isEqualTo("[6, -5]");
        assertThat(notebook.eval("pool.map(n -> n == 0 ? Op.ADD : Op.NEG, range(2)).get(0) == Op.ADD"))
                .isEqualTo("true");
    }

    @Test
    void lambdasInVariables_andNestedLambdas_travel() {
        notebook.eval("int base = 5; Function<Integer, Integer> inner = n -> n + base;"
                + " Function<Integer, Function<Integer, Integer>> curried = a -> b -> a * b;");

        assertThat(notebook.eval("pool.map(n -> inner.apply(n) * 10, range(2))"))
                .isEqualTo("[50, 60]");
        assertThat(notebook.eval("pool.map(n -> curried.apply(n).apply(3), range(3))"))
                .isEqualTo("[0, 3, 6]");
        assertThat(notebook.eval("pool.map(n -> List.of(1, 2, 3).stream().map(m -> m * n + base).toList(), range(2))"))
                .isEqualTo("[[5, 5, 5], [6, 7, 8]]");
        assertThat(
                        notebook.eval(
                                "Function<Integer, Integer> f = pool.apply(() -> { int k = 4; return (Function<Integer, Integer>) (n -> n * k); }); f.apply(5)"))
                .isEqualTo("20");
    }

    @Test
    void aRedefinedMethodIsTheNewOne() {
        notebook.eval("int grade(int n) { return 1; }");
        assertThat(notebook.eval("pool.map(n -> grade(n), range(1))")).isEqualTo("[1]");

        notebook.eval("int grade(int n) { return 2; }");

        assertThat(notebook.eval("pool.map(n -> grade(n), range(1))")).isEqualTo("[2]");
    }

    @Test
    void classesWithInterfaces_andStaticFields_travel() {
        notebook.eval("""
                int unit = 3;
                interface Shape { int area(); default int twice() { return 2 * area(); } }
                class Square implements Shape { static int made = 10; int side; Square(int s) { side = s; made++; }
                  public int area() { return side * side * unit; } }
                """);

        assertThat(notebook.eval("pool.map(s -> s.twice(), List.of(new Square(1), new Square(2)))"))
                .isEqualTo("[6, 24]");
        assertThat(notebook.eval("pool.apply(() -> Square.made)")).isEqualTo("12");
        // the class is known from the items only, and reads a variable
        notebook.eval("Shape shape = new Square(5);");
        assertThat(notebook.eval("pool.map(s -> s.area(), new ArrayList<Shape>(List.of(shape)))"))
                .isEqualTo("[75]");
    }

    @Test
    void aVariableThatCannotTravel_isNamed() {
        notebook.eval("var server = new java.net.ServerSocket(0); int port() { return server.getLocalPort(); }");

        assertThatThrownBy(() -> notebook.eval("pool.map(n -> port() + n, range(2))"))
                .hasMessageContaining("variable 'server'")
                .hasMessageContaining("java.net.ServerSocket")
                .hasMessageContaining("port()");
        assertThatThrownBy(() -> notebook.eval("{ var mine = new Thread(); pool.map(n -> mine.getName(), range(2)); }"))
                .hasMessageContaining("local variable 'mine'")
                .hasMessageContaining("java.lang.Thread");
        assertThatThrownBy(() -> notebook.eval("pool.map(n -> pool.size(), range(2))"))
                .hasMessageContaining("variable 'pool'")
                .hasMessageContaining("Pools do not travel: call the pool from here")
                .hasMessageContaining("such as pool.size(), in a variable before");
        notebook.eval("server.close(); server = null;");
    }

    @Test
    void exceptionsKeepTheirClass_andTheirFrames() {
        notebook.eval("class Oops extends RuntimeException { int code = 42; Oops(String m) { super(m); } }"
                + " int bad(int n) { if (n == 1) throw new Oops(\"no \" + n); return n; }");

        assertThat(notebook.eval("""
                String seen = "";
                try { pool.map(n -> bad(n), range(3)); }
                catch (TaskFailedException e) {
                  var o = (Oops) e.getCause();
                  seen = o.code + " " + o.getMessage() + " " + e.index() + " " + o.getStackTrace()[0].getMethodName();
                }
                seen
                """)).isEqualTo("\"42 no 1 1 bad\"");
    }

    @Test
    void comparatorsThatTheJdkMakes_travel_captured_inCollections_andBack() {
        notebook.eval("var byLength = Comparator.comparing(String::length).thenComparing(Comparator.reverseOrder());"
                + " var tree = new TreeMap<String, Integer>(byLength); tree.put(\"ccc\", 3); tree.put(\"a\", 1);"
                + " tree.put(\"b\", 1);");

        assertThat(notebook.eval("""
                pool.apply(() -> {
                    var words = new ArrayList<>(List.of("ccc", "a", "b"));
                    words.sort(byLength);
                    return words + " " + tree;
                })
                """)).isEqualTo("\"[b, a, ccc] {b=1, a=1, ccc=3}\"");
        assertThat(
                        notebook.eval(
                                "var back = pool.apply(() -> Map.Entry.<String, Integer>comparingByValue()); back.compare(Map.entry(\"a\", 1), Map.entry(\"b\", 2))"))
                .isEqualTo("-1");
    }

    @Test
    void aDictComputesWhereItLives_withCodeOfTheNotebook() {
        notebook.eval("record Tally(int n) { Tally plus(Tally other) { return new Tally(n + other.n); } }"
                + " var manager = Manager.start(); SharedDict<String, Tally> tallies = manager.dict();");
        try {
            notebook.eval("pool.map(n -> tallies.merge(\"k\", new Tally(n), (a, b) -> a.plus(b)), range(10));");

            assertThat(notebook.eval("tallies")).isEqualTo("{k=Tally[n=45]}");
            assertThat(notebook.eval("tallies.merge(\"k\", new Tally(1), Tally::plus)"))
                    .isEqualTo("Tally[n=46]");
        } finally {
            notebook.eval("manager.close();");
        }
    }

    @Test
    void aRecordGoesThroughAQueue() {
        notebook.eval("record Parcel(String what) {} SharedQueue<Parcel> belt = SharedQueue.create();");

        assertThat(notebook.eval("pool.apply(() -> belt.offer(new Parcel(\"box\"))); belt.get()"))
                .isEqualTo("Parcel[what=box]");
    }

    @Test
    void aLongChainOfObjects_travelsThereAndBack() {
        notebook.eval("class Link { int n; Link next; Link(int n, Link next) { this.n = n; this.next = next; } }"
                + " Link chain(int length) { Link first = null; for (int i = 0; i < length; i++) first = new Link(i, first); return first; }"
                + " int length(Link first) { int n = 0; for (var at = first; at != null; at = at.next) n++; return n; }"
                + " var links = chain(100_000);");

        assertThat(notebook.eval("pool.apply(link -> length(link), links)")).isEqualTo("100000");
        assertThat(notebook.eval("pool.apply(() -> length(links))")).isEqualTo("100000");
        assertThat(notebook.eval("length(pool.apply(() -> chain(50_000)))")).isEqualTo("50000");
    }
}
