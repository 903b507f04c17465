package io.layerfs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was found is reported, as it was found. */
class ReportTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void report() throws Exception {
        System.setProperty(Workplace.PROPERTY, directory.toString()); // the report asks for its file system
        Path run = Files.writeString(directory.resolve("results.csv"), Result.HEAD + "\n" + """
                Lookup,attributes,vfs,entries=5000 layers=1,100.0,95.0,110.0,7,ns,24.0
                Lookup,attributes,overlay,entries=5000 layers=1,1400.0,1300.0,1500.0,7,ns,150.0
                Lookup,attributes,jimfs,entries=5000 layers=1,250.0,240.0,260.0,7,ns,80.0
                Lookup,attributes,vfs,entries=5000 layers=1 threads=2,110.0,95.0,110.0,7,ns,24.0
                Lookup,attributes,vfs,entries=5000 layers=1 threads=4,220.0,95.0,230.0,7,ns,24.0
                Lookup,attributes,vfs,entries=5000 layers=32,104.0,95.0,110.0,7,ns,24.0
                Lookup,attributes,vfs,entries=5000 layers=500,110.0,95.0,110.0,7,ns,24.0
                Index,bytesPerEntry,layerfs,entries=1000000,140.0,140.0,140.0,1,B,
                """);
        Path compared = Files.writeString(directory.resolve("compare.csv"), Result.HEAD + "\n" + """
                Compare,import-gzip,layerfs,image=image.oci.tar,1500000000,1400000000,1600000000,5,ns,
                Compare,import-gzip,umoci,image=image.oci.tar,6000000000,6000000000,6000000000,5,ns,
                Compare,import-gzip,skopeo,image=image.oci.tar,9000000000,9000000000,9000000000,5,ns,
                """);
        Report.main(new String[] {directory.resolve("docs").toString(), run.toString(), compared.toString()});
    }

    @AfterEach
    void forget() {
        System.clearProperty(Workplace.PROPERTY);
    }

    @Test
    void targetsAreJudged() {
        assertThat(directory.resolve("docs/benchmarks.md"))
                .content()
                .contains("| `readAttributes`, kernel overlay, warm | ≥ 15.0 x | 14.0 x | **missed** |"
                        + " vfs 100 ns, overlay 1.40 µs |")
                .contains("| `readAttributes`, jimfs | ≥ 2.00 x | 2.50 x | met | vfs 100 ns, jimfs 250 ns |")
                .contains("| `readAttributes`, zipfs | ≥ 1.00 x |  | open | not measured here |")
                .contains(
                        "| `readAttributes`, 500 layers to 1 | ≤ 1.20 x | 1.10 x | met | layers 500 110 ns, layers 1 100 ns |")
                .contains("the fastest engine, in this JVM | ≥ 4.00 x |  | open | not measured here |\n"
                        + "| the same, the whole process | ≥ 4.00 x | 4.00 x | met | layerfs 1.50 s, umoci 6.00 s |")
                .contains("| index of 1 000 000 entries, bytes for each | ≤ 160 B | 140 B | met | layerfs |");
    }

    @Test
    void tablesHaveEveryResult() {
        assertThat(directory.resolve("docs/benchmarks.md"))
                .content()
                .contains("| overlay | entries 5000, layers 1 | 1.40 µs | 7 % | 150 B | 14.0 |")
                .contains("| skopeo | image image.oci.tar | 9.00 s | 0 % |  | 6.00 |")
                .contains("| processors | ")
                .contains("| date | ");
    }

    @Test
    void plotsAreWellFormed() throws Exception {
        Path plots = directory.resolve("docs/benchmarks");
        assertThat(plots.resolve("Lookup-attributes.svg")).content().contains(">overlay<", "class=\"own\"", "1.40 µs");
        assertThat(plots.resolve("Lookup-attributes-layers.svg")).content().contains("vfs 110 ns", "class=\"line c0\"");
        assertThat(plots.resolve("Lookup-attributes-threads.svg")).content().contains("vfs 220 ns");
        try (var files = Files.list(plots)) {
            for (Path plot : files.toList()) {
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(plot.toFile());
                assertThat(directory.resolve("docs/benchmarks.md"))
                        .content()
                        .contains("(benchmarks/" + plot.getFileName() + ")");
            }
        }
    }

    @Test
    void aResultIsReadAsItWasWritten() {
        Result result = new Result(
                "Read", "random4K", "vfs", Map.of("threads", "2", "size", "4"), 12.5, 10, 20, 7, "ns", Double.NaN);
        assertThat(Result.parse(result.toLine())).isEqualTo(result);
    }

    @Test
    void figuresHaveThreeDigits() {
        assertThat(Quantity.of(86.24, "ns")).isEqualTo("86.2 ns");
        assertThat(Quantity.of(1_234_567, "ns")).isEqualTo("1.23 ms");
        assertThat(Quantity.of(3 << 20, "B")).isEqualTo("3.00 MiB");
        assertThat(Quantity.times(12_345.6)).isEqualTo("12,346 x");
    }
}
