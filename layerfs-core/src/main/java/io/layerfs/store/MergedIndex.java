package io.layerfs.store;

import io.layerfs.View;
import java.nio.file.Path;
import java.util.List;

/**
 * The one index of a stack of layers, as the kernel mounts it.
 *
 * @param view what it shows, with the kernel's inode numbers
 * @param file an EROFS image without data
 * @param tars its devices in order: where the data is
 */
public record MergedIndex(View view, Path file, List<Path> tars) {}
