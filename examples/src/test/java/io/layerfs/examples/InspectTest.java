package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** inspect, lint and explain on an image with hostile names; the page in a real browser. */
class InspectTest {

    private static final Attributes ANY = new Attributes(0755, 0, 0, Instant.EPOCH, Xattrs.NONE);

    /** Each text with the background behind it: those whose contrast is under 4.5, by the formula of WCAG 2. */
    private static final String POOR_CONTRAST = """
            (() => {
              const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
              const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
              const parse = s => s.match(/[\\d.]+/g).map(Number);
              const behind = e => {
                for (let at = e; at; at = at.parentElement) {
                  const c = parse(getComputedStyle(at).backgroundColor);
                  if (c.length === 3) return c;
                  if (c[3] !== 0) return null;
                }
                return [255, 255, 255];
              };
              const poor = [];
              let texts = 0;
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (walker.nextNode()) {
                const e = walker.currentNode.parentElement;
                if (!walker.currentNode.data.trim() || !e.getClientRects().length || e.tagName === 'SCRIPT') continue;
                texts++;
                const back = behind(e);
                const a = light(parse(getComputedStyle(e).color).slice(0, 3));
                const b = back ? light(back) : a;
                const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (contrast < 4.5) poor.push(e.className + ' ' + walker.currentNode.data + ' ' + contrast);
              }
              return texts < 50 ? 'only ' + texts + ' texts' : poor.join('\\n');
            })()""";

    @TempDir
    private static Path directory;

    private static Path store;
    private static Layer base;
    private static Layer again;

    @BeforeAll
    static void makeImage() throws IOException {
        store = directory.resolve("store");
        try (LayerStore layers = LayerStore.open(store)) {
            base = layers.add(new ChangesetBuilder()
                    .directory("usr", ANY)
                    .file("usr/big", ANY, new byte[50_000])
                    .file("usr/share/doc/a", ANY, new byte[30_000])
                    .file("usr/share/doc/b", ANY, new byte[20_000])
                    .file("etc/name", ANY, new byte[100])
                    .file("</script><script>window.hacked=1</script>", ANY, new byte[1000])
                    .file("odd/bad\udcff", ANY, new byte[10])
                    .file("odd/\u202egnp.exe", ANY, new byte[10])
                    .build());
            Layer top = layers.add(new ChangesetBuilder()
                    .file("usr/big", ANY, new byte[60_000])
                    .whiteout("etc/name")
                    .whiteout("nothing")
                    .file("USR/x", ANY, new byte[1])
                    .build());
            Image image = layers.createImage(List.of(base), Platform.host());
            layers.plus(image, top, History.of("RUN <img src=x onerror=alert(1)> && echo '</script>'"), "odd:1");
            ByteArrayOutputStream tar = new ByteArrayOutputStream();
            base.openTar().transferTo(tar);
            again = layers.add(new ByteArrayInputStream((tar.toString(StandardCharsets.ISO_8859_1) + "\0".repeat(512))
                    .getBytes(StandardCharsets.ISO_8859_1)));
            layers.tag(layers.createImage(List.of(again), Platform.host()), "again:1");
        }
    }

    private static Run layerfs(Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "--store";
        all[1] = store;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Run.layerfs(all);
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }

    @Test
    void inspectTellsWhatEachLayerCosts() {
        Run plain = layerfs("inspect", "odd:1");
        assertThat(plain.exitCode()).as(plain.err()).isZero();
        assertThat(plain.lines()).hasSize(6);
        assertThat(plain.text()).contains("50.0 kB  layer 0, hidden by 1  /usr/big", "RUN <img");
        Map<?, ?> json = map(layerfs("inspect", "odd:1", "--json").json());
        assertThat(json.get("wasted")).isEqualTo(50_100L);
        Map<?, ?> top = map(((List<?>) json.get("layers")).get(1));
        assertThat(top.get("changed")).isEqualTo(Map.of("paths", 1L, "bytes", 60_000L));
        assertThat(top.get("removed")).isEqualTo(Map.of("paths", 1L, "bytes", 100L));
        assertThat(map(((List<?>) json.get("waste")).get(0)).get("path")).isEqualTo("/usr/big");
    }

    @Test
    void lintEndsWithSixWhereToolsDiffer() {
        Run plain = layerfs("lint", "odd:1");
        assertThat(plain.exitCode()).as(plain.err()).isEqualTo(6);
        assertThat(plain.lines().get(0)).startsWith("1  warning  case-collision  usr/big");
        assertThat(plain.text()).doesNotContain("whiteout-hides-nothing  ").contains("whiteout-hides-nothing 1");
        assertThat(layerfs("lint", "odd:1", "--all").text()).contains("  whiteout-hides-nothing  .wh.nothing  at ");
        Map<?, ?> layer = map(((List<?>) layerfs("lint", "odd:1", "--json").json()).get(1));
        assertThat(map(layer.get("counts")).get("case-collision")).isEqualTo(1L);
        Run single = layerfs("lint", "--layer", base.diffId());
        assertThat(single.exitCode()).as(single.err()).isZero();
        assertThat(layerfs("lint").exitCode()).isEqualTo(2);
    }

    @Test
    void explainTellsWhatDiffers() {
        Run plain = layerfs("explain", base.diffId(), again.diffId());
        assertThat(plain.exitCode()).as(plain.err()).isZero();
        assertThat(plain.lines().get(0)).isEqualTo("the same tree; what differs: end");
        assertThat(plain.lines().get(2)).isEqualTo("(archive)  behind the last entry: 1024 bytes -> 1536 bytes");
        assertThat(layerfs("explain", base.diffId(), base.diffId()).lines())
                .containsExactly("the same layer, byte for byte");
        Map<?, ?> json =
                map(layerfs("explain", base.diffId(), again.diffId(), "--json").json());
        assertThat(json.get("sameTree")).isEqualTo(true);
        assertThat(json.get("aspects")).isEqualTo(List.of("end"));
    }

    @Test
    void thePageWorksInABrowser() throws Exception {
        Path page = directory.resolve("page.html");
        Run made = layerfs("inspect", "odd:1", "--html", page);
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(Files.readString(page)).doesNotContain("http:", "https:");
        try (Browser browser = Browser.start()) {
            for (int width : new int[] {1280, 360}) {
                for (boolean dark : new boolean[] {false, true}) {
                    browser.open(page, width, dark);
                    checkLooks(browser, width + (dark ? " dark" : " light"));
                    use(browser);
                    checkLooks(browser, width + (dark ? " dark" : " light") + " in use");
                    assertThat(browser.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
                            .isEqualTo(String.valueOf(dark));
                    assertThat(browser.complaints()).isEmpty();
                }
            }
        }
    }

    private static void checkLooks(Browser browser, String as) {
        assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .as(as)
                .isEqualTo("true");
        assertThat(browser.evaluate(POOR_CONTRAST)).as(as).isEmpty();
    }

    private static void use(Browser browser) {
        // nothing that an image holds runs, or is lost
        assertThat(browser.evaluate("window.hacked")).isEqualTo("undefined");
        assertThat(browser.evaluate("document.scripts.length")).isEqualTo("2");
        assertThat(browser.evaluate("document.querySelectorAll('img').length")).isEqualTo("0");
        assertThat(browser.evaluate("document.getElementById('layers').textContent"))
                .contains("onerror=alert(1)> && echo '</script>'");

        search(browser, "BAD");
        assertThat(browser.evaluate("document.querySelector('#search-results .path').textContent"))
                .isEqualTo("/odd/bad\\xff");
        search(browser, "gnp");
        assertThat(browser.evaluate("document.querySelector('#search-results .path').textContent"))
                .isEqualTo("/odd/\\xe2\\x80\\xaegnp.exe");
        search(browser, "name");
        assertThat(browser.evaluate("document.getElementById('search-results').textContent"))
                .contains("/etc/name", "0 added", "1 removed");
        search(browser, "usr doc/a");
        assertThat(browser.evaluate("document.getElementById('search-count').textContent"))
                .isEqualTo("1 path");
        browser.evaluate("document.querySelector('#search-results .link').click()");
        assertThat(browser.evaluate("document.querySelector('.row.found .path').textContent"))
                .isEqualTo("a");
        assertThat(crumbs(browser)).isEqualTo("/usr/share/doc/");
        search(browser, "");

        // the map: up with Escape, down by choosing a directory
        key(browser, "Escape");
        assertThat(crumbs(browser)).isEqualTo("/usr/share/");
        key(browser, "Escape");
        key(browser, "Escape");
        assertThat(crumbs(browser)).isEqualTo("/");
        browser.evaluate("[...document.querySelectorAll('.tile')].find(t => t.title.startsWith('/usr,')).click()");
        assertThat(crumbs(browser)).isEqualTo("/usr/");
        assertThat(browser.evaluate("document.querySelector('.tile').title")).contains("/usr/big, 60.0 kB", "layer 1");

        // one layer alone
        browser.evaluate("document.querySelectorAll('.layer')[1].click()");
        assertThat(browser.evaluate("document.getElementById('tree-note').textContent"))
                .startsWith("What layer 1 says: ");
        assertThat(browser.evaluate("document.getElementById('map-note').textContent"))
                .contains("60.0 kB in 2 files of layer 1");
        assertThat(browser.evaluate("document.getElementById('waste').textContent"))
                .contains("/usr/big", "stored by 0", "hidden by 1");
    }

    private static void search(Browser browser, String text) {
        browser.evaluate("(() => { const s = document.getElementById('search'); s.value = '" + text
                + "'; s.dispatchEvent(new Event('input')); })()");
    }

    private static void key(Browser browser, String key) {
        browser.evaluate(
                "document.getElementById('map').dispatchEvent(new KeyboardEvent('keydown', {key: '" + key + "'}))");
    }

    private static String crumbs(Browser browser) {
        return browser.evaluate("document.getElementById('crumbs').textContent");
    }
}
