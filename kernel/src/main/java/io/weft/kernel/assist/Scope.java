package io.weft.kernel.assist;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.BindingPatternTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TryTree;
import com.sun.source.tree.UnaryTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import io.weft.kernel.assist.Analyst.Analysis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import org.jspecify.annotations.Nullable;

/// The local names at a place of a sketch, nearest first.
final class Scope {
    private final Analysis analysis;
    private final TreePath at;
    private final Map<String, Local> locals = new LinkedHashMap<>();
    private final List<TypeElement> enclosing = new ArrayList<>();

    Scope(Analysis analysis, TreePath at) {
        this.analysis = analysis;
        this.at = at;
        TreePath inner = at;
        for (TreePath path = at.getParentPath(); path != null; path = path.getParentPath()) {
            visit(path, inner.getLeaf());
            inner = path;
        }
    }

    /// A parameter, local variable or name bound by a pattern.
    ///
    /// @param type null where the compiler did not get that far
    record Local(String name, @Nullable TypeMirror type) {}

    List<Local> locals() {
        return List.copyOf(locals.values());
    }

    /// The types around the place, innermost first.
    List<TypeElement> enclosingTypes() {
        return enclosing;
    }

    /// The types of local variables as source, as far as they can be written down.
    Map<String, String> typesOfLocals() {
        var types = new LinkedHashMap<String, String>();
        for (Local local : locals.values()) {
            TypeMirror type = local.type();
            String text = type == null ? "Object" : type.toString();
            boolean written = !text.contains("capture")
                    && !text.contains("&")
                    && !text.contains("<anonymous")
                    && !text.contains("<any>");
            types.put(local.name(), written ? text : "Object");
        }
        return types;
    }

    private void visit(TreePath path, Tree inner) {
        switch (path.getLeaf()) {
            case BlockTree block -> before(path, block.getStatements(), inner);
            case CaseTree label -> {
                if (label.getStatements() != null) before(path, label.getStatements(), inner);
                label.getLabels().forEach(each -> bindings(path, each));
            }
            case LambdaExpressionTree lambda -> lambda.getParameters().forEach(each -> add(path, each));
            case MethodTree method -> method.getParameters().forEach(each -> add(path, each));
            case EnhancedForLoopTree loop -> {
                if (inner != loop.getExpression()) add(path, loop.getVariable());
            }
            case ForLoopTree loop -> before(path, loop.getInitializer(), inner);
            case CatchTree handler -> add(path, handler.getParameter());
            case TryTree attempt -> {
                if (inner == attempt.getBlock()) before(path, attempt.getResources(), inner);
            }
            case IfTree choice -> {
                if (inner == choice.getThenStatement()) bindings(path, choice.getCondition());
            }
            case WhileLoopTree loop -> {
                if (inner == loop.getStatement()) bindings(path, loop.getCondition());
            }
            case ConditionalExpressionTree choice -> {
                if (inner == choice.getTrueExpression()) bindings(path, choice.getCondition());
            }
            case BinaryTree both -> {
                if (both.getKind() == Tree.Kind.CONDITIONAL_AND && inner == both.getRightOperand())
                    bindings(path, both.getLeftOperand());
            }
            case ClassTree _ -> {
                if (analysis.trees().getElement(path) instanceof TypeElement type) enclosing.add(type);
            }
            default -> {
                // binds no names
            }
        }
    }

    private void before(TreePath path, List<? extends Tree> statements, Tree inner) {
        long position = analysis.trees().getSourcePositions().getStartPosition(analysis.unit(), inner);
        for (Tree statement : statements.reversed()) {
            if (statement == inner) continue;
            long start = analysis.trees().getSourcePositions().getStartPosition(analysis.unit(), statement);
            if (start > position) continue;
            if (statement instanceof VariableTree variable) add(path, variable);
            // what a pattern binds outlives `if (!(o instanceof P p)) return;`
            if (statement instanceof IfTree choice && choice.getElseStatement() == null && isNegated(choice))
                bindings(path, choice.getCondition());
        }
    }

    private static boolean isNegated(IfTree choice) {
        Tree condition = choice.getCondition();
        while (condition instanceof com.sun.source.tree.ParenthesizedTree inside) condition = inside.getExpression();
        return condition instanceof UnaryTree not && not.getKind() == Tree.Kind.LOGICAL_COMPLEMENT;
    }

    private void bindings(TreePath path, Tree tree) {
        new TreePathScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitBindingPattern(BindingPatternTree pattern, @Nullable Void nothing) {
                add(getCurrentPath(), pattern.getVariable());
                return null;
            }

            @Override
            public @Nullable Void visitLambdaExpression(LambdaExpressionTree lambda, @Nullable Void nothing) {
                return null;
            }
        }.scan(new TreePath(path, tree), null);
    }

    private void add(TreePath parent, VariableTree variable) {
        String name = variable.getName().toString();
        if (name.isEmpty() || name.startsWith("$") || name.equals("<error>") || variable == at.getLeaf()) return;
        var path = new TreePath(parent, variable);
        Element element = analysis.trees().getElement(path);
        TypeMirror type = element == null ? analysis.trees().getTypeMirror(path) : element.asType();
        boolean known = type != null && type.getKind() != TypeKind.ERROR && type.getKind() != TypeKind.NONE;
        locals.putIfAbsent(name, new Local(name, known ? type : null));
    }
}
