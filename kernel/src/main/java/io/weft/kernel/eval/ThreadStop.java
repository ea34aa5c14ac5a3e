package io.weft.kernel.eval;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Throws an error in a thread from outside, where it does not look for one: the JVM's tool interface can.
///
/// A thread is suspended, its stack is looked at, and only where an error can do no harm is it thrown when the
/// thread goes on. An instance belongs to the thread that made it, whose fields lead the interface to Java's objects.
/// Making one takes about 50 ms; nothing is loaded before.
///
/// A thread may also be in the JVM itself, which initializes a class or links a call for the bytecode that the thread
/// has come to, and no frame tells of it: an error would make that class unusable for ever. So none is thrown at such a
/// bytecode; whoever asks again finds the thread elsewhere.
///
/// Local references that are made through foreign calls live until an ordinary native method returns to the same
/// thread, such as one that links a method handle. Therefore each becomes a global one in the next call, all handles
/// are linked and specialised before the first use, and what a reference leads to is compared with what was meant.
@SuppressWarnings("restricted") // the kernelspec allows native access
final class ThreadStop {
    /// What the foreign side reads and writes; its thread is the only one that uses an instance.
    static final class Mailbox extends Thread {
        @SuppressWarnings("unused") // read by the JVM's interface
        private volatile @Nullable Thread target;

        @SuppressWarnings("unused")
        private volatile @Nullable Throwable error;

        private volatile @Nullable Object seen;

        Mailbox(Runnable body, String name) {
            super(null, body, name, 0, false);
            setDaemon(true);
        }
    }

    // JVMS 6.5
    private static final int LDC = 18;
    private static final int LDC_W = 19;
    private static final int LDC2_W = 20;
    private static final int GETSTATIC = 178;
    private static final int PUTSTATIC = 179;
    private static final int INVOKESTATIC = 184;
    private static final int INVOKEDYNAMIC = 186;
    private static final int NEW = 187;

    private static final int JVMTI_VERSION = 0x300B_0000;
    /// A thread's method handles are specialised after 127 calls.
    private static final int CALLS_UNTIL_SPECIALISED = 200;

    private static final long POINTER = ADDRESS.byteSize();
    private static final MemoryLayout TABLE = MemoryLayout.sequenceLayout(256, ADDRESS);
    private static final int CAPABILITIES_BYTES = 16;
    private static final int CAN_GET_BYTECODES = 3;
    private static final int CAN_SIGNAL_THREAD = 10;
    private static final int CAN_SUSPEND = 20;

    private final Mailbox mailbox;
    private final MemorySegment jni;
    private final MemorySegment jvmti;
    private final MethodHandle newGlobal;
    private final MethodHandle deleteGlobal;
    private final MethodHandle getField;
    private final MethodHandle setField;
    private final MethodHandle suspend;
    private final MethodHandle resume;
    private final MethodHandle stop;
    private final MethodHandle getFrameLocation;
    private final MethodHandle getBytecodes;
    private final MethodHandle deallocate;
    private final MemorySegment self;
    private final MemorySegment targetField;
    private final MemorySegment errorField;
    private final MemorySegment seenField;
    private final MemorySegment method;
    private final MemorySegment location;
    private final MemorySegment length;
    private final MemorySegment code;

    private ThreadStop(Mailbox mailbox) throws Throwable {
        this.mailbox = mailbox;
        Arena arena = Arena.global();
        var libraries = SymbolLookup.libraryLookup(jvmLibrary(), arena);
        var pointer = arena.allocate(ADDRESS);
        var count = arena.allocate(JAVA_INT);
        MethodHandle virtualMachines = Linker.nativeLinker()
                .downcallHandle(
                        libraries.find("JNI_GetCreatedJavaVMs").orElseThrow(),
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
        check("JNI_GetCreatedJavaVMs", (int) virtualMachines.invokeExact(pointer, 1, count));
        MemorySegment machine = pointer.get(ADDRESS, 0);
        MethodHandle getEnvironment = function(machine, 6, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
        check("GetEnv(JNI)", (int) getEnvironment.invokeExact(machine, pointer, 0x0001_0008));
        jni = pointer.get(ADDRESS, 0);
        check("GetEnv(JVMTI)", (int) getEnvironment.invokeExact(machine, pointer, JVMTI_VERSION));
        jvmti = pointer.get(ADDRESS, 0);

        newGlobal = function(jni, 21, FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        deleteGlobal = function(jni, 22, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
        getField = function(jni, 95, FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        setField = function(jni, 104, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        MethodHandle classOf = function(jni, 31, FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        MethodHandle fieldId = function(jni, 94, FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        // functions of the tool interface are numbered from 1
        suspend = function(jvmti, 5 - 1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        resume = function(jvmti, 6 - 1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        stop = function(jvmti, 7 - 1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
        getFrameLocation =
                function(jvmti, 19 - 1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS));
        deallocate = function(jvmti, 47 - 1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        getBytecodes = function(jvmti, 75 - 1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        method = arena.allocate(ADDRESS);
        location = arena.allocate(JAVA_LONG);
        length = arena.allocate(JAVA_INT);
        code = arena.allocate(ADDRESS);
        MethodHandle currentThread = function(jvmti, 18 - 1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        MethodHandle addCapabilities = function(jvmti, 142 - 1, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

        var capabilities = arena.allocate(CAPABILITIES_BYTES);
        for (int bit : new int[] {CAN_GET_BYTECODES, CAN_SIGNAL_THREAD, CAN_SUSPEND}) {
            byte before = capabilities.get(JAVA_BYTE, bit / 8);
            capabilities.set(JAVA_BYTE, bit / 8, (byte) (before | (1 << (bit % 8))));
        }
        check("AddCapabilities", (int) addCapabilities.invokeExact(jvmti, capabilities));

        for (int call = 0; call < CALLS_UNTIL_SPECIALISED; call++) {
            var nothing = (MemorySegment) newGlobal.invokeExact(jni, MemorySegment.NULL);
            deleteGlobal.invokeExact(jni, nothing);
        }
        int answer = (int) currentThread.invokeExact(jvmti, pointer);
        self = (MemorySegment) newGlobal.invokeExact(jni, pointer.get(ADDRESS, 0));
        check("GetCurrentThread", answer);
        var type = (MemorySegment) classOf.invokeExact(jni, self);
        type = (MemorySegment) newGlobal.invokeExact(jni, type);
        targetField = (MemorySegment)
                fieldId.invokeExact(jni, type, arena.allocateFrom("target"), arena.allocateFrom("Ljava/lang/Thread;"));
        errorField = (MemorySegment) fieldId.invokeExact(
                jni, type, arena.allocateFrom("error"), arena.allocateFrom("Ljava/lang/Throwable;"));
        seenField = (MemorySegment)
                fieldId.invokeExact(jni, type, arena.allocateFrom("seen"), arena.allocateFrom("Ljava/lang/Object;"));
        deleteGlobal.invokeExact(jni, type);
        for (int call = 0; call < CALLS_UNTIL_SPECIALISED; call++) rehearse();
    }

    /// Makes one for the calling thread.
    ///
    /// @throws UnsupportedOperationException if this JVM does not offer what it takes
    static ThreadStop of(Mailbox mailbox) {
        if (Thread.currentThread() != mailbox) throw new IllegalStateException("to be made by the mailbox's thread");
        try {
            return new ThreadStop(mailbox);
        } catch (Throwable missing) {
            throw new UnsupportedOperationException("threads cannot be stopped from outside: " + missing, missing);
        }
    }

    private static Path jvmLibrary() {
        Path home = Path.of(System.getProperty("java.home"));
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (system.startsWith("windows")) return home.resolve("bin", "server", "jvm.dll");
        return home.resolve("lib", "server", System.mapLibraryName("jvm"));
    }

    private static MethodHandle function(MemorySegment object, int index, FunctionDescriptor type) {
        MemorySegment table = object.reinterpret(POINTER).get(ADDRESS, 0).reinterpret(TABLE.byteSize());
        return Linker.nativeLinker().downcallHandle(table.getAtIndex(ADDRESS, index), type);
    }

    private static void check(String call, int code) {
        if (code != 0) throw new IllegalStateException(call + " gives " + code);
    }

    private void rehearse() throws Throwable {
        mailbox.target = mailbox;
        MemorySegment reference = global(targetField, mailbox);
        deleteGlobal.invokeExact(jni, reference);
        // both are refused: this thread is not suspended, and nothing is no error
        int _ = (int) resume.invokeExact(jvmti, self);
        int _ = (int) stop.invokeExact(jvmti, self, MemorySegment.NULL);
        boolean _ = isBetweenBytecodes(self);
        boolean _ = isSafe((byte) 0);
        mailbox.target = null;
    }

    /// Whether a suspended thread is at a bytecode for which the JVM neither initializes a class nor links anything.
    private boolean isBetweenBytecodes(MemorySegment thread) throws Throwable {
        if ((int) getFrameLocation.invokeExact(jvmti, thread, 0, method, location) != 0) return false;
        long at = location.get(JAVA_LONG, 0);
        if (at < 0) return true; // a native method, which its frame tells of
        if ((int) getBytecodes.invokeExact(jvmti, method.get(ADDRESS, 0), length, code) != 0) return false;
        MemorySegment bytes = code.get(ADDRESS, 0);
        try {
            return at < length.get(JAVA_INT, 0)
                    && isSafe(bytes.reinterpret(at + 1).get(JAVA_BYTE, at));
        } finally {
            int _ = (int) deallocate.invokeExact(jvmti, bytes);
        }
    }

    /// Whether a bytecode leads to no class that might have to be initialized, and to no call site or constant that
    /// might have to be made.
    private static boolean isSafe(byte bytecode) {
        return switch (bytecode & 0xFF) {
            case LDC, LDC_W, LDC2_W, GETSTATIC, PUTSTATIC, INVOKESTATIC, INVOKEDYNAMIC, NEW -> false;
            default -> true;
        };
    }

    /// A global reference to what a field of the mailbox holds.
    @SuppressWarnings("ReferenceEquality") // the very object is meant
    private MemorySegment global(MemorySegment field, Object meant) throws Throwable {
        var local = (MemorySegment) getField.invokeExact(jni, self, field);
        var global = (MemorySegment) newGlobal.invokeExact(jni, local);
        setField.invokeExact(jni, self, seenField, global);
        Object seen = mailbox.seen;
        mailbox.seen = null;
        if (seen != meant) throw new IllegalStateException("the reference leads to " + seen);
        return global;
    }

    /// Throws an error in a thread if its stack allows it.
    ///
    /// @param harmless whether the error may be thrown where the stack is; called while the thread stands still, so
    ///                 it may take no lock and load no class
    /// @return whether the error will be thrown; a thread in native code throws it when it returns from there
    boolean stop(Thread target, Throwable error, Predicate<StackTraceElement[]> harmless) {
        if (target.isVirtual() || !harmless.test(target.getStackTrace())) return false;
        mailbox.target = target;
        mailbox.error = error;
        try {
            MemorySegment thread = global(targetField, target);
            MemorySegment thrown = global(errorField, error);
            try {
                if ((int) suspend.invokeExact(jvmti, thread) != 0) return false;
                try {
                    return harmless.test(target.getStackTrace())
                            && isBetweenBytecodes(thread)
                            && (int) stop.invokeExact(jvmti, thread, thrown) == 0;
                } finally {
                    int _ = (int) resume.invokeExact(jvmti, thread);
                }
            } finally {
                deleteGlobal.invokeExact(jni, thread);
                deleteGlobal.invokeExact(jni, thrown);
            }
        } catch (Throwable failed) {
            return false;
        } finally {
            mailbox.target = null;
            mailbox.error = null;
        }
    }
}
