package io.weft.kernel.magic;

import io.weft.kernel.comm.Comms;
import io.weft.kernel.display.CellInput;
import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.Renderer;
import java.util.List;

/// Stands for the cell where a command is made only to be asked for its options and never run.
enum NoCell implements Cell {
    INSTANCE;

    private static UnsupportedOperationException notRunning() {
        return new UnsupportedOperationException("no cell runs: the command was made only for its help");
    }

    @Override
    public int count() {
        throw notRunning();
    }

    @Override
    public CellOutput output() {
        throw notRunning();
    }

    @Override
    public CellInput input() {
        throw notRunning();
    }

    @Override
    public Notebook notebook() {
        throw notRunning();
    }

    @Override
    public Comms comms() {
        throw notRunning();
    }

    @Override
    public Renderer renderer() {
        throw notRunning();
    }

    @Override
    public void declare(String name, String type, Object value) {
        throw notRunning();
    }

    @Override
    public Object evaluate(String code) {
        throw notRunning();
    }

    @Override
    public Object evaluate(String before, String code, String after, String origin) {
        throw notRunning();
    }

    @Override
    public Object run(String source, String origin) {
        throw notRunning();
    }

    @Override
    public Object run(String source, String origin, Meter meter) {
        throw notRunning();
    }

    @Override
    public List<Variable> variables() {
        throw notRunning();
    }

    @Override
    public Object lineMagic(String name, List<String> arguments) {
        throw notRunning();
    }

    @Override
    public Object cellMagic(String name, List<String> arguments, String body) {
        throw notRunning();
    }
}
