package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Each call starts with the values of home, whatever tasks of the calls before have changed in their worker.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HomeValuesTest {
    private static final Path IO = Path.of("/proc/self/io");

    private final Pool pool = Pool.builder().size(1).heap("64m").build();
    private final Notebook notebook = new Notebook();

    static final class Tally {
        int count;
    }

    @BeforeAll
    void openPool() {
        notebook.eval("var pool = Pool.of(1);");
    }

    @AfterAll
    void closePools() {
        notebook.eval("pool.terminate();");
        notebook.close();
        pool.terminate();
    }

    @Test
    void whatATaskAddsToACapturedValue_isGoneInTheNextCall() throws Exception {
        int[] counter = {0};
        var list = new ArrayList<>(List.of("home"));
        var empty = new ArrayList<Integer>();
        var map = new HashMap<>(java.util.Map.of("home", 1));
        var tree = new TreeMap<>(map);
        var tally = new Tally();

        for (int i = 0; i < 3; i++) {
            assertThat((int) pool.apply(() -> ++counter[0])).isEqualTo(1);
            assertThat(pool.apply(() -> {
                        list.add("worker");
                        return list;
                    }))
                    .containsExactly("home", "worker");
            assertThat(pool.apply(() -> {
                        empty.add(empty.size());
                        map.put("worker" + map.size(), 2);
                        tree.put("worker" + tree.size(), 2);
                        return List.of(empty.size(), map.size(), tree.size(), ++tally.count);
                    }))
                    .containsExactly(1, 2, 2, 1);
        }
    }

    @Test
    void tasksOfOneCall_haveTheirChangesInCommon_inOneWorker() throws Exception {
        int[] counter = {10};

        assertThat(pool.map(_ -> ++counter[0], range(4), 2)).containsExactly(11, 12, 13, 14);
        assertThat(pool.map(_ -> ++counter[0], range(4), 2)).containsExactly(11, 12, 13, 14);
    }

    @Test
    void aCallWhoseItemsAreReadOneByOne_hasTheValuesOfItsBeginning() {
        int[] counter = {10};
        var results = pool.<Integer, Integer>imap(_ -> ++counter[0], range(50));
        var seen = new ArrayList<Integer>();

        while (results.hasNext()) {
            seen.add(results.next());
            counter[0] = 1_000;
        }

        assertThat(seen).containsExactlyElementsOf(range(11, 61));
    }

    @Test
    void variablesOfTheNotebook_areAsInTheNotebook_inEveryCall() {
        notebook.eval("int count = 5; var seen = new ArrayList<String>(); String word = \"home\"; int[] cells = {7, 8};"
                + " class Box { int value = 1; } var box = new Box();"
                + " String next() { count++; seen.add(word); word = \"worker\"; cells[0]++; box.value++;"
                + " return count + \" \" + seen + \" \" + cells[0] + \" \" + box.value; }");

        for (int i = 0; i < 3; i++)
            assertThat(notebook.eval("pool.apply(() -> next())")).isEqualTo("\"6 [home] 8 2\"");
        assertThat(notebook.eval("count + seen.size() + word + cells[0] + box.value"))
                .isEqualTo("\"5home71\"");
    }

    @Test
    void variablesThatAreNumbersAndTexts_areAsInTheNotebook_inEveryCall() {
        notebook.eval("int total = 5; String last = \"home\";");

        for (int i = 0; i < 2; i++)
            assertThat(notebook.eval("pool.apply(() -> { total++; last += total; return last; })"))
                    .isEqualTo("\"home6\"");
    }

    @Test
    void twoNamesOfOneObject_areOneObjectInTheWorker() throws Exception {
        int[] one = {0};
        int[] same = one;
        var list = new ArrayList<>(List.of(1));
        var holder = List.of(list);
        var arrays = new ArrayList<>(List.of(one));

        assertThat((int) pool.apply(() -> {
                    one[0] = 5;
                    return same[0];
                }))
                .isEqualTo(5);
        assertThat((int) pool.apply(() -> {
                    list.add(2);
                    one[0] = 6;
                    return holder.getFirst().size() + arrays.getFirst()[0];
                }))
                .isEqualTo(8);
    }

    @Test
    void aFunctionThatAManagerRuns_startsWithTheValuesOfHome() {
        notebook.eval(
                "int[] calls = {0}; var manager = Manager.start(); SharedDict<String, Integer> dict = manager.dict();"
                        + " var more = new ArrayList<Integer>();"
                        + " for (int i = 0; i < 3; i++) dict.merge(\"a\", 1, (a, b) -> a + b + ++calls[0] + more.size());");

        assertThat(notebook.eval("dict + \" \" + calls[0]")).isEqualTo("\"{a=5} 0\"");
        notebook.eval("manager.close();");
    }

    @Test
    void aLargeValue_travelsOnce_thoughATaskChangesIt() throws Exception {
        assumeTrue(Files.isReadable(IO));
        int[] large = new int[2_000_000];
        Call<String> change = () -> ++large[7] + " " + bytesRead();
        var before = pool.apply(change);

        var after = pool.apply(change);

        assertThat(before).startsWith("1 ");
        assertThat(after).startsWith("1 ");
        assertThat(number(after) - number(before)).isLessThan(1_000_000);
    }

    private static long number(String line) {
        return Long.parseLong(line.substring(line.indexOf(' ') + 1));
    }

    private static long bytesRead() throws java.io.IOException {
        return number(Files.readAllLines(IO).getFirst());
    }

    @Test
    void aLargeValueThatChangesAtHome_doesNotFillTheWorker() throws Exception {
        int[] large = new int[4_000_000];
        for (int i = 1; i <= 10; i++) {
            large[i] = i;
            int at = i;
            assertThat((int) pool.apply(() -> large[at] + large[1])).isEqualTo(i + 1);
        }
    }

    @Test
    void largeValues_areForgotten_theLatestLast() {
        var latest = new Latest<String>(3, 10, String::length);
        latest.put("a", "four");
        latest.put("b", "four");
        assertThat(latest.get("a")).isEqualTo("four");

        latest.put("c", "four");
        assertThat(latest.get("b")).isNull();
        assertThat(latest.get("a")).isNotNull();

        latest.put("d", "more than ten");
        assertThat(latest.get("a")).isNull();
        assertThat(latest.putIfAbsent("d", "another")).isEqualTo("more than ten");
        latest.makeRoom();
        assertThat(latest.get("d")).isNull();

        for (var id : List.of("1", "2", "3", "4")) latest.put(id, "");
        assertThat(latest.get("1")).isNull();
        assertThat(latest.get("4")).isEmpty();
    }
}
