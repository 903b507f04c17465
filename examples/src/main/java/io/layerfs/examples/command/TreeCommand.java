package io.layerfs.examples.command;

import io.layerfs.examples.TreeListing;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code layerfs tree}. */
@Command(
        name = "tree",
        header = "List every file of an image in a canonical form.",
        description = {
            "One line for each file, the root first as \".\", in the order of the bytes of the names; tabs between the fields:",
            "  type     d directory, f regular file, l symlink, c/b device, p fifo, s socket",
            "  mode     permission bits, octal",
            "  uid:gid",
            "  size     of a regular file, in bytes; \"major,minor\" of a device",
            "  mtime    whole seconds since 1970",
            "  links    how many names in this tree share the file",
            "  content  sha256 of a regular file; the target of a symlink",
            "  xattrs   name=hex, by name",
            "  path",
            "What has no value is \"-\". Everything but printable ASCII, and the backslash, is \\xNN.",
            "Two images with the same listing look the same in a container."
        },
        footer = "%nExample:%n  diff <(layerfs tree app:1) <(layerfs tree app:2)")
final class TreeCommand extends ShownCommand {

    @Option(names = "--no-content", description = "Do not read the files: \"-\" in place of their sha256.")
    private boolean noContent;

    @Override
    int run(ImageFiles files) throws IOException {
        TreeListing.print(files.path("/"), !noContent, terminal().out());
        return ExitCode.OK;
    }
}
