"""Reads an export with a parser of its own world and prints what that saw, one JSON object a line.

parse.py bibtex|ris|csl|html|csv|jsonl FILE: title, authors, date (as far as known), source, url of each record.
A parser's complaint ends it with code 1 and the complaint.
"""

import csv
import json
import sys
import warnings


def bibtex(path):
    import bibtexparser
    from bibtexparser.middlewares import LatexDecodingMiddleware

    library = bibtexparser.parse_file(path)
    addresses = [entry.fields_dict["url"].value if "url" in entry.fields_dict else None for entry in library.entries]
    if library.failed_blocks:
        sys.exit(f"bibtexparser failed at: {[block.raw for block in library.failed_blocks]}")
    # An address is verbatim; TeX obeys the rest.
    library = LatexDecodingMiddleware().transform(library)
    for entry, address in zip(library.entries, addresses):
        fields = {name: field.value for name, field in entry.fields_dict.items()}
        bare = lambda text: text.removeprefix("{").removesuffix("}")
        yield {
            "key": entry.key,
            "title": bare(fields["title"]) if "title" in fields else None,
            "authors": [bare(name) for name in fields["author"].split(" and ")] if "author" in fields else [],
            "date": [int(fields[part]) for part in ("year", "month", "day") if part in fields],
            "source": fields.get("journal"),
            "url": address,
        }


def ris(path):
    import rispy

    with open(path, encoding="utf-8") as file:
        for entry in rispy.load(file):
            if entry.get("unknown_tag"):
                sys.exit(f"rispy does not know: {entry['unknown_tag']}")
            yield {
                "title": entry.get("title"),
                "authors": entry.get("authors", []),
                "date": [int(part) for part in entry["date"].split("/") if part] if "date" in entry else [],
                "source": entry.get("secondary_title"),
                "url": (entry.get("urls") or [None])[0],
            }


def csl(path):
    """citeproc-py lays each item out as a bibliography entry, so that it is read as a citation program would."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    with open(path, encoding="utf-8") as file:
        items = json.load(file)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # An unknown field or type is a warning there.
        source = CiteProcJSON(items)
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    printed = [str(entry) for entry in bibliography.bibliography()]
    if len(printed) != len(items):
        sys.exit(f"citeproc prints {len(printed)} of {len(items)} items")
    for item in items:
        yield {
            "title": item.get("title"),
            "authors": [name["literal"] for name in item.get("author", [])],
            "date": item.get("issued", {"date-parts": [[]]})["date-parts"][0],
            "source": item.get("container-title"),
            "url": item.get("URL"),
            "printed": any(item["title"] in entry for entry in printed) if "title" in item else None,
        }


def html(path):
    import html5lib

    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    with open(path, "rb") as file:
        tree = parser.parse(file, transport_encoding="utf-8")
    text = lambda element: "".join(element.itertext())
    for article in tree.iter("article"):
        yield {
            "title": text(article.find("h2")),
            "url": next((a.get("href") for a in article.iter("a")), None),
            "passages": [text(p) for p in article.iter("p") if p.get("class") == "passage"],
            "facts": [text(p) for p in article.iter("p") if p.get("class") == "meta"],
            "elements": sorted({element.tag for element in article.iter()}),
        }


def table(path):
    csv.field_size_limit(1 << 30)
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, strict=True)


def lines(path):
    with open(path, encoding="utf-8") as file:
        yield from map(json.loads, file)


FORMS = {"bibtex": bibtex, "ris": ris, "csl": csl, "html": html, "csv": table, "jsonl": lines}
for record in FORMS[sys.argv[1]](sys.argv[2]):
    print(json.dumps(record, ensure_ascii=False))
