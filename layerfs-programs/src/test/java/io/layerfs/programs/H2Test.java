package io.layerfs.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2: a database that is in the image is used, changed, rolled back, compacted and opened again. */
class H2Test {

    @TempDir
    private Path work;

    /** On paths of the pure-Java backend: H2 takes other files by an implementation of its own {@code FilePath}. */
    @Test
    void byPaths() throws Exception {
        H2Path.register();
        Function<Path, String> url =
                place -> "jdbc:h2:path:" + place.resolve("db").toUri();
        try (TwoPlaces places = TwoPlaces.of(work, plain -> create(url.apply(plain)))) {
            assertWorks(places, url);
        }
    }

    /** As every program uses it. */
    @Test
    void onTheKernelsMount() throws Exception {
        Function<Path, String> url = place -> "jdbc:h2:file:" + place.resolve("db");
        try (TwoPlaces places = TwoPlaces.ofKernel(work, plain -> create(url.apply(plain)))) {
            assertWorks(places, url);
        }
    }

    private static void assertWorks(TwoPlaces places, Function<Path, String> url) throws Exception {
        List<String> answers = places.same(place -> {
            List<String> said = use(url.apply(place));
            said.addAll(read(url.apply(place) + ";ACCESS_MODE_DATA=r"));
            try (Stream<Path> files = Files.list(place)) {
                files.map(file -> file.getFileName().toString()).sorted().forEach(said::add);
            }
            return said;
        });
        assertThat(answers).contains("rows 2500", "second user refused", "db.mv.db");
    }

    private static int create(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create table item(id int primary key, text varchar)");
            return statement.executeUpdate("insert into item select x, 'text ' || x from system_range(1, 2000)");
        }
    }

    private static List<String> use(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into item select x, repeat('y', 300) from system_range(2001, 3000)");
            statement.executeUpdate("delete from item where id <= 500");
            statement.execute("create index by_text on item(text)");
            connection.setAutoCommit(false);
            statement.executeUpdate("delete from item");
            connection.rollback();
            statement.execute("shutdown compact");
        }
        return read(url);
    }

    private static List<String> read(String url) throws SQLException {
        List<String> answers = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String query : List.of(
                    "select 'rows ' || count(*) from item",
                    "select text from item where id = 777",
                    "select 'sum ' || sum(id) from item where text like 'y%'")) {
                try (ResultSet rows = statement.executeQuery(query)) {
                    rows.next();
                    answers.add(rows.getString(1));
                }
            }
            if (!url.contains("ACCESS_MODE_DATA")) {
                // another class of H2, as another process, asks for the file's lock
                assertThatThrownBy(
                                () -> org.h2.mvstore.MVStore.open(fileOf(url)).close())
                        .hasMessageContaining("locked");
                answers.add("second user refused");
            }
        }
        return answers;
    }

    private static String fileOf(String url) {
        return url.replace("jdbc:h2:file:", "").replace("jdbc:h2:", "") + ".mv.db";
    }
}
