package io.github.spencerpark.jupyter.kernel.display;

import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.weft.ijava.Requests;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.display.Wanted;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Turns values into what a front end can show, by functions that notebooks register for types.
///
/// The functions of the nearest type are called in the order in which they were registered. Thread-safe.
public class Renderer {
    private final io.weft.kernel.display.Renderer kernels;
    private final Map<Class<?>, List<Registered>> byType = new ConcurrentHashMap<>();
    private final ThreadLocal<Map<String, Object>> params = ThreadLocal.withInitial(Map::of);

    private record Registered(Set<MIMEType> supported, Set<MIMEType> preferred, RenderFunction<Object> function) {}

    /// A renderer of its own, which the kernel does not use.
    public Renderer() {
        this(new io.weft.kernel.display.Renderer());
    }

    /// The renderer that adds to one of the kernel.
    public Renderer(io.weft.kernel.display.Renderer kernels) {
        this.kernels = kernels;
    }

    /// What a function is registered for, step by step; [#register] ends it.
    ///
    /// @param <T> the type of the values
    public class RenderRegistration<T> {
        private final Set<MIMEType> supported = new LinkedHashSet<>();
        private final Set<MIMEType> preferred = new LinkedHashSet<>();
        private final Set<Class<? extends T>> types = new LinkedHashSet<>();

        public RenderRegistration(Class<? extends T> type) {
            types.add(type);
        }

        /// Types that can be asked for.
        public RenderRegistration<T> supporting(MIMEType... types) {
            supported.addAll(List.of(types));
            return this;
        }

        /// Types that can be asked for.
        public RenderRegistration<T> supporting(String... types) {
            return supporting(parsed(types));
        }

        /// Types that are shown where nothing is asked for.
        public RenderRegistration<T> preferring(MIMEType... types) {
            supporting(types);
            preferred.addAll(List.of(types));
            return this;
        }

        /// Types that are shown where nothing is asked for.
        public RenderRegistration<T> preferring(String... types) {
            return preferring(parsed(types));
        }

        private static MIMEType[] parsed(String... types) {
            return Stream.of(types).map(MIMEType::parse).toArray(MIMEType[]::new);
        }

        /// Another class that the function serves.
        public RenderRegistration<T> onType(Class<? extends T> type) {
            types.add(type);
            return this;
        }

        public void register(RenderFunction<T> function) {
            Set<MIMEType> all = supported.isEmpty() ? Set.of(MIMEType.ANY) : supported;
            Renderer.this.register(all, preferred.isEmpty() ? all : preferred, types, function);
        }
    }

    public <T> RenderRegistration<T> createRegistration(Class<T> type) {
        return new RenderRegistration<>(type);
    }

    public <T> void register(
            Set<? extends MIMEType> supported,
            Set<? extends MIMEType> preferred,
            Set<Class<? extends T>> types,
            RenderFunction<T> function) {
        for (Class<? extends T> type : types) {
            var registered = new Registered(
                    Set.copyOf(supported),
                    Set.copyOf(preferred),
                    (value, context) -> function.render(type.cast(value), context));
            byType.computeIfAbsent(type, _ -> new CopyOnWriteArrayList<>()).add(registered);
            kernels.register(type, (value, wanted) -> rendered(type, value, wanted));
        }
    }

    private MimeBundle rendered(Class<?> type, Object value, Wanted wanted) {
        DisplayData out = newContainer();
        for (Registered each : byType.getOrDefault(type, List.of()))
            if (Requests.areServed(wanted, each.supported()))
                each.function().render(value, newContext(Requests.of(wanted, each.preferred()), params.get(), out));
        return out.render(wanted, kernels);
    }

    /// Where functions put what they show.
    protected DisplayData newContainer() {
        return new DisplayData();
    }

    /// What a function is called with.
    protected RenderContext newContext(Wanted wanted, Map<String, Object> parameters, DisplayData out) {
        return new RenderContext(wanted, this, parameters, out);
    }

    /// The representations of a value as a container.
    protected DisplayData filled(MimeBundle bundle) {
        DisplayData out = newContainer();
        bundle.data().forEach(out::putData);
        bundle.metadata().forEach(out::putMetaData);
        return out;
    }

    /// What to show of a value.
    public DisplayData render(@Nullable Object value) {
        return render(value, Map.of());
    }

    /// What to show of a value, with parameters for the functions that do it.
    public DisplayData render(@Nullable Object value, Map<String, Object> parameters) {
        return with(parameters, () -> kernels.render(value));
    }

    /// What to show of a value as the given MIME types, as far as it has such representations.
    public DisplayData renderAs(@Nullable Object value, String... types) {
        return renderAs(value, Map.of(), types);
    }

    /// What to show of a value as the given MIME types, with parameters for the functions that do it.
    public DisplayData renderAs(@Nullable Object value, Map<String, Object> parameters, String... types) {
        return with(parameters, () -> kernels.render(value, Arrays.asList(types)));
    }

    private DisplayData with(Map<String, Object> parameters, java.util.function.Supplier<MimeBundle> rendering) {
        var before = params.get();
        params.set(parameters);
        try {
            return filled(rendering.get());
        } finally {
            params.set(before);
        }
    }
}
