#!/usr/bin/env python3
"""Articles recombined from the sentences of a folder of text, as JSON Lines: the same seed, folder and
number of articles give the same bytes.

    generate.py --articles 50k --sentences FOLDER --out articles.jsonl

Sentences repeat, so their words alone would be a closed vocabulary; real archives grow theirs (Heaps). One
section in three therefore gets a coined word: half of the time a new one, else one coined before.
"""

import argparse
import datetime
import json
import os
import random
import re
import sys

SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[A-Z\"'])")
ENGLISH = re.compile(r"\b(the|of|and|to|in|that|was|is|for)\b")
WORD = re.compile(r"[A-Za-z]{3,}")
SUFFIXES = {"", ".txt", ".md"}
CHARS = range(40, 400)
"""Lengths of sentences taken: shorter ones are captions, longer ones lists that were not split."""
FIRST_DAY = datetime.date(2005, 1, 1)
DAYS = 20 * 365
SOURCES = ["Harbour Post", "Northern Wire", "The Courier", "Valley Gazette", "Meridian", "City Herald",
           "Evening Standard Bearer", "Coastal Times", "The Ledger", "Radio Nine", "Plain Dealer's Weekly",
           "Summit News"]
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in ("a", "e", "i", "o", "u", "or", "en", "al")]


def sentences(folder, limit=400_000):
    """Distinct English sentences of the plain-text files below `folder`, in order of path."""
    found = {}
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if os.path.splitext(name)[1].lower() not in SUFFIXES:
                continue
            with open(os.path.join(where, name), encoding="utf-8", errors="ignore") as file:
                text = " ".join(file.read(1_000_000).split())
            for sentence in SENTENCE_END.split(text):
                if len(sentence) in CHARS and sentence.isprintable() and ENGLISH.search(sentence):
                    found[sentence] = None
            if len(found) >= limit:
                return list(found)
    return list(found)


class Words:
    """Coined words: how many there are grows with the articles made."""

    def __init__(self, rng):
        self.rng = rng
        self.known = []

    def next(self):
        if self.known and self.rng.random() < 0.5:
            return self.known[int(self.rng.random() ** 2 * len(self.known))]
        parts = 3 + int(self.rng.random() * 3)
        word = "".join(SYLLABLES[int(self.rng.random() * len(SYLLABLES))] for _ in range(parts))
        self.known.append(word)
        return word


def articles(pool, count, seed):
    """Yields `count` articles. Only `Random.random` is drawn from: Python keeps that sequence for a seed."""
    rng = random.Random(seed)
    words = Words(rng)

    def one():
        return pool[int(rng.random() * len(pool))]

    def line(least, most):
        found = WORD.findall(one())
        at = int(rng.random() * max(1, len(found) - most))
        return " ".join(found[at:at + least + int(rng.random() * (most - least + 1))]).capitalize()

    for number in range(count):
        parts = []
        for _ in range(3 + int(rng.random() * 6)):
            text = " ".join(one() for _ in range(2 + int(rng.random() * 6)))
            if rng.random() < 1 / 3:
                text += f" Officials named {words.next().capitalize()} in the report."
            parts.append({"heading": line(2, 5), "text": text})
        day = FIRST_DAY + datetime.timedelta(days=int(rng.random() * DAYS))
        yield {
            "id": f"a{number:07}",
            "title": line(5, 9),
            "source": SOURCES[int(rng.random() ** 1.5 * len(SOURCES))],
            "published": day.isoformat(),
            "sections": parts,
        }


def size(text):
    """`2k`, `1M` or a plain number."""
    unit = {"k": 1_000, "M": 1_000_000}.get(text[-1:], 1)
    return int(text[:-1] if unit > 1 else text) * unit


def write(folder, count, seed, out):
    """Writes the articles; returns how many sentences they were made from."""
    pool = sentences(folder)
    if not pool:
        sys.exit(f"{folder}: no English sentence in its .txt, .md and plain files")
    with open(out, "w", encoding="utf-8") as file:
        for article in articles(pool, count, seed):
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
    return len(pool)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    flags.add_argument("--articles", type=size, default=2_000, help="2k (default), 50k, 200k, 1M")
    flags.add_argument("--sentences", default=os.path.join(here, "../../corpus"), help="folder of text")
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument("--out", default="articles.jsonl")
    given = flags.parse_args()
    count = write(given.sentences, given.articles, given.seed, given.out)
    print(f"{given.articles} articles from {count} sentences: {given.out}")


if __name__ == "__main__":
    main()
