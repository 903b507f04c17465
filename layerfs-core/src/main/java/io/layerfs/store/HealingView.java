package io.layerfs.store;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.Xattrs;
import io.layerfs.erofs.DamagedIndexException;
import java.io.IOException;
import java.util.Iterator;

/**
 * A view through an index that may turn out to be damaged: then the index is built anew, and the question asked again. The
 * same layers give the same index, so that inode numbers stay.
 */
final class HealingView implements View {

    /** Makes a view of a sound index. */
    interface Rebuild {
        View rebuild() throws IOException;
    }

    private interface Question<T> {
        T ask(View view) throws IOException;
    }

    private final Rebuild rebuild;
    private volatile View view;

    HealingView(View view, Rebuild rebuild) {
        this.view = view;
        this.rebuild = rebuild;
    }

    private <T> T again(View damaged, Question<T> question) throws IOException {
        synchronized (rebuild) {
            if (view == damaged) {
                view = rebuild.rebuild();
            }
        }
        return question.ask(view);
    }

    @Override
    public long root() {
        return view.root();
    }

    @Override
    public long lookup(long directory, Name name) throws IOException {
        View asked = view;
        try {
            return asked.lookup(directory, name);
        } catch (DamagedIndexException e) {
            return again(asked, v -> v.lookup(directory, name));
        }
    }

    @Override
    public long parent(long directory) throws IOException {
        View asked = view;
        try {
            return asked.parent(directory);
        } catch (DamagedIndexException e) {
            return again(asked, v -> v.parent(directory));
        }
    }

    @Override
    public FileType type(long inode) throws IOException {
        View asked = view;
        try {
            return asked.type(inode);
        } catch (DamagedIndexException e) {
            return again(asked, v -> v.type(inode));
        }
    }

    @Override
    public Stat stat(long inode) throws IOException {
        View asked = view;
        try {
            return asked.stat(inode);
        } catch (DamagedIndexException e) {
            return again(asked, v -> v.stat(inode));
        }
    }

    @Override
    public Xattrs xattrs(long inode) throws IOException {
        View asked = view;
        try {
            return asked.xattrs(inode);
        } catch (DamagedIndexException e) {
            return again(asked, v -> v.xattrs(inode));
        }
    }

    @Override
    public String readSymlink(long inode) throws IOException {
        View asked = view;
        try {
            return asked.readSymlink(inode);
        } catch (DamagedIndexException e) {
            return again(asked, v -> v.readSymlink(inode));
        }
    }

    @Override
    public Content content(long inode) throws IOException {
        View asked = view;
        try {
            return asked.content(inode);
        } catch (DamagedIndexException e) {
            return again(asked, v -> v.content(inode));
        }
    }

    @Override
    public Iterator<Dirent> list(long directory) throws IOException {
        View asked = view;
        try {
            return asked.list(directory);
        } catch (DamagedIndexException e) {
            return again(asked, v -> v.list(directory));
        }
    }
}
