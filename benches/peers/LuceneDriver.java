import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * Lucene's side of the benchmark: {@code build ARTICLES INDEX}, {@code finish INDEX},
 * {@code query INDEX QUERIES WARMUPS}; a query is a line of id, kind, words, from, to, about, tab-separated.
 *
 * <p>One document a section; title, heading and text are indexed as one field, which is the fastest that
 * Lucene can be asked; no stop words, Porter stems, as in the other engines.
 */
public final class LuceneDriver {
  private static final int TOP = 10;
  /** Months are counted from January of this year, for a century. */
  private static final int FIRST_YEAR = 1950;
  private static final int MONTHS = 12 * 100;
  private static final Analyzer ANALYZER = new Analyzer() {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer words = new StandardTokenizer();
      return new TokenStreamComponents(words, new PorterStemFilter(new LowerCaseFilter(words)));
    }
  };

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "build" -> build(Path.of(args[1]), Path.of(args[2]));
      case "finish" -> finish(Path.of(args[1]));
      case "query" -> query(Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3]));
      default -> throw new IllegalArgumentException(args[0] + ": neither build, finish nor query");
    }
  }

  private static void build(Path articles, Path index) throws Exception {
    ObjectMapper json = new ObjectMapper();
    IndexWriterConfig config = new IndexWriterConfig(ANALYZER).setRAMBufferSizeMB(256);
    try (IndexWriter writer = new IndexWriter(FSDirectory.open(index), config);
        BufferedReader lines = Files.newBufferedReader(articles)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode article = json.readTree(line);
        String title = article.get("title").asText();
        String id = article.get("id").asText();
        LocalDate day = LocalDate.parse(article.get("published").asText());
        for (JsonNode section : article.get("sections")) {
          String heading = section.get("heading").asText();
          String text = section.get("text").asText();
          Document made = new Document();
          made.add(new TextField("all", title + "\n" + heading + "\n" + text, Field.Store.NO));
          made.add(new StoredField("id", id));
          made.add(new StoredField("title", title));
          made.add(new StoredField("heading", heading));
          made.add(new StoredField("text", text));
          made.add(new LongPoint("day", day.toEpochDay()));
          made.add(new NumericDocValuesField("month", (day.getYear() - FIRST_YEAR) * 12 + day.getMonthValue() - 1));
          made.add(new SortedDocValuesField("article", new BytesRef(id)));
          made.add(new SortedDocValuesField("source", new BytesRef(article.get("source").asText())));
          writer.addDocument(made);
        }
      }
      writer.commit();
    }
  }

  private static void finish(Path index) throws Exception {
    try (IndexWriter writer = new IndexWriter(FSDirectory.open(index), new IndexWriterConfig(ANALYZER))) {
      writer.forceMerge(1);
      writer.commit();
    }
  }

  private static void query(Path index, Path queries, int warmups) throws Exception {
    List<String> rows = Files.readAllLines(queries);
    try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(index))) {
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setQueryCache(null);
      StringBuilder out = new StringBuilder();
      for (int pass = 0; pass <= warmups; pass++) {
        out.setLength(0);
        for (String row : rows) {
          String[] cell = row.split("\t", -1);
          long began = System.nanoTime();
          long found = answer(searcher, cell);
          double ms = (System.nanoTime() - began) / 1e6;
          if (found >= 0) {
            out.append(cell[0]).append('\t').append(ms).append('\t').append(found).append('\n');
          }
        }
      }
      System.out.print(out);
    }
  }

  /** Hits, counted documents or buckets; -1 for a kind that Lucene has no answer to here. */
  private static long answer(IndexSearcher searcher, String[] cell) throws Exception {
    String kind = cell[1];
    if (kind.equals("about") || kind.equals("snippets")) {
      return -1;
    }
    Query query = parse(kind, cell[2], cell[3], cell[4]);
    switch (kind) {
      case "count":
        return searcher.count(query);
      case "facets":
        return Counts.of(searcher, query, "source", null);
      case "timeline":
        return Counts.of(searcher, query, null, "month");
      case "grouped":
        return grouped(searcher, query);
      default:
        ScoreDoc[] hits = searcher.search(query, TOP).scoreDocs;
        for (ScoreDoc hit : hits) {
          searcher.storedFields().document(hit.doc);
        }
        return hits.length;
    }
  }

  /** The ten best articles among ever more passages: exact once ten are there. */
  private static long grouped(IndexSearcher searcher, Query query) throws Exception {
    for (int depth = 5 * TOP; ; depth *= 4) {
      ScoreDoc[] hits = searcher.search(query, depth).scoreDocs;
      Set<String> seen = new HashSet<>();
      for (ScoreDoc hit : hits) {
        if (seen.add(searcher.storedFields().document(hit.doc).get("id")) && seen.size() == TOP) {
          return TOP;
        }
      }
      if (hits.length < depth) {
        return seen.size();
      }
    }
  }

  private static Query parse(String kind, String words, String from, String to) throws Exception {
    if (kind.equals("prefix")) {
      return new PrefixQuery(new Term("all", words));
    }
    List<String> terms = new ArrayList<>();
    try (TokenStream stream = ANALYZER.tokenStream("all", words)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        terms.add(term.toString());
      }
      stream.end();
    }
    if (kind.equals("phrase2")) {
      return new PhraseQuery("all", terms.toArray(String[]::new));
    }
    BooleanQuery.Builder built = new BooleanQuery.Builder();
    for (String term : terms) {
      built.add(new TermQuery(new Term("all", term)), kind.startsWith("and") ? Occur.MUST : Occur.SHOULD);
    }
    if (from.isEmpty()) {
      return built.build();
    }
    Query days = LongPoint.newRangeQuery("day", LocalDate.parse(from).toEpochDay(), LocalDate.parse(to).toEpochDay());
    return new BooleanQuery.Builder().add(built.build(), Occur.MUST).add(days, Occur.FILTER).build();
  }

  /** Counts of a string or a number over all matches, from doc values. */
  private static final class Counts extends SimpleCollector {
    private final String strings;
    private final String numbers;
    private final long[] counts;
    private SortedDocValues ords;
    private NumericDocValues values;

    private Counts(String strings, String numbers, int size) {
      this.strings = strings;
      this.numbers = numbers;
      this.counts = new long[size];
    }

    /** One segment, so an ordinal is one value throughout. */
    static long of(IndexSearcher searcher, Query query, String strings, String numbers) throws Exception {
      LeafReaderContext only = searcher.getIndexReader().leaves().get(0);
      int size = strings == null ? MONTHS : DocValues.getSorted(only.reader(), strings).getValueCount();
      Counts counts = new Counts(strings, numbers, size);
      searcher.search(query, counts);
      long filled = 0;
      for (long count : counts.counts) {
        filled += count > 0 ? 1 : 0;
      }
      return filled;
    }

    @Override
    protected void doSetNextReader(LeafReaderContext leaf) throws java.io.IOException {
      if (strings != null) {
        ords = DocValues.getSorted(leaf.reader(), strings);
      } else {
        values = DocValues.getNumeric(leaf.reader(), numbers);
      }
    }

    @Override
    public void collect(int doc) throws java.io.IOException {
      if (ords != null && ords.advanceExact(doc)) {
        counts[ords.ordValue()]++;
      } else if (values != null && values.advanceExact(doc)) {
        counts[(int) values.longValue()]++;
      }
    }

    @Override
    public ScoreMode scoreMode() {
      return ScoreMode.COMPLETE_NO_SCORES;
    }
  }
}
