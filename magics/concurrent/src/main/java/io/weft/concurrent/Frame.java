package io.weft.concurrent;

/// One message on a connection.
///
/// @param type what it is
/// @param id what it is about: a task, an object, or 0
/// @param body the rest
/// @param parts large arrays that the body refers to
@SuppressWarnings("ArrayRecordComponent") // shared with nobody
record Frame(Type type, long id, byte[] body, byte[][] parts) {
    In in() {
        return new In(body, parts);
    }

    /// The kinds of message.
    enum Type {
        /// Client to server, first: what the connection is for.
        HELLO,
        /// Owner to worker: run a chunk of items.
        RUN,
        /// Owner to worker: stop a chunk.
        CANCEL,
        /// Owner to worker: end when everything is done.
        FINISH,
        /// Owner to worker: a function that it will need, and classes.
        BRING,
        /// Owner to worker: be this one from now on.
        BECOME,
        /// Worker to owner: the results of a chunk.
        RESULTS,
        /// Worker to owner: an item of a chunk failed.
        FAILURE,
        /// Worker to owner: a line was printed.
        LINE,
        /// Worker to owner: more of a line that has not ended.
        BEGUN,
        /// Worker to owner: heap in use.
        HEAP,
        /// Worker to owner: where it listens.
        LISTENING,
        /// Client to server: call a method of a shared object.
        CALL,
        /// Client to server: call a method of a shared object; nobody waits for the answer.
        CALL_LATE,
        /// Client to server: answer when the calls before are done.
        SETTLE,
        /// Client to server: the result of a call has arrived.
        ARRIVED,
        /// Client to server: send a closure.
        CLOSURE,
        /// Client to server: send the bytes of classes.
        CLASSES,
        /// Server to client: the answer.
        ANSWER,
        /// Server to client: the exception instead of an answer.
        ERROR,
        /// Owner to worker: give back what has not been begun of a chunk.
        RECALL,
        /// Worker to owner: up to where a chunk is run here.
        RECALLED
    }

    static final byte[] NOTHING = new byte[0];
}
