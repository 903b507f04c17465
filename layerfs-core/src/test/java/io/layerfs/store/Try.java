package io.layerfs.store;

import io.layerfs.*;
import java.nio.file.*;

public class Try {
    public static void main(String[] a) throws Exception {
        try (LayerStore s = LayerStore.open(Path.of(a[0]))) {
            for (int i = 1; i < a.length; i++) {
                long t = System.nanoTime();
                Image im = s.importImage(Path.of(a[i]), ImportOptions.DEFAULT);
                System.out.println(im + " " + im.layers() + " " + (System.nanoTime() - t) / 1e9);
                View v = s.view(im);
                System.out.println(v.stat(v.root()));
                int[] n = {0};
                walk(v, v.root(), n);
                System.out.println(n[0] + " entries");
            }
            System.out.println(s.verify(ProgressListener.NONE));
        }
    }

    static void walk(View v, long d, int[] n) throws Exception {
        for (var i = v.list(d); i.hasNext(); ) {
            var e = i.next();
            n[0]++;
            if (v.lookup(d, e.name()) != e.inode()) throw new Error(e.toString());
            v.stat(e.inode());
            if (e.type() == FileType.DIRECTORY) walk(v, e.inode(), n);
        }
    }
}
