package io.layerfs.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The BOM manages what our modules need, in the versions that they are built with. */
class BomTest {

    @Test
    void theLibrariesOfTheModulesAreManaged() throws Exception {
        Map<String, String> built = managed(Path.of("../pom.xml"));
        Map<String, String> bom = managed(Path.of("../layerfs-bom/pom.xml"));
        assertThat(bom).containsKeys("layerfs-core", "layerfs-contract", "commons-compress", "jackson-core", "jnr-ffi");
        assertThat(built).containsAllEntriesOf(bom);
        for (String module : new String[] {"core", "vfs", "overlay", "registry", "trust", "compose"}) {
            Document pom = parse(Path.of("../layerfs-" + module + "/pom.xml"));
            NodeList needed = select(pom, "/project/dependencies/dependency[not(scope) or scope='runtime']/artifactId");
            for (int i = 0; i < needed.getLength(); i++) {
                assertThat(bom).as(module).containsKey(needed.item(i).getTextContent());
            }
        }
    }

    private static Map<String, String> managed(Path file) throws Exception {
        Document pom = parse(file);
        Map<String, String> versions = new TreeMap<>();
        NodeList dependencies = select(pom, "/project/dependencyManagement/dependencies/dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            versions.put(text(dependency, "artifactId"), resolve(pom, text(dependency, "version")));
        }
        return versions;
    }

    private static String resolve(Document pom, String version) throws Exception {
        if (!version.startsWith("${") || version.equals("${project.version}")) {
            return version;
        }
        String property = version.substring(2, version.length() - 1);
        return select(pom, "/project/properties/*[name()='" + property + "']")
                .item(0)
                .getTextContent();
    }

    private static String text(Element element, String name) {
        return element.getElementsByTagName(name).item(0).getTextContent();
    }

    private static Document parse(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    private static NodeList select(Document document, String path) throws Exception {
        return (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, document, XPathConstants.NODESET);
    }
}
