package io.weft.kernel.handler;

import io.weft.kernel.wire.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// The cells that this session has run and, where there is a file, those of earlier ones and of other kernels.
///
/// The file is touched by a thread of its own, which exists only while it has something to do: a slow or full disk
/// never holds up a cell. Safe for use by many threads.
final class History implements AutoCloseable {
    private static final int MAX_CELLS = 10_000;
    private static final long MAX_FILE_MILLIS = 3_000;
    private static final long MAX_CLOSE_MILLIS = 100;

    private final @Nullable HistoryFile file;
    private final ExecutorService disk = new ThreadPoolExecutor(
            0,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> Thread.ofPlatform().name("weft-history").daemon().unstarted(task));

    /// This session's cells, oldest first, under the number 0; guarded by `this`.
    private final List<Reply.History.Cell> cells = new ArrayList<>();

    /// @param file where cells are kept; empty where they are not
    History(Optional<Path> file, System.Logger log) {
        this.file = file.map(path -> new HistoryFile(path, log)).orElse(null);
    }

    /// Adds a cell of this session.
    void add(int count, String code, String output) {
        synchronized (this) {
            cells.add(new Reply.History.Cell(0, count, code, output));
            if (cells.size() > MAX_CELLS) {
                cells.removeFirst();
            }
        }
        HistoryFile kept = file;
        if (kept != null && !disk.isShutdown()) {
            disk.execute(() -> kept.append(new Reply.History.Cell(kept.session(), count, code, output)));
        }
    }

    /// The last cells, of all sessions.
    ///
    /// @param count how many; 0 for all
    List<Reply.History.Cell> tail(int count) {
        return last(count, known().cells());
    }

    /// The cells of one session from `start` to before `stop`; to the end where `stop` is 0.
    ///
    /// Negative ends count back from the end of the session.
    ///
    /// @param session its number; 0 for this one, -1 for the one before it
    List<Reply.History.Cell> range(int session, int start, int stop) {
        Known known = known();
        int wanted = session > 0 ? session : known.session() + session;
        List<Reply.History.Cell> cellsOfIt =
                known.cells().stream().filter(cell -> cell.session() == wanted).toList();
        int end = cellsOfIt.isEmpty() ? 0 : cellsOfIt.getLast().count() + 1;
        int from = start < 0 ? end + start : start;
        int to = stop <= 0 ? end + stop : stop;
        return cellsOfIt.stream()
                .filter(cell -> cell.count() >= from && cell.count() < to)
                .toList();
    }

    /// The last cells whose code matches a pattern.
    ///
    /// @param pattern `*` stands for any text, `?` for one character, `[a-z]` for one of these
    /// @param count   how many; 0 for all
    /// @param unique  whether only the last of equal cells counts
    List<Reply.History.Cell> search(String pattern, int count, boolean unique) {
        Predicate<String> matches = glob(pattern);
        List<Reply.History.Cell> found = known().cells().stream()
                .filter(cell -> matches.test(cell.code()))
                .toList();
        if (unique) {
            var byCode = new LinkedHashMap<String, Reply.History.Cell>();
            found.forEach(cell -> byCode.putLast(cell.code(), cell));
            found = List.copyOf(byCode.values());
        }
        return last(count, found);
    }

    /// Waits a moment for what has not been written yet.
    @Override
    public void close() {
        disk.shutdown();
        try {
            disk.awaitTermination(MAX_CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// All cells by session and number, and this session's number.
    private record Known(int session, List<Reply.History.Cell> cells) {}

    private Known known() {
        int session = 1;
        var all = new ArrayList<Reply.History.Cell>();
        HistoryFile kept = file;
        if (kept != null) {
            try {
                Known stored = disk.submit(() -> new Known(kept.session(), kept.cells()))
                        .get(MAX_FILE_MILLIS, TimeUnit.MILLISECONDS);
                session = stored.session();
                all.addAll(stored.cells());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException _) {
                // then this session's cells alone
            }
        }
        int own = session;
        all.removeIf(cell -> cell.session() == own);
        synchronized (this) {
            for (Reply.History.Cell cell : cells) {
                all.add(new Reply.History.Cell(own, cell.count(), cell.code(), cell.output()));
            }
        }
        all.sort(Comparator.comparingInt(Reply.History.Cell::session).thenComparingInt(Reply.History.Cell::count));
        return new Known(own, all);
    }

    private static List<Reply.History.Cell> last(int count, List<Reply.History.Cell> all) {
        return count <= 0 || count >= all.size() ? all : all.subList(all.size() - count, all.size());
    }

    private static Predicate<String> glob(String glob) {
        try {
            Pattern regex = Pattern.compile(regexOf(glob), Pattern.DOTALL);
            return code -> regex.matcher(code).matches();
        } catch (PatternSyntaxException _) {
            return glob::equals;
        }
    }

    private static String regexOf(String glob) {
        var regex = new StringBuilder();
        int at = 0;
        while (at < glob.length()) {
            int end = glob.charAt(at) == '[' ? glob.indexOf(']', at + 2) : -1;
            if (end > 0) {
                boolean others = glob.charAt(at + 1) == '^';
                String characters = glob.substring(at + (others ? 2 : 1), end);
                regex.append(others ? "[^" : "[")
                        .append(characters.replaceAll("[\\\\\\[&^]", "\\\\$0"))
                        .append(']');
                at = end;
            } else {
                switch (glob.charAt(at)) {
                    case '*' -> regex.append(".*");
                    case '?' -> regex.append('.');
                    default -> regex.append(Pattern.quote(Character.toString(glob.codePointAt(at))));
                }
            }
            at += Character.charCount(glob.codePointAt(at));
        }
        return regex.toString();
    }
}
