package org.dflib.jjava.jupyter.kernel.magic;

import java.util.List;
import java.util.Map;

/// Sorts the words after a magic's name into named lists. Immutable.
public class MagicsArgs extends io.github.spencerpark.jupyter.kernel.magic.registry.MagicsArgs {
    private MagicsArgs(Builder builder) {
        super(builder);
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Map<String, List<String>> parse(List<String> args) {
        return super.parse(args);
    }

    /// Says which words a magic takes.
    public static class Builder extends MagicsArgsBuilder {
        @Override
        public Builder required(String name) {
            super.required(name);
            return this;
        }

        @Override
        public Builder optional(String name) {
            super.optional(name);
            return this;
        }

        @Override
        public Builder varargs(String name) {
            super.varargs(name);
            return this;
        }

        @Override
        public Builder keyword(String name, KeywordSpec spec, KeywordSpec... more) {
            super.keyword(name, spec, more);
            return this;
        }

        @Override
        public Builder keyword(String name) {
            super.keyword(name);
            return this;
        }

        @Override
        public Builder flag(String name, char shortName, String value) {
            super.flag(name, shortName, value);
            return this;
        }

        @Override
        public Builder flag(String name, char shortName) {
            super.flag(name, shortName);
            return this;
        }

        @Override
        public Builder anyKeyword() {
            super.anyKeyword();
            return this;
        }

        @Override
        public Builder onlyKnownKeywords() {
            super.onlyKnownKeywords();
            return this;
        }

        @Override
        public Builder anyFlag() {
            super.anyFlag();
            return this;
        }

        @Override
        public Builder onlyKnownFlags() {
            super.onlyKnownFlags();
            return this;
        }

        @Override
        public MagicsArgs build() {
            return new MagicsArgs(this);
        }
    }
}
