package io.weft.kernel.handler;

import io.weft.kernel.wire.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The cells that this session has run, oldest first. Safe for use by many threads.
final class History {
    /// This session's number.
    static final int SESSION = 1;

    private static final int MAX_CELLS = 10_000;

    private final List<Reply.History.Cell> cells = new ArrayList<>();

    synchronized void add(int count, String code, String output) {
        cells.add(new Reply.History.Cell(SESSION, count, code, output));
        if (cells.size() > MAX_CELLS) {
            cells.removeFirst();
        }
    }

    /// The last cells.
    ///
    /// @param count how many; 0 for all
    List<Reply.History.Cell> tail(int count) {
        return last(count, matching(_ -> true));
    }

    /// The cells from `start` to before `stop`; to the end where `stop` is 0.
    List<Reply.History.Cell> range(int session, int start, int stop) {
        if (session != 0 && session != SESSION) {
            return List.of();
        }
        return matching(cell -> cell.count() >= start && (stop <= 0 || cell.count() < stop));
    }

    /// The last cells whose code matches a pattern of `*` and `?`.
    List<Reply.History.Cell> search(String pattern, int count, boolean unique) {
        Pattern regex = Pattern.compile(regexOf(pattern), Pattern.DOTALL);
        List<Reply.History.Cell> found =
                matching(cell -> regex.matcher(cell.code()).matches());
        if (unique) {
            var byCode = new LinkedHashMap<String, Reply.History.Cell>();
            found.forEach(cell -> byCode.putLast(cell.code(), cell));
            found = List.copyOf(byCode.values());
        }
        return last(count, found);
    }

    private synchronized List<Reply.History.Cell> matching(Predicate<Reply.History.Cell> wanted) {
        return cells.stream().filter(wanted).toList();
    }

    private static List<Reply.History.Cell> last(int count, List<Reply.History.Cell> all) {
        return count <= 0 || count >= all.size() ? all : all.subList(all.size() - count, all.size());
    }

    private static String regexOf(String glob) {
        var regex = new StringBuilder();
        for (int at = 0; at < glob.length(); at++) {
            switch (glob.charAt(at)) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(glob.substring(at, at + 1)));
            }
        }
        return regex.toString();
    }
}
