"""Seeded queries of every kind, drawn from the articles that are asked.

A query is {"id", "kind", "words", "from", "to", "about"}; each engine says it in its own syntax.
"""

import json
import random
import re

WORD = re.compile(r"[a-z]{4,}")
STOP = set("about after also been before being both could does done down during each even every from have having here "
           "into just like made make many more most much must only other over said same shall should since some such "
           "than that their them then there these they this those through under until upon very were what when where "
           "which while will with within without would your".split())
"""Not drawn for kinds that need all of their words, so that no engine's stop list decides a comparison."""
KINDS = ["or1", "or2", "or3", "or5", "headline", "and2", "and3", "phrase2", "prefix", "or2+range", "count", "facets",
         "timeline", "about", "grouped", "snippets"]
SAMPLE = 2_000


def words_of(text):
    return [word for word in WORD.findall(text.lower()) if word not in STOP]


def make(path, each, seed):
    """`each` queries of each kind over the articles in `path`."""
    rng = random.Random(seed)
    sample = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            sample.append(json.loads(line))
            if len(sample) == SAMPLE:
                break
    held = {}
    for article in sample:
        for section in article["sections"]:
            for word in set(words_of(section["text"])):
                held[word] = held.get(word, 0) + 1
    ranked = sorted(held, key=lambda word: (-held[word], word))

    def pick(items):
        return items[int(rng.random() * len(items))]

    def word():
        """Frequent, middling and rare words alike: what a reader types is not Zipf's."""
        band = pick([(0, 200), (200, 2_000), (2_000, 20_000)])
        return pick(ranked[band[0]:band[1]] or ranked)

    def together(count):
        """Words of one passage, so that a conjunction finds something."""
        while True:
            found = sorted(set(words_of(pick(pick(sample)["sections"])["text"])))
            if len(found) >= count:
                return [found.pop(int(rng.random() * len(found))) for _ in range(count)]

    def adjacent():
        while True:
            text = pick(pick(sample)["sections"])["text"].lower()
            pairs = [p for p in re.findall(r"(?=\b([a-z]{4,}) ([a-z]{4,})\b)", text) if not STOP & set(p)]
            if pairs:
                return list(pick(pairs))

    def distinct(count):
        found = []
        while len(found) < count:
            one = word()
            if one not in found:
                found.append(one)
        return found

    made = []
    for kind in KINDS:
        for number in range(each):
            query = {"id": f"{kind}-{number}", "kind": kind, "from": "", "to": "", "about": ""}
            if kind in ("and2", "and3"):
                query["words"] = together(int(kind[-1]))
            elif kind == "phrase2":
                query["words"] = adjacent()
            elif kind == "headline":
                query["words"] = re.findall(r"[a-z]+", pick(sample)["title"].lower())
            elif kind == "prefix":
                query["words"] = [word()[:4]]
            elif kind == "or1":
                query["words"] = distinct(1)
            elif kind in ("or3", "or5"):
                query["words"] = distinct(int(kind[-1]))
            else:
                query["words"] = distinct(2)
            if kind == "or2+range":
                year = 2005 + int(rng.random() * 18)
                query["from"], query["to"] = f"{year}-03-01", f"{year + 1}-02-28"
            if kind == "about":
                query["about"] = f"{2003 + int(rng.random() * 8)}-{1 + int(rng.random() * 12):02}"
            made.append(query)
    return made
