#!/usr/bin/env python3
"""dateline beside SQLite FTS5, Xapian and Lucene: the same articles, the same questions, in turns.

    run.py                         2k articles from corpus/
    run.py --articles 50k --sentences FOLDER --rounds 5
    run.py --smoke                 200 articles, dateline and SQLite, under half a minute; fails on an odd answer

A peer that is not there is reported as absent. --install fetches Xapian (Debian) and Lucene (PyPI).
"""

import argparse
import datetime
import glob
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import generate  # noqa: E402
import queries as asked  # noqa: E402

ENGINES = os.path.join(HERE, "engines.py")
DRIVER = os.path.join(HERE, "LuceneDriver.java")
BATCHED = ("or1", "or2", "or3", "or5", "headline")
PYSERINI = "pyserini==1.6.0"
"""Its jar holds Lucene 9.9, which a JDK of 11 and later runs; versions with Lucene 10 ask for 21."""


def spent(command, **more):
    """Runs it; returns wall seconds, processor seconds, peak resident MB and what it printed."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, **more)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        out.seek(0), err.seek(0)
        if process.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}: exit code {process.returncode}\n{err.read()[-2000:]}")
        return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out.read()


def disk(path):
    found = [path] if os.path.isfile(path) else glob.glob(path + "/**", recursive=True)
    found += [] if os.path.isfile(path) else glob.glob(path + "/**/.*", recursive=True)
    return sum(os.path.getsize(name) for name in set(found) if os.path.isfile(name)) / 1e6


class Peer:
    """An engine that speaks tab-separated lines: SQLite, Xapian, Lucene."""

    def __init__(self, name, command, form, warmups):
        self.name, self.command, self.form, self.warmups = name, command, form, warmups

    def build(self, articles, index):
        return spent([*self.command, "build", articles, index])[:3]

    def finish(self, index):
        spent([*self.command, "finish", index])

    def ask(self, index, work):
        lines = spent([*self.command, "query", index, f"{work}/queries.{self.form}", str(self.warmups)])[3]
        rows = (line.split("\t") for line in lines.splitlines())
        return {row[0]: (float(row[1]), int(row[2])) for row in rows}


class Dateline(Peer):
    """The library through `examples/peers.rs`, as the peers are asked through theirs; the program builds."""

    def __init__(self, name, program, how=None, threads=1):
        driver = os.path.join(os.path.dirname(program), "examples/peers")
        super().__init__(name, [driver], "tsv", 1)
        self.program, self.how, self.threads = program, how, threads

    def build(self, articles, index):
        return spent([self.program, "--quiet", "index", "--index", index, "--threads", str(self.threads),
                      articles])[:3]

    def finish(self, index):
        spent([self.program, "--quiet", "compact", "--index", index])

    def ask(self, index, work):
        lines = spent([*self.command, index, f"{work}/queries.tsv", str(self.warmups), self.how])[3]
        rows = (line.split("\t") for line in lines.splitlines())
        return {row[0]: (float(row[1]), int(row[2])) for row in rows}

    def cold(self, index, words, times):
        """Median milliseconds of `dateline search`, process and all."""
        took = [spent([self.program, "search", "--index", index, "--forget", "--literal", " ".join(words)])[0] * 1e3
                for _ in range(times)]
        return statistics.median(took)

    def rate(self, index, work, threads):
        """Queries a second of `batch --format ids --unit passage`, process and all: headlines and words, ten times over."""
        with open(f"{work}/queries.json", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        texts = [" ".join(row["words"]) for row in rows if row["kind"] in BATCHED] * 10
        with open(f"{work}/topics.tsv", "w", encoding="utf-8") as file:
            file.writelines(f"{number}\t{text}\n" for number, text in enumerate(texts))
        wall = spent([self.program, "--quiet", "batch", f"{work}/topics.tsv", "--index", index, "--format", "ids",
                      "--unit", "passage", "--limit", "10", "--literal", "--threads", str(threads)])[0]
        return len(texts) / wall


def xapian_python():
    for python in ("/usr/bin/python3", sys.executable):
        if not os.path.exists(python):
            continue
        if subprocess.run([python, "-c", "import xapian"], capture_output=True).returncode == 0:
            return python
    return None


def lucene_jar(tools):
    found = sorted(glob.glob(os.path.join(tools, "**/*fatjar.jar"), recursive=True))
    return found[-1] if found else None


def install(tools):
    os.makedirs(tools, exist_ok=True)
    if not xapian_python() and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "python3-xapian"], check=False)
    if not lucene_jar(tools):
        subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "-d", tools, PYSERINI],
                       check=False)
        for packed in filter(os.path.isfile, glob.glob(os.path.join(tools, "pyserini-*"))):
            form = "zip" if packed.endswith(".whl") else "gztar"
            shutil.unpack_archive(packed, tools, form)
            os.remove(packed)


def peers(given, work):
    """The engines to be had, and why the others are not."""
    found, absent = [], {}
    found.append(Dateline("dateline", given.dateline, "full"))
    if not given.smoke:
        found.append(Dateline("dateline, BM25 alone", given.dateline, "bm25"))
        found.append(Dateline("dateline, as shown", given.dateline, "shown"))
    found.append(Peer("SQLite FTS5", [sys.executable, ENGINES, "sqlite"], "json", 1))
    if given.smoke:
        return found, absent
    python = xapian_python()
    if python:
        found.append(Peer("Xapian", [python, ENGINES, "xapian"], "json", 1))
    else:
        absent["Xapian"] = "no python3-xapian; --install fetches it where there is apt-get"
    jar = lucene_jar(given.tools)
    if not jar:
        absent["Lucene"] = f"no *fatjar.jar below {given.tools}; --install fetches it"
    elif not shutil.which("javac"):
        absent["Lucene"] = "no JDK"
    else:
        spent(["javac", "-cp", jar, "-d", f"{work}/classes", DRIVER])
        java = ["java", "-Xmx2g", "-XX:+UseSerialGC", "-cp", f"{work}/classes:{jar}", "LuceneDriver"]
        found.append(Peer("Lucene", java, "tsv", 5))
    return found, absent


def versions(found):
    import sqlite3
    said = {"SQLite FTS5": sqlite3.sqlite_version}
    for engine in found:
        if engine.name == "Xapian":
            command = [engine.command[0], "-c", "import xapian; print(xapian.version_string())"]
            said["Xapian"] = spent(command)[3].strip()
        if engine.name == "Lucene":
            said["Lucene"] = "9.9"
    return ", ".join(f"{name} {number}" for name, number in said.items())


def write_queries(work, rows):
    with open(f"{work}/queries.json", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    with open(f"{work}/queries.tsv", "w", encoding="utf-8") as file:
        for row in rows:
            cells = (row["id"], row["kind"], " ".join(row["words"]), row["from"], row["to"], row["about"])
            file.write("\t".join(cells) + "\n")


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def table(heads, rows):
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"


def building(given, engines, articles, work):
    """Builds in turns; the last round's indexes stay."""
    source = os.path.getsize(articles) / 1e6
    builders = [engine for engine in engines if not engine.name.startswith("dateline, ")]
    if not given.smoke:
        builders.append(Dateline("dateline, 2 threads", given.dateline, threads=2))
    taken = {engine.name: [] for engine in builders}
    where = {}
    for _ in range(given.builds):
        for engine in builders:
            index = f"{work}/{engine.name.replace(' ', '-').replace(',', '')}"
            shutil.rmtree(index, ignore_errors=True)
            os.makedirs(index)
            taken[engine.name].append(engine.build(articles, index))
            where[engine.name] = index
            note(f"built {engine.name}: {taken[engine.name][-1][0]:.1f} s")
    sizes = {name: disk(index) for name, index in where.items()}
    for engine in builders:
        engine.finish(where[engine.name])
    mine = [processor for _, processor, _ in taken["dateline"]]
    rows = []
    for name, runs in taken.items():
        walls, processors, peaks = zip(*runs)
        ratio = "" if name.startswith("dateline") else spread([a / b for a, b in zip(processors, mine)])
        rows.append([name, spread(walls), spread(processors), ratio, f"{max(peaks):.0f}", f"{sizes[name]:.0f}",
                     f"{sizes[name] / source:.2f}"])
    print(f"### Indexing {given.articles:,} articles, {source:.0f} MB of JSON\n")
    table(["", "wall s", "processor s", "processor, peer ÷ dateline", "peak resident MB", "disk MB", "disk ÷ JSON"],
          rows)
    for engine in engines:
        where.setdefault(engine.name, where["dateline"])
    return where


def kept(given, engines):
    """Indexes that an earlier run left in a folder, by engine; the others are left out."""
    where = {}
    for engine in engines:
        name = "dateline" if engine.name.startswith("dateline") else engine.name
        index = os.path.join(given.indexes, name.replace(" ", "-"))
        if os.path.exists(index):
            where[engine.name] = index
    return where


def note(text):
    print(f"[{datetime.datetime.now():%H:%M:%S}] {text}", file=sys.stderr, flush=True)


def asking(given, engines, where, work):
    """Every engine answers every query in each round, in turns."""
    rounds = {engine.name: [] for engine in engines}
    for number in range(given.rounds):
        for engine in engines:
            rounds[engine.name].append(engine.ask(where[engine.name], work))
            note(f"round {number + 1}: {engine.name}")
    return rounds


def best(rounds, kind):
    """Per query the least over the rounds: what another program on the machine cannot add to."""
    ids = [key for key in rounds[0] if key.rsplit("-", 1)[0] == kind]
    return [min(answers[key][0] for answers in rounds) for key in ids]


def report(given, rounds):
    names = list(rounds)
    rows = []
    for kind in asked.KINDS:
        cells = [kind]
        for name in names:
            times = best(rounds[name], kind)
            cells.append(f"{statistics.median(times):.3f} / {percentile(times, .95):.3f}" if times else "–")
        rows.append(cells)
    print(f"### Milliseconds a query, p50 / p95 of {given.each} queries (each the least of {given.rounds} rounds)\n")
    table(["", *names], rows)
    others = [name for name in names if not name.startswith("dateline")]
    sides = [name for name in names if name.startswith("dateline")]
    rows = []
    for kind in asked.KINDS:
        cells = [kind]
        for other in others:
            for side in sides:
                cells.append(ratios(rounds[other], rounds[side], kind))
        rows.append(cells)
    print("### Peer ÷ dateline, of those medians; in brackets least and most over single rounds\n")
    table(["", *(f"{other} ÷ {side}" for other in others for side in sides)], rows)


def ratios(theirs, ours, kind):
    if not best(theirs, kind) or not best(ours, kind):
        return "–"
    single = [statistics.median(best([a], kind)) / statistics.median(best([b], kind)) for a, b in zip(theirs, ours)]
    whole = statistics.median(best(theirs, kind)) / statistics.median(best(ours, kind))
    return f"{whole:.2f} ({min(single):.2f}–{max(single):.2f})"


def agreement(rounds, engines):
    """Kinds whose numbers of results differ much say that the engines did not do the same work."""
    peer = [name for name in rounds if not name.startswith("dateline")]
    mine = rounds["dateline"][0]
    rows = []
    for kind in asked.KINDS:
        ids = [key for key in mine if key.rsplit("-", 1)[0] == kind]
        cells = [kind, str(sum(mine[key][1] for key in ids)) if ids else "–"]
        for name in peer:
            theirs = [rounds[name][0][key][1] for key in ids if key in rounds[name][0]]
            cells.append(str(sum(theirs)) if theirs else "–")
        rows.append(cells)
    print("### Results over all queries of a kind (at most 10 hits each; counts, values and months in full)\n")
    table(["", "dateline", *peer], rows)


def check(given, rounds):
    """The smoke's verdict: both answer every kind, and conjunctions and phrases find what they were made from."""
    mine, other = rounds["dateline"][0], rounds["SQLite FTS5"][0]
    for kind in asked.KINDS:
        ids = [f"{kind}-{number}" for number in range(given.each)]
        for name, answers in (("dateline", mine), ("SQLite FTS5", other)):
            if (kind != "about" or name == "dateline") and any(key not in answers for key in ids):
                sys.exit(f"smoke: {name} left a query of {kind} unanswered")
        if kind in ("or1", "and2", "and3", "phrase2", "prefix") and not all(mine[key][1] for key in ids):
            sys.exit(f"smoke: dateline found nothing for a query of {kind} that was made from an article")
    print("smoke: every query answered")


def main():
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    root = os.path.normpath(os.path.join(HERE, "../.."))
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(root, "target"))
    flags.add_argument("--articles", type=generate.size, default=2_000, help="2k (default), 50k, 200k, 1M")
    flags.add_argument("--sentences", default=os.path.join(root, "corpus"), help="folder of text")
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument("--each", type=int, default=40, help="queries of each kind (default 40)")
    flags.add_argument("--rounds", type=int, default=5, help="rounds of queries (default 5)")
    flags.add_argument("--builds", type=int, default=1, help="rounds of builds (default 1)")
    flags.add_argument("--dateline", default=os.path.join(target, "release/dateline"), help="the program")
    flags.add_argument("--work", help="folder for articles and indexes (default: a temporary one)")
    flags.add_argument("--indexes", help="folder with articles.jsonl and finished indexes to ask: dateline, Lucene, …")
    flags.add_argument("--tools", default=os.path.join(target, "peers"), help="where Lucene's jar is kept")
    flags.add_argument("--install", action="store_true", help="fetch what is missing first")
    flags.add_argument("--smoke", action="store_true", help="200 articles, dateline and SQLite, a verdict")
    given = flags.parse_args()
    if given.smoke:
        given.articles, given.each, given.rounds, given.builds = 200, 3, 1, 1
    given.dateline = os.path.abspath(given.dateline)
    for program in (given.dateline, os.path.join(os.path.dirname(given.dateline), "examples/peers")):
        if not os.access(program, os.X_OK):
            sys.exit(f"{program}: no program; `cargo build --release --bin dateline --example peers` makes it")
    if given.install:
        install(given.tools)
    with tempfile.TemporaryDirectory(dir=given.work) as work:
        articles = f"{given.indexes or work}/articles.jsonl"
        if not given.indexes:
            count = generate.write(given.sentences, given.articles, given.seed, articles)
            note(f"{given.articles} articles from {count} sentences")
        engines, absent = peers(given, work)
        write_queries(work, asked.make(articles, given.each, given.seed))
        began = os.getloadavg()[0]
        print(f"{datetime.date.today()}, {os.cpu_count()} cores, {platform.machine()}, load {began:.1f} at the start; "
              f"{versions(engines)}\n")
        if given.indexes:
            where = kept(given, engines)
            engines = [engine for engine in engines if engine.name in where]
        else:
            where = building(given, engines, articles, work)
        rounds = asking(given, engines, where, work)
        report(given, rounds)
        agreement(rounds, engines)
        mine = engines[0]
        if given.smoke:
            check(given, rounds)
            return
        with open(f"{work}/queries.json", encoding="utf-8") as file:
            some = [json.loads(line) for line in file if '"headline-0"' in line]
        print(f"Cold `dateline search`, process and all: {mine.cold(where['dateline'], some[0]['words'], 15):.1f} ms "
              f"(median of 15). `dateline batch --format ids`, ten passages each, process and all, words and headlines: "
              f"{mine.rate(where['dateline'], work, 1):,.0f} queries/s on one thread, "
              f"{mine.rate(where['dateline'], work, 2):,.0f} on two.\n")
        for name, why in absent.items():
            print(f"Absent: {name} ({why}).")
        print(f"Load at the end: {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
