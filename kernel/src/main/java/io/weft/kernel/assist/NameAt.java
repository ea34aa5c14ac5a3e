package io.weft.kernel.assist;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ErroneousTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import io.weft.kernel.assist.Analyst.Analysis;
import org.jspecify.annotations.Nullable;

/// Looks for the name that stands at an offset of a sketch.
final class NameAt extends TreePathScanner<@Nullable TreePath, @Nullable Void> {
    private final Analysis analysis;
    private final String name;
    private final int start;

    private NameAt(Analysis analysis, String name, int start) {
        this.analysis = analysis;
        this.name = name;
        this.start = start;
    }

    /// The path of the name; null where the parser could make nothing of it.
    static @Nullable TreePath find(Analysis analysis, String name, int start) {
        return new NameAt(analysis, name, start).scan(new TreePath(analysis.unit()), null);
    }

    @Override
    public @Nullable TreePath reduce(@Nullable TreePath left, @Nullable TreePath right) {
        return left != null ? left : right;
    }

    private long startOf(Tree tree) {
        return analysis.trees().getSourcePositions().getStartPosition(analysis.unit(), tree);
    }

    private long endOf(Tree tree) {
        return analysis.trees().getSourcePositions().getEndPosition(analysis.unit(), tree);
    }

    @Override
    public @Nullable TreePath visitIdentifier(IdentifierTree tree, @Nullable Void nothing) {
        return tree.getName().contentEquals(name) && startOf(tree) == start ? getCurrentPath() : null;
    }

    @Override
    public @Nullable TreePath visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
        boolean found = tree.getIdentifier().contentEquals(name) && endOf(tree) == start + name.length();
        return found ? getCurrentPath() : super.visitMemberSelect(tree, null);
    }

    @Override
    public @Nullable TreePath visitMemberReference(MemberReferenceTree tree, @Nullable Void nothing) {
        boolean found = tree.getName().contentEquals(name) && endOf(tree) == start + name.length();
        return found ? getCurrentPath() : super.visitMemberReference(tree, null);
    }

    @Override
    public @Nullable TreePath visitVariable(VariableTree tree, @Nullable Void nothing) {
        TreePath inner = super.visitVariable(tree, null);
        return inner == null && isDeclared(tree, tree.getName()) ? getCurrentPath() : inner;
    }

    @Override
    public @Nullable TreePath visitMethod(MethodTree tree, @Nullable Void nothing) {
        TreePath inner = super.visitMethod(tree, null);
        return inner == null && isDeclared(tree, tree.getName()) ? getCurrentPath() : inner;
    }

    @Override
    public @Nullable TreePath visitClass(ClassTree tree, @Nullable Void nothing) {
        TreePath inner = super.visitClass(tree, null);
        return inner == null && isDeclared(tree, tree.getSimpleName()) ? getCurrentPath() : inner;
    }

    @Override
    public @Nullable TreePath visitErroneous(ErroneousTree tree, @Nullable Void nothing) {
        return scan(tree.getErrorTrees(), null);
    }

    private boolean isDeclared(Tree tree, CharSequence declared) {
        return declared.toString().contentEquals(name) && startOf(tree) <= start && start < endOf(tree);
    }
}
