package io.layerfs.contract;

import io.layerfs.FileType;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A view as a plain directory: types, modes, times, links and user attributes; owners are whoever runs this. */
final class Unpacked {

    private final View view;
    private final Map<Long, Path> first = new HashMap<>();

    private Unpacked(View view) {
        this.view = view;
    }

    static void unpack(View view, Path target) throws IOException {
        new Unpacked(view).visit(view.root(), target);
    }

    static void delete(Path tree) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(tree)) {
            all = new ArrayList<>(found.toList());
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            Files.delete(all.get(i));
        }
    }

    private void visit(long inode, Path target) throws IOException {
        Stat stat = view.stat(inode);
        Path other = stat.type() == FileType.DIRECTORY ? null : first.putIfAbsent(inode, target);
        if (other != null) {
            Files.createLink(target, other);
            return;
        }
        switch (stat.type()) {
            case DIRECTORY -> {
                Files.createDirectory(target);
                for (Iterator<View.Dirent> i = view.list(inode); i.hasNext(); ) {
                    View.Dirent entry = i.next();
                    visit(entry.inode(), target.resolve(entry.name().toString()));
                }
            }
            case SYMLINK -> Files.createSymbolicLink(target, Path.of(view.readSymlink(inode)));
            default -> {
                ByteBuffer bytes = ByteBuffer.allocate((int) stat.size());
                view.content(inode).read(0, bytes);
                Files.write(target, bytes.array());
            }
        }
        setAttributes(stat, view.xattrs(inode), target);
    }

    private static void setAttributes(Stat stat, Xattrs xattrs, Path target) throws IOException {
        if (stat.type() != FileType.SYMLINK) {
            for (String name : xattrs.names()) {
                Files.setAttribute(
                        target, "user:" + name.substring("user.".length()), Objects.requireNonNull(xattrs.get(name)));
            }
            Files.setAttribute(target, "unix:mode", stat.mode());
        }
        Files.getFileAttributeView(target, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(FileTime.from(stat.mtime()), null, null);
    }
}
