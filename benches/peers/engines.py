"""SQLite FTS5 and Xapian, each in a process of its own:

    engines.py sqlite|xapian build ARTICLES INDEX
    engines.py sqlite|xapian finish INDEX
    engines.py sqlite|xapian query INDEX QUERIES WARMUPS

`query` prints id, milliseconds and number of results of the pass after the warm-ups, tab-separated.
"""

import datetime
import json
import os
import sys
import time

TOP = 10
EPOCH = datetime.date(1970, 1, 1)


def day(text):
    return (datetime.date.fromisoformat(text) - EPOCH).days


def sections(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            article = json.loads(line)
            for section in article["sections"]:
                yield article, section


class Sqlite:
    """The text in an FTS5 table, the rest in a table beside it, joined by row id."""

    def __init__(self, path):
        import sqlite3
        self.db = sqlite3.connect(os.path.join(path, "index.sqlite"))

    def build(self, articles):
        self.db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-256000;"
            "CREATE VIRTUAL TABLE p USING fts5(title, heading, text, tokenize='porter unicode61');"
            "CREATE TABLE m(id INTEGER PRIMARY KEY, article TEXT, source TEXT, day INTEGER, month TEXT);")
        with self.db:
            for row, (article, section) in enumerate(sections(articles), 1):
                published = article["published"]
                self.db.execute("INSERT INTO p(rowid, title, heading, text) VALUES (?,?,?,?)",
                                (row, article["title"], section["heading"], section["text"]))
                self.db.execute("INSERT INTO m VALUES (?,?,?,?,?)",
                                (row, article["id"], article["source"], day(published), published[:7]))

    def finish(self):
        with self.db:
            self.db.execute("INSERT INTO p(p) VALUES ('optimize')")

    def answer(self, query):
        kind, words = query["kind"], query["words"]
        if kind == "about":
            return None
        match = {"and2": " AND ", "and3": " AND "}.get(kind, " OR ").join(f'"{word}"' for word in words)
        if kind == "phrase2":
            match = f'"{" ".join(words)}"'
        elif kind == "prefix":
            match = f'"{words[0]}"*'
        values = [match]
        if kind == "count":
            return self.db.execute("SELECT count(*) FROM p WHERE p MATCH ?", values).fetchone()[0]
        if kind in ("facets", "timeline"):
            column = "source" if kind == "facets" else "month"
            text = f"SELECT {column}, count(*) FROM p JOIN m ON m.id = p.rowid WHERE p MATCH ? GROUP BY 1"
        elif kind == "grouped":
            # Materialised, because bm25() is refused once the planner has folded it into a grouping.
            text = ("WITH f AS MATERIALIZED (SELECT rowid AS n, bm25(p) AS r FROM p WHERE p MATCH ?)"
                    " SELECT article, min(r) AS best FROM f JOIN m ON m.id = n GROUP BY article"
                    f" ORDER BY best LIMIT {TOP}")
        elif kind == "or2+range":
            text = ("SELECT article, title, heading, text FROM p JOIN m ON m.id = p.rowid WHERE p MATCH ?"
                    f" AND day BETWEEN ? AND ? ORDER BY rank LIMIT {TOP}")
            values += [day(query["from"]), day(query["to"])]
        else:
            shown = "snippet(p, 2, '[', ']', '…', 32)" if kind == "snippets" else "text"
            text = (f"SELECT article, title, heading, {shown} FROM p JOIN m ON m.id = p.rowid WHERE p MATCH ?"
                    f" ORDER BY rank LIMIT {TOP}")
        return len(self.db.execute(text, values).fetchall())


class Xapian:
    """Values: 0 article, 1 source, 2 day, 3 month."""

    def __init__(self, path):
        import xapian
        self.x = xapian
        self.path = path
        self.stem = xapian.Stem("porter")

    def build(self, articles):
        x = self.x
        db = x.WritableDatabase(self.path, x.DB_CREATE_OR_OVERWRITE)
        made = x.TermGenerator()
        made.set_stemmer(self.stem)
        made.set_stemming_strategy(x.TermGenerator.STEM_ALL)
        for article, section in sections(articles):
            doc = x.Document()
            made.set_document(doc)
            for text in (article["title"], section["heading"], section["text"]):
                made.index_text(text)
                made.increase_termpos()
            doc.set_data(json.dumps([article["id"], article["title"], section["heading"], section["text"]]))
            doc.add_value(0, article["id"])
            doc.add_value(1, article["source"])
            doc.add_value(2, x.sortable_serialise(day(article["published"])))
            doc.add_value(3, article["published"][:7])
            db.add_document(doc)
        db.commit()
        db.close()

    def finish(self):
        pass

    def answer(self, query):
        x, kind = self.x, query["kind"]
        if kind == "about":
            return None
        if not hasattr(self, "enquire"):
            self.db = x.Database(self.path)
            self.enquire = x.Enquire(self.db)
            self.enquire.set_weighting_scheme(x.BM25Weight())
        terms = [self.stem(word).decode() for word in query["words"]]
        if kind == "prefix":
            made = x.Query(x.Query.OP_WILDCARD, query["words"][0], 0, x.Query.WILDCARD_LIMIT_ERROR)
        else:
            how = {"and2": x.Query.OP_AND, "and3": x.Query.OP_AND, "phrase2": x.Query.OP_PHRASE}
            made = x.Query(how.get(kind, x.Query.OP_OR), terms)
        if kind == "or2+range":
            days = x.Query(x.Query.OP_VALUE_RANGE, 2, x.sortable_serialise(day(query["from"])),
                           x.sortable_serialise(day(query["to"])))
            made = x.Query(x.Query.OP_FILTER, made, days)
        self.enquire.set_query(made)
        self.enquire.set_collapse_key(0 if kind == "grouped" else x.BAD_VALUENO)
        self.enquire.clear_matchspies()
        everything = self.db.get_doccount()
        if kind == "count":
            return self.enquire.get_mset(0, 0, everything).get_matches_estimated()
        if kind in ("facets", "timeline"):
            spy = x.ValueCountMatchSpy(1 if kind == "facets" else 3)
            self.enquire.add_matchspy(spy)
            self.enquire.get_mset(0, 0, everything)
            return sum(1 for _ in spy.values())
        found = self.enquire.get_mset(0, TOP)
        for hit in found:
            data = json.loads(hit.document.get_data())
            if kind == "snippets":
                found.snippet(data[3], 200, self.stem)
        return len(found)


def main():
    name, what = sys.argv[1:3]
    engine = {"sqlite": Sqlite, "xapian": Xapian}[name]
    if what == "build":
        engine(sys.argv[4]).build(sys.argv[3])
    elif what == "finish":
        engine(sys.argv[3]).finish()
    else:
        index, queries, warmups = sys.argv[3:6]
        opened = engine(index)
        with open(queries, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        for left in range(int(warmups), -1, -1):
            for row in rows:
                began = time.perf_counter()
                found = opened.answer(row)
                took = (time.perf_counter() - began) * 1e3
                if left == 0 and found is not None:
                    print(f"{row['id']}\t{took:.4f}\t{found}")


if __name__ == "__main__":
    main()
