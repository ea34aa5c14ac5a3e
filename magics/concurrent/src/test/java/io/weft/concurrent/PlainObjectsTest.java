package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Objects of ordinary classes travel, with whatever constructors they have, and without a word about serialisation.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlainObjectsTest {
    private final Pool pool = Pool.of(1);

    static class Named {
        final String name;

        Named(String name) {
            this.name = name;
        }
    }

    static final class Node extends Named {
        final List<Node> children = new ArrayList<>();
        final Map<String, Node> byName = new HashMap<>();

        @Nullable
        Node parent;

        transient int seen = 1;

        Node(String name) {
            super(name);
        }

        Node with(Node child) {
            child.parent = this;
            children.add(child);
            byName.put(child.name, child);
            return this;
        }
    }

    record Holder(Node node) {}

    static final class Restless {
        final Thread thread = new Thread(() -> {});
        final int number;

        Restless(int number) {
            this.number = number;
        }
    }

    static final class OwnThread extends Thread {
        final int number;

        OwnThread(int number) {
            this.number = number;
        }
    }

    @AfterAll
    void closePool() {
        pool.terminate();
    }

    @Test
    void anObject_travels_captured_asAnItem_inARecord_andAsAResult() throws Exception {
        var node = new Node("captured");

        assertThat(pool.apply(() -> node.name)).isEqualTo("captured");
        assertThat(pool.map(each -> each.name, List.of(new Node("item")))).containsExactly("item");
        String held = pool.apply(holder -> holder.node().name, new Holder(new Node("held")));
        assertThat(held).isEqualTo("held");
        var result = pool.apply(() -> new Node("result").with(new Node("child")));
        assertThat(result.name).isEqualTo("result");
        assertThat(result.seen).isZero(); // no constructor ran for it, and it is not sent
    }

    @Test
    void objectsThatLeadBackToEachOther_doSoAfterTheJourney() throws Exception {
        var root =
                new Node("root").with(new Node("left").with(new Node("leaf"))).with(new Node("right"));
        root.children.add(root);
        root.byName.put("self", root);

        var back = pool.apply(
                tree -> {
                    tree.children.getFirst().children.getFirst().with(new Node("new"));
                    return tree;
                },
                root);

        var left = back.children.getFirst();
        assertThat(left.parent).isSameAs(back);
        assertThat(back.byName.get("left")).isSameAs(left);
        assertThat(left.children.getFirst().children.getFirst().name).isEqualTo("new");
        assertThat(back.children.getLast()).isSameAs(back);
        assertThat(back.byName.get("self")).isSameAs(back);
    }

    static final class Reader {
        final List<String> shared;

        Reader(List<String> shared) {
            this.shared = shared;
        }
    }

    static final class Team {
        List<Team> members = List.of();
        Map<String, Team> byName = Map.of();
    }

    @Test
    void listsAndMapsThatCannotBeChanged_leadBackToo_andStaySo() throws Exception {
        var team = new Team();
        team.members = List.of(team, new Team());
        team.byName = Collections.unmodifiableMap(new HashMap<>(Map.of("self", team)));

        var back = pool.apply(each -> each, team);

        assertThat(back.members.getFirst()).isSameAs(back);
        assertThat(back.members).hasSize(2);
        assertThat(back.byName.get("self")).isSameAs(back);
        assertThatThrownBy(() -> back.members.add(back)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(back.byName::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aFieldWithASharedList_isNotLookedInto() throws Exception {
        var manager = Manager.start();
        var reader = new Reader(manager.list(List.of("one")));
        manager.close(); // whoever asked it for its elements would fail

        int answer = pool.apply(each -> 42, reader);
        assertThat(answer).isEqualTo(42);
    }

    @Test
    void whatHoldsOrIsSomethingOfOneJvm_isRefused_withItsPlace() {
        var restless = new Restless(1);
        var own = new OwnThread(2);

        assertThatThrownBy(() -> pool.apply(() -> restless.number))
                .isInstanceOf(NotSendableException.class)
                .hasMessageContaining("java.lang.Thread (at thread)");
        assertThatThrownBy(() -> pool.apply(() -> own.number))
                .isInstanceOf(NotSendableException.class)
                .hasMessageContaining("OwnThread");
    }
}
