package io.layerfs.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lucene, by memory mapping, by channels, and as it chooses: an index in the image is searched, extended, and merged. */
class LuceneTest {

    @TempDir
    private Path work;

    /** Opens a directory. */
    private interface Opener {
        Directory open(Path path) throws IOException;
    }

    @Test
    void mapped() throws Exception {
        assertWorks(MMapDirectory::new);
    }

    @Test
    void byChannels() throws Exception {
        assertWorks(NIOFSDirectory::new);
    }

    @Test
    void asItChooses() throws Exception {
        assertWorks(FSDirectory::open);
    }

    private void assertWorks(Opener opener) throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, plain -> add(opener, plain, 0, 200))) {
            List<String> found = places.same(place -> {
                List<String> answers = search(opener, place);
                answers.addAll(add(opener, place, 200, 300));
                answers.addAll(search(opener, place));
                return answers;
            });
            assertThat(found).contains("200 documents", "hit 7 of 7", "500 documents", "refused: locked");
        }
    }

    private static List<String> add(Opener opener, Path place, int first, int count) throws IOException {
        List<String> answers = new ArrayList<>();
        try (Directory directory = opener.open(place.resolve("index"));
                IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
            for (int i = first; i < first + count; i++) {
                Document document = new Document();
                document.add(new StringField("id", "" + i, Field.Store.YES));
                document.add(new NumericDocValuesField("rank", -i));
                writer.addDocument(document);
                if (i % 50 == 49) {
                    writer.commit();
                }
            }
            try (Directory other = opener.open(place.resolve("index"))) {
                assertThatThrownBy(() -> new IndexWriter(other, new IndexWriterConfig()))
                        .isInstanceOf(LockObtainFailedException.class);
                answers.add("refused: locked");
            }
            writer.deleteDocuments(new Term("id", "" + (first + 1)));
            writer.addDocument(new Document());
            writer.forceMerge(1);
        }
        return answers;
    }

    private static List<String> search(Opener opener, Path place) throws IOException {
        List<String> answers = new ArrayList<>();
        try (Directory directory = opener.open(place.resolve("index"));
                DirectoryReader reader = DirectoryReader.open(directory)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            answers.add(reader.numDocs() + " documents");
            for (String id : List.of("7", "1", "201", "499")) {
                TopDocs hits = searcher.search(new TermQuery(new Term("id", id)), 10);
                answers.add(
                        hits.totalHits.value == 0
                                ? "no " + id
                                : "hit "
                                        + searcher.storedFields()
                                                .document(hits.scoreDocs[0].doc)
                                                .get("id") + " of " + id);
            }
            Sort byRank = new Sort(new SortField("rank", SortField.Type.LONG));
            TopDocs all = searcher.search(new MatchAllDocsQuery(), 5, byRank);
            for (var hit : all.scoreDocs) {
                answers.add("rank " + searcher.storedFields().document(hit.doc).get("id"));
            }
        }
        return answers;
    }
}
