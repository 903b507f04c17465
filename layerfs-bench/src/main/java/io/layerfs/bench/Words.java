package io.layerfs.bench;

import java.util.Map;

/** What benchmarks are called in the report. */
final class Words {

    private static final Map<String, String> PHASES = Map.ofEntries(
            Map.entry(
                    "Lookup",
                    "Names and attributes, through `Files`, in a random order; the kernel's caches are warm."),
            Map.entry(
                    "Cold", "The same after the kernel's caches were dropped, of data, directory entries and inodes."),
            Map.entry("Listing", "Directories of a thousand files, ten of them."),
            Map.entry("Read", "The bytes of files; `mapped` is the floor, a copy from memory."),
            Map.entry("Change", "Small files are made, written, renamed and deleted."),
            Map.entry(
                    "CopyUp",
                    "One byte is written into a file of the image that nobody has written yet; sizes in KiB."),
            Map.entry("Fork", "A mount in which files were made is forked, and the fork ended."),
            Map.entry("Mount", "An image is mounted, and that ended."),
            Map.entry("KernelMount", "The same by the kernel; `bare` is the floor, the system calls alone."),
            Map.entry("Commit", "Ten files that were written in a mount become an image, synced; the commit alone."),
            Map.entry(
                    "Import",
                    "An archive is imported into a new store: verified, indexed, synced. The floors inflate the same layers, or,"
                            + " where they are not compressed, hash them, with what the JDK has."),
            Map.entry("Index", "What is derived from a layer and kept beside it."),
            Map.entry(
                    "Compare",
                    "Whole processes, one after the other, each with a new store, from an archive to a readable root file system."
                            + " No daemon runs: `podman load` of a plain docker archive stands for `docker load`."));

    private static final Map<String, String> TITLES = Map.ofEntries(
            Map.entry("Lookup.attributes", "`readAttributes`"),
            Map.entry("Lookup.attributesDeep", "`readAttributes`, eight deep"),
            Map.entry("Lookup.attributesOfFirstLayer", "`readAttributes`, files of the base"),
            Map.entry("Lookup.attributesOfLastLayer", "`readAttributes`, files of the top layer"),
            Map.entry("Lookup.existsPresent", "`exists`, present"),
            Map.entry("Lookup.existsAbsent", "`exists`, absent"),
            Map.entry("Cold.existsAbsent", "`exists`, absent, caches dropped"),
            Map.entry("Cold.attributesOfFirstLayer", "`readAttributes`, files of the base, caches dropped"),
            Map.entry("Cold.list", "list a merged directory, caches dropped"),
            Map.entry("Listing.names", "list 1000 names"),
            Map.entry("Listing.namesWithAttributes", "list 1000 names with attributes"),
            Map.entry("Listing.walk", "`Files.walk` of 10 000 files"),
            Map.entry("Read.readAllBytes4K", "`readAllBytes` of 4 KiB"),
            Map.entry("Read.sequential64M", "sequential read of 64 MiB"),
            Map.entry("Read.random4K", "random read of 4 KiB"),
            Map.entry("Change.createAndDelete", "create and delete"),
            Map.entry("Change.rename", "rename"),
            Map.entry("Change.write4K", "write 4 KiB anew"),
            Map.entry("Change.writeRenameDelete", "write 4 KiB, rename, delete"),
            Map.entry("CopyUp.writeOneByte", "write one byte"),
            Map.entry("Fork.forkAndEnd", "fork and end"),
            Map.entry("Mount.mountAndEnd", "writable mount and its end"),
            Map.entry("KernelMount.mountAndEnd", "writable mount by the kernel and its end"),
            Map.entry("Mount.openAndReadOne", "open store, mount, read a file, close"),
            Map.entry("Commit.commitTen", "commit of ten files"),
            Map.entry("Import.import", "import"),
            Map.entry("Index.bytesPerEntry", "bytes of index for each entry"),
            Map.entry("Compare.import-gzip", "from a gzip archive"),
            Map.entry("Compare.import-plain", "from an uncompressed archive"),
            Map.entry("Compare.commit-ten", "commit of ten files"),
            Map.entry("Compare.create", "make a container, or a view"),
            Map.entry("Compare.registry-push", "push to a registry of this machine"),
            Map.entry("Compare.registry-pull", "pull from a registry of this machine"),
            Map.entry("Compare.registry-import", "import of what is pulled"));

    private Words() {}

    static String ofPhase(String phase) {
        return PHASES.getOrDefault(phase, "");
    }

    static String of(String title) {
        return TITLES.getOrDefault(title, title);
    }
}
