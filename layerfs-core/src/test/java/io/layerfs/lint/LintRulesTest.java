package io.layerfs.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.layerfs.LayerLint;
import io.layerfs.LayerLint.Finding;
import io.layerfs.LayerLint.Severity;
import io.layerfs.LintRule;
import io.layerfs.tar.TarBytes;
import io.layerfs.tar.TarBytes.Header;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each rule: a tar with that finding and no other, and one that is much like it, without any. */
class LintRulesTest {

    @TempDir
    private static Path directory;

    /** What the finding is, and the tar with it; the tar without is null where another case has it. */
    private record Case(LintRule rule, Severity severity, String path, TarBytes odd, TarBytes clean) {}

    private static TarBytes tar() {
        return new TarBytes();
    }

    private static Header dir(String path) {
        return new Header('5', path);
    }

    private static Header link(String path, String target) {
        return new Header('2', path).link(target);
    }

    private static Header hard(String path, String target) {
        return new Header('1', path).link(target);
    }

    private static Header file(String path) {
        return new Header('0', path);
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        Severity info = Severity.INFO;
        Severity warning = Severity.WARNING;
        Severity error = Severity.ERROR;
        TarBytes plain = tar().header(dir("d/")).file("d/f", "x").header(link("d/l", "f"));

        cases.add(
                new Case(LintRule.MALFORMED, error, "", tar().raw(new byte[700]).raw(new byte[] {1}), plain));
        cases.add(new Case(
                LintRule.DUPLICATE_ENTRY, warning, "./f", tar().file("f", "x").file("./f", "y"), null));
        cases.add(new Case(
                LintRule.DUPLICATE_ENTRY, info, "d/", tar().header(dir("d/")).header(dir("d/")), null));
        cases.add(new Case(
                LintRule.WHITEOUT_OF_OWN_ENTRY,
                warning,
                ".wh.f",
                tar().file("f", "x").file(".wh.f", ""),
                tar().file("g", "x").file(".wh.f", "")));
        cases.add(new Case(
                LintRule.WHITEOUT_OF_OWN_ENTRY,
                warning,
                ".wh.d",
                tar().header(dir("d/")).file("d/f", "").file(".wh.d", ""),
                null));
        cases.add(new Case(
                LintRule.WHITEOUT_OF_OWN_ENTRY,
                info,
                "f",
                tar().file(".wh.f", "").file("f", "x"),
                null));
        cases.add(new Case(
                LintRule.OPAQUE_AFTER_CONTENT,
                warning,
                "d/.wh..wh..opq",
                tar().header(dir("d/")).file("d/f", "").file("d/.wh..wh..opq", ""),
                tar().header(dir("d/")).file("d/.wh..wh..opq", "").file("d/f", "")));
        cases.add(new Case(
                LintRule.REDUNDANT_WHITEOUT,
                info,
                "d/.wh.f",
                tar().header(dir("d/")).file("d/.wh..wh..opq", "").file("d/.wh.f", ""),
                tar().header(dir("d/"))
                        .header(dir("e/"))
                        .file("d/.wh..wh..opq", "")
                        .file("e/.wh.f", "")));
        cases.add(new Case(
                LintRule.REDUNDANT_WHITEOUT,
                info,
                "d/e/.wh.f",
                tar().file(".wh.d", "").file("d/e/.wh.f", ""),
                null));
        cases.add(new Case(
                LintRule.ODD_WHITEOUT, warning, ".wh.f", tar().header(link(".wh.f", "x")), tar().file(".wh.f", "")));
        cases.add(new Case(LintRule.ODD_WHITEOUT, warning, ".wh.f", tar().file(".wh.f", "smuggled"), null));
        cases.add(new Case(LintRule.AUFS_LEFTOVER, info, ".wh..wh.aufs", tar().file(".wh..wh.aufs", ""), null));
        cases.add(new Case(
                LintRule.PARENT_IS_SYMLINK,
                warning,
                "l/f",
                tar().header(link("l", "/etc")).file("l/f", "x"),
                tar().header(link("l", "/etc")).header(dir("k")).file("k/f", "x")));
        cases.add(new Case(
                LintRule.PARENT_IS_SYMLINK,
                warning,
                "l/.wh.f",
                tar().header(link("l", "d")).file("l/.wh.f", ""),
                null));
        cases.add(new Case(
                LintRule.PARENT_IS_FILE, warning, "f/g", tar().file("f", "x").file("f/g", "x"), null));
        cases.add(new Case(
                LintRule.MISSING_PARENT,
                info,
                "d",
                tar().file("d/e", "x"),
                tar().header(dir("d")).file("d/e", "x")));
        cases.add(new Case(LintRule.DOT_DOT, error, "../f", tar().file("../f", "x"), tar().file("..f", "x")));
        cases.add(new Case(
                LintRule.UNUSUAL_SPELLING,
                info,
                "/f",
                tar().file("/f", "x"),
                tar().header(dir("./")).file("./f", "x")));
        cases.add(new Case(
                LintRule.UNUSUAL_SPELLING, info, "d/./f", tar().header(dir("d")).file("d/./f", "x"), null));
        cases.add(new Case(
                LintRule.NAME_NOT_UTF8,
                info,
                "f\udcff",
                tar().header(new Header('0', new byte[] {'f', (byte) 0xff})),
                tar().file("\u00fcml\u00e4ut \ud83d\ude00", "x")));
        for (String name : List.of("CON", "nul.txt", "com1", "dot.", "a:b", "back\\slash", "bell\u0007")) {
            cases.add(new Case(
                    LintRule.NAME_NOT_FOR_WINDOWS, info, name, tar().file(name, ""), tar().file("x" + "contra", "")));
        }
        cases.add(new Case(
                LintRule.CASE_COLLISION,
                warning,
                "readme",
                tar().file("README", "x").file("readme", "x"),
                tar().header(dir("d")).file("README", "x").file("d/readme", "x")));
        cases.add(new Case(
                LintRule.CASE_COLLISION,
                warning,
                "STRASSE",
                tar().file("stra\u00dfe", "").file("STRASSE", ""),
                null));
        cases.add(new Case(
                LintRule.NORMALIZATION_COLLISION,
                warning,
                "a\u0308",
                tar().file("\u00e4", "").file("a\u0308", ""),
                tar().file("\u00e4", "").file("a", "")));
        cases.add(new Case(
                LintRule.HARD_LINK_TARGET,
                warning,
                "l",
                tar().header(hard("l", "lower")),
                tar().file("f", "x").header(hard("l", "f"))));
        cases.add(new Case(
                LintRule.HARD_LINK_TO_SYMLINK,
                info,
                "h",
                tar().header(link("l", "x")).header(hard("h", "l")),
                null));
        cases.add(new Case(
                LintRule.OVERLAY_XATTR,
                error,
                "f",
                tar().pax("SCHILY.xattr.trusted.overlay.redirect=/etc/shadow").file("f", "x"),
                tar().pax("SCHILY.xattr.user.overlayer=y").file("f", "x")));
        cases.add(new Case(
                LintRule.DEVICE,
                info,
                "null",
                tar().header(new Header('3', "null").octal(329, 8, 1).octal(337, 8, 3)),
                tar().header(new Header('6', "fifo"))));
        cases.add(new Case(
                LintRule.SET_ID,
                info,
                "su",
                tar().header(file("su").octal(100, 8, 04755)),
                tar().header(dir("d").octal(100, 8, 02755))));
        cases.add(new Case(
                LintRule.FILE_CAPABILITIES,
                info,
                "ping",
                tar().pax("SCHILY.xattr.security.capability=x").file("ping", ""),
                null));
        cases.add(new Case(
                LintRule.SPARSE_FILE,
                warning,
                "s",
                tar().pax("GNU.sparse.size=1000", "GNU.sparse.numblocks=1", "GNU.sparse.map=10,3")
                        .file("s", "abc"),
                null));
        cases.add(new Case(
                LintRule.TIME_OUT_OF_RANGE,
                info,
                "f",
                tar().pax("mtime=-1").file("f", ""),
                tar().pax("mtime=0.5").file("f", "")));
        cases.add(new Case(
                LintRule.TIME_OUT_OF_RANGE,
                info,
                "f",
                tar().header(file("f").octal(136, 12, 1L << 32)),
                tar().header(file("f").octal(136, 12, (1L << 32) - 1))));
        cases.add(new Case(
                LintRule.GLOBAL_HEADER,
                warning,
                "",
                tar().entry(new Header('g', "g"), TarBytes.records("mtime=1")).file("f", ""),
                null));
        cases.add(new Case(
                LintRule.GLOBAL_HEADER,
                info,
                "",
                tar().entry(new Header('g', "g"), TarBytes.records("comment=x")).file("f", ""),
                null));
        cases.add(new Case(
                LintRule.PAX_CONTRADICTS_HEADER,
                warning,
                "g",
                tar().pax("path=g").file("f", ""),
                tar().pax("path=" + "g".repeat(101)).file("g".repeat(100), "")));
        cases.add(new Case(
                LintRule.PAX_CONTRADICTS_HEADER,
                warning,
                "f",
                tar().pax("size=1").header(file("f")).body(new byte[] {'x'}),
                tar().pax("size=1").file("f", "x")));
        cases.add(new Case(
                LintRule.PAX_CONTRADICTS_HEADER,
                warning,
                "f",
                tar().pax("uid=5").file("f", ""),
                tar().pax("uid=3000000").file("f", "")));
        cases.add(new Case(
                LintRule.PAX_REPEATS_KEYWORD,
                warning,
                "",
                tar().pax("comment=a", "comment=b").file("f", ""),
                tar().pax("comment=a", "other=b").file("f", "")));
        cases.add(new Case(
                LintRule.SLACK_BYTES, warning, "", tar().header(file("f").text(50, "hidden")), null));
        cases.add(new Case(
                LintRule.SLACK_BYTES, warning, "", tar().header(file("f").text(500, "hidden")), null));
        cases.add(new Case(
                LintRule.SLACK_BYTES,
                warning,
                "f",
                tar().header(file("f").size(1)).raw(filled(512)),
                tar().header(file("f").size(512)).raw(filled(512))));
        cases.add(new Case(
                LintRule.TRAILING_DATA,
                warning,
                "",
                tar().file("f", "").end().file("second archive", ""),
                tar().file("f", "").end().raw(new byte[8192])));
        cases.add(new Case(
                LintRule.NOT_CANONICAL, info, "f", tar().header(file("f").v7()), null));
        cases.add(new Case(
                LintRule.NOT_CANONICAL,
                info,
                "f",
                tar().header(file("f").base256(108, 8, 5)),
                tar().header(file("f").base256(108, 8, 1 << 21))));
        cases.add(new Case(
                LintRule.NOT_CANONICAL,
                info,
                "f",
                tar().header(file("f").text(100, "   644 \0")),
                tar().header(file("f").text(100, "000644 \0"))));
        return cases;
    }

    private static byte[] filled(int length) {
        return "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
    }

    @TestFactory
    Stream<DynamicTest> eachRuleAloneAndNone() {
        return cases().stream()
                .map(c -> dynamicTest(c.rule + " of '" + c.path + "'", () -> {
                    // What comes behind the end, or not at all, is so on purpose.
                    boolean ended =
                            Set.of(LintRule.MALFORMED, LintRule.TRAILING_DATA).contains(c.rule);
                    LayerLint found = lint(ended ? c.odd : c.odd.end());
                    if (c.rule != LintRule.DOT_DOT) { // which makes it malformed, too
                        assertThat(found.counts()).as("%s", found.findings()).isEqualTo(Map.of(c.rule, 1L));
                    }
                    Finding finding = found.findings().stream()
                            .filter(f -> f.rule() == c.rule)
                            .findFirst()
                            .orElseThrow();
                    assertThat(finding.severity()).isEqualTo(c.severity);
                    assertThat(finding.place().path()).isEqualTo(c.path);
                    assertThat(finding.message()).isNotBlank();
                    if (c.clean != null) {
                        LayerLint none = lint(ended && c.rule != LintRule.MALFORMED ? c.clean : c.clean.end());
                        none = without(none, c.rule);
                        assertThat(none.findings()).isEmpty();
                    }
                }));
    }

    /** Of a clean tar only findings of the rule in question and of worse than INFO count. */
    private static LayerLint without(LayerLint found, LintRule rule) {
        return new LayerLint(
                found.findings().stream()
                        .filter(f -> f.rule() == rule || f.severity() != Severity.INFO)
                        .toList(),
                Map.of());
    }

    @Test
    void noRuleIsWithoutATest() {
        Set<LintRule> tested = EnumSet.of(
                LintRule.OVERLAY_WHITEOUT,
                LintRule.NO_END_BLOCKS,
                LintRule.WHITEOUT_HIDES_NOTHING); // below, and of stacks
        cases().forEach(c -> tested.add(c.rule));
        assertThat(tested).isEqualTo(EnumSet.allOf(LintRule.class));
    }

    @Test
    void endsWithoutTwoBlocksOfZeros() throws IOException {
        assertThat(lint(tar().file("f", "")).counts()).isEqualTo(Map.of(LintRule.NO_END_BLOCKS, 1L));
        assertThat(lint(tar().file("f", "").raw(new byte[512])).counts()).isEqualTo(Map.of(LintRule.NO_END_BLOCKS, 1L));
        assertThat(lint(tar().file("f", "").end()).counts()).isEmpty();
    }

    @Test
    void whatAStoreRefusesIsMalformedToo() throws IOException {
        TarBytes device = tar().header(new Header('3', "wh").octal(329, 8, 0).octal(337, 8, 0))
                .end();
        assertThat(lint(device).counts()).isEqualTo(Map.of(LintRule.OVERLAY_WHITEOUT, 1L, LintRule.MALFORMED, 1L));
        TarBytes later = tar().header(hard("l", "f")).file("f", "").end();
        assertThat(lint(later).counts()).isEqualTo(Map.of(LintRule.HARD_LINK_TARGET, 1L, LintRule.MALFORMED, 1L));
        TarBytes nothing = tar().file(".wh.", "").end();
        assertThat(lint(nothing).counts()).isEqualTo(Map.of(LintRule.ODD_WHITEOUT, 1L, LintRule.MALFORMED, 1L));
    }

    @Test
    void aFindingTellsWhereAndOfTheOther() throws IOException {
        Finding finding =
                lint(tar().file("f", "x").file("f", "y").end()).findings().get(0);
        assertThat(finding.place()).isEqualTo(new LayerLint.Place("f", 1024));
        assertThat(finding.related()).isEqualTo(new LayerLint.Place("f", 0));
    }

    @Test
    void ofEachRuleABoundedNumberIsKept() throws IOException {
        TarBytes many = tar();
        for (int i = 0; i <= LayerLint.KEPT; i++) {
            many.header(file("f"));
        }
        LayerLint found = lint(many.end());
        assertThat(found.counts()).isEqualTo(Map.of(LintRule.DUPLICATE_ENTRY, (long) LayerLint.KEPT));
        many = tar();
        for (int i = 0; i <= LayerLint.KEPT + 5; i++) {
            many.header(file("f"));
        }
        found = lint(many.end());
        assertThat(found.counts()).isEqualTo(Map.of(LintRule.DUPLICATE_ENTRY, LayerLint.KEPT + 5L));
        assertThat(found.findings()).hasSize(LayerLint.KEPT);
    }

    static LayerLint lint(TarBytes tar) throws IOException {
        Path file = Files.createTempFile(directory, "lint", ".tar");
        Files.write(file, tar.toBytes());
        return LayerLint.ofTar(file);
    }
}
