package io.layerfs.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where, when and by which commands the figures were found. */
final class Machine {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private Machine() {}

    static String describe() throws IOException {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return "## How these figures were found\n\n| | |\n|---|---|\n"
                + "| date | " + LocalDate.now(ZoneOffset.UTC) + " |\n"
                + "| system | " + system.getName() + " " + system.getVersion() + ", " + system.getArch() + " |\n"
                + "| processors | " + system.getAvailableProcessors() + processor() + " |\n"
                + "| memory | " + Quantity.of((double) system.getTotalMemorySize(), "B") + " |\n"
                + "| file system | " + Files.getFileStore(Workplace.directory()).type() + " |\n"
                + "| Java | " + System.getProperty("java.vm.name") + " " + Runtime.version() + " |\n"
                + "| all of it | `layerfs-bench/report`, by root |\n"
                + "| whole processes | `layerfs-bench/compare` |\n"
                + "| one benchmark | `java -jar layerfs-bench/target/benchmarks.jar Lookup -p place=vfs,jimfs -p layers=1` |\n";
    }

    private static String processor() throws IOException {
        if (!Files.isReadable(PROCESSORS)) {
            return "";
        }
        return Files.readAllLines(PROCESSORS).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> ", " + line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }
}
