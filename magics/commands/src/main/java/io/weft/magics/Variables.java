package io.weft.magics;

import io.weft.concurrent.Manager;
import io.weft.concurrent.Pool;
import io.weft.concurrent.SharedQueue;
import io.weft.concurrent.WorkerProcess;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.util.List;
import java.util.Optional;
import javax.lang.model.SourceVersion;

/// The notebook's variables, as far as magics leave something in them.
final class Variables {
    private Variables() {}

    /// What a variable holds, if it is of the type.
    static <T> Optional<T> find(Cell cell, String name, Class<T> type) {
        return cell.variables().stream()
                .filter(variable -> variable.name().equals(name) && type.isInstance(variable.value()))
                .map(variable -> type.cast(variable.value()))
                .findFirst();
    }

    /// Refuses a name that no variable can have, before anything is started for it.
    static void requireName(String magic, String name) {
        if (SourceVersion.isKeyword(name))
            throw new MagicException(
                    "%s: '%s' is a word of Java, so it cannot be the name of a variable. %s --help shows how to call it."
                            .formatted(magic, name, magic));
        if (!SourceVersion.isIdentifier(name))
            throw new MagicException(
                    "%s: '%s' cannot be the name of a variable. A name starts with a letter and has letters, digits and _ only. %s --help shows how to call it."
                            .formatted(magic, name, magic));
    }

    /// Closes the pool that a variable holds, or else the open pools of this name that no variable holds any more.
    ///
    /// @param magic the words that ask for it, such as `%pool close`
    static void closePool(Cell cell, String magic, List<String> words) throws InterruptedException {
        if (words.size() != 2)
            throw new MagicException(magic + ": name what to close, such as " + magic + " "
                    + (magic.startsWith("%pool") ? "pool" : "executor"));
        String name = words.get(1);
        List<Pool> named = find(cell, name, Pool.class)
                .map(List::of)
                .orElseGet(() -> Pool.open().stream()
                        .filter(pool -> pool.name().equals(name))
                        .toList());
        if (named.isEmpty())
            throw new MagicException(
                    "%s: no variable '%s' holds a pool, nor is one of this name open. %%pool alone lists the open pools."
                            .formatted(magic, name));
        for (Pool pool : named) pool.close();
        cell.show(MimeBundle.text(name + ": closed"));
    }

    /// What `close` can be followed by.
    static List<String> closable(List<String> before) {
        if (before.isEmpty()) return List.of("close");
        return before.equals(List.of("close"))
                ? Pool.open().stream().map(Pool::name).distinct().toList()
                : List.of();
    }

    /// Ends what a variable holds before a magic puts something else there: run again, a cell must not leave
    /// workers behind that nobody can reach.
    ///
    /// @return what to tell about it; empty where there was nothing to end
    static String endPrevious(Cell cell, String name) {
        var pool = find(cell, name, Pool.class).filter(open -> !open.isTerminated());
        if (pool.isPresent()) {
            pool.get().terminate();
            return "; the pool that was there has been terminated";
        }
        var manager = find(cell, name, Manager.class).filter(Manager::isAlive);
        if (manager.isPresent()) {
            manager.get().close();
            return "; the manager that was there has been closed";
        }
        var queue = find(cell, name, SharedQueue.class).filter(open -> !open.isClosed());
        if (queue.isPresent()) {
            queue.get().close();
            return "; the queue that was there has been closed";
        }
        var process = find(cell, name, WorkerProcess.class).filter(WorkerProcess::isAlive);
        if (process.isPresent()) {
            process.get().terminate();
            return "; the process that was there has been terminated";
        }
        return "";
    }
}
