package io.weft.concurrent;

import java.io.Serializable;

/// What travels in place of a shared object.
record Reference(Address home, long id, Kind kind) implements Serializable {
    private Object readResolve() {
        return Hub.get().resolve(this);
    }
}
