#!/usr/bin/env python3
"""What dateline costs as an archive grows: builds it at several sizes, asks it, and draws the figures.

    curve.py --articles 10k,50k,200k --sentences FOLDER --work FOLDER

Articles and indexes in --work are used again, and so are the figures of building them. Writes curve.json and
curve.svg beside itself and prints the table.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import generate  # noqa: E402
import queries as asked  # noqa: E402
import run  # noqa: E402

PLAIN = ("or1", "or2", "or3", "or5", "headline", "and2", "and3", "phrase2", "prefix", "or2+range")
COUNTS = ("facets", "timeline")


def watched(command):
    """Runs it; wall seconds, processor seconds, and the peaks of memory of its own and of mapped files, in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(command)
    peak = {"RssAnon": 0, "RssFile": 0}

    def watch():
        while process.returncode is None:
            try:
                with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
                    for line in file:
                        name, _, value = line.partition(":")
                        if name in peak:
                            peak[name] = max(peak[name], int(value.split()[0]) / 1024)
            except (OSError, ValueError):
                return
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    watcher.join()
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    return {"wall_s": time.perf_counter() - began, "processor_s": used.ru_utime + used.ru_stime,
            "own_mb": peak["RssAnon"], "mapped_mb": peak["RssFile"]}


def built(given, size, work):
    """The figures of building an index of so many articles; of an earlier run, if it is there still."""
    articles, index, figures = f"{work}/{size}.jsonl", f"{work}/index-{size}", f"{work}/{size}.json"
    if os.path.exists(figures):
        with open(figures, encoding="utf-8") as file:
            return json.load(file)
    if not os.path.exists(articles):
        generate.write(given.sentences, size, given.seed, articles)
    found = watched([given.dateline, "--quiet", "index", "--index", index, articles])
    with open(articles, encoding="utf-8") as file:
        found["sections"] = sum(len(json.loads(line)["sections"]) for line in file)
    found["articles"] = size
    found["json_mb"] = os.path.getsize(articles) / 1e6
    run.spent([given.dateline, "--quiet", "compact", "--index", index])
    found["disk_mb"] = run.disk(index)
    with open(figures, "w", encoding="utf-8") as file:
        json.dump(found, file)
    return found


def again(given, size, work):
    """Seconds of a run after one more article, all of the archive's articles being in one file beside it."""
    extra = f"{work}/one-more.jsonl"
    with open(extra, "w", encoding="utf-8") as file:
        article = next(generate.articles(generate.sentences(given.sentences), 1, time.time_ns()))
        article["id"] = f"more{time.time_ns()}"
        file.write(json.dumps(article) + "\n")
    return run.spent([given.dateline, "--quiet", "index", "--index", f"{work}/index-{size}", extra])[0]


def searched(given, size, work):
    """Milliseconds by group of kinds, queries a second and a cold start."""
    index = f"{work}/index-{size}"
    rows = asked.make(f"{work}/{size}.jsonl", given.each, given.seed)
    run.write_queries(work, rows)
    kinds = {row["id"]: row["kind"] for row in rows}
    best = {}
    for how in ("full", "shown"):
        engine = run.Dateline(how, given.dateline, how)
        rounds = [engine.ask(index, work) for _ in range(given.rounds)]
        best[how] = {key: min(answers[key][0] for answers in rounds) for key in rounds[0]}

    def group(how, wanted):
        return [took for key, took in best[how].items() if kinds[key] in wanted]

    facets = [took for key, took in sorted(best["full"].items()) if kinds[key] == "facets"]
    timeline = [took for key, took in sorted(best["full"].items()) if kinds[key] == "timeline"]
    groups = {
        "search": group("full", PLAIN),
        "shown": group("shown", PLAIN),
        "grouped": group("shown", ("grouped",)),
        "counts": [a + b for a, b in zip(facets, timeline)],
    }
    found = {}
    for name, times in groups.items():
        for part in (50, 95, 99):
            found[f"{name}_p{part}_ms"] = run.percentile(times, part / 100)
    engine = run.Dateline("batch", given.dateline)
    words = [row["words"] for row in rows if row["kind"] == "headline"][0]
    found["cold_ms"] = engine.cold(index, words, 15)
    for threads in (1, 2):
        rates = [engine.rate(index, work, threads) for _ in range(3)]
        found[f"batch_{threads}"] = max(rates)
    return found


def drawn(points):
    """Two panels over the number of articles, both axes logarithmic."""
    import math
    panels = [
        ("milliseconds a query", [("search, p50", "search_p50_ms"), ("search, p99", "search_p99_ms"),
                                  ("grouped with snippets, p99", "grouped_p99_ms"), ("facets + timeline, p99", "counts_p99_ms")]),
        ("cost of indexing", [("processor seconds", "processor_s"), ("MB of memory", "own_mb"), ("MB on disk", "disk_mb")]),
    ]
    wide, high, left, top = 360, 240, 56, 34
    colours = ("a", "b", "c", "d")
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * (wide + left) + 40} {high + 150}" '
           'font-family="sans-serif" font-size="12" role="img" aria-label="cost curves: the figures stand in the table">',
           "<style>text{fill:#333}.g{stroke:#bbb}.a{stroke:#0b62a3;fill:#0b62a3}.b{stroke:#b3480a;fill:#b3480a}"
           ".c{stroke:#2b7a2b;fill:#2b7a2b}.d{stroke:#7a3fa0;fill:#7a3fa0}"
           "@media(prefers-color-scheme:dark){text{fill:#ddd}.g{stroke:#555}.a{stroke:#6db8f2;fill:#6db8f2}"
           ".b{stroke:#f0995a;fill:#f0995a}.c{stroke:#7ccf7c;fill:#7ccf7c}.d{stroke:#c99be6;fill:#c99be6}}</style>"]
    xs = [math.log10(p["articles"]) for p in points]
    x0, x1 = min(xs), max(max(xs), min(xs) + 1e-9)
    for number, (title, lines) in enumerate(panels):
        x_of = lambda x: left + number * (wide + left + 20) + (x - x0) / (x1 - x0) * (wide - 20)  # noqa: B023, E731
        values = [math.log10(max(p[key], 1e-3)) for p in points for _, key in lines]
        low, most = math.floor(min(values)), math.ceil(max(values))
        y_of = lambda y: top + (most - y) / max(most - low, 1) * high  # noqa: B023, E731
        out.append(f'<text x="{x_of(x0):.0f}" y="18" font-weight="bold">{title}</text>')
        for power in range(low, most + 1):
            y = y_of(power)
            out.append(f'<path class="g" d="M{x_of(x0):.1f} {y:.1f}H{x_of(x1):.1f}"/>'
                       f'<text x="{x_of(x0) - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{10 ** power:,g}</text>')
        for x, point in zip(xs, points):
            count = point["articles"]
            label = f"{count // 1_000_000} M" if count >= 1_000_000 else f"{count // 1000} k"
            out.append(f'<text x="{x_of(x):.1f}" y="{top + high + 18}" text-anchor="middle">{label}</text>')
        for n, (label, key) in enumerate(lines):
            places = [(x_of(x), y_of(math.log10(max(p[key], 1e-3)))) for x, p in zip(xs, points)]
            path = " ".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(places))
            out.append(f'<path class="{colours[n]}" style="fill:none" stroke-width="2" d="{path}"/>')
            out += [f'<circle class="{colours[n]}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places]
            y = top + high + 42 + 18 * n
            out.append(f'<path class="{colours[n]}" stroke-width="2" d="M{x_of(x0):.1f} {y}h18"/>'
                       f'<text x="{x_of(x0) + 26:.1f}" y="{y + 4}">{label}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


ROWS = [
    ("passages", lambda p: f"{p['sections']:,}"),
    ("indexing: wall / processor s", lambda p: f"{p['wall_s']:.0f} / {p['processor_s']:.0f}"),
    ("its own memory / mapped files, peak MB", lambda p: f"{p['own_mb']:.0f} / {p['mapped_mb']:.0f}"),
    ("disk MB, of the JSON", lambda p: f"{p['disk_mb']:.0f}, {p['disk_mb'] / p['json_mb']:.2f}"),
    ("one more article: s", lambda p: f"{p['again_s']:.2f}"),
    ("search, text of ten hits: p50 / p95 / p99 ms", lambda p: three(p, "search")),
    ("search as shown: p50 / p95 / p99 ms", lambda p: three(p, "shown")),
    ("grouped, ten snippets: p50 / p95 / p99 ms", lambda p: three(p, "grouped")),
    ("facets + timeline: p50 / p95 / p99 ms", lambda p: three(p, "counts")),
    ("batch: queries/s on one thread, on two", lambda p: f"{p['batch_1']:,.0f}, {p['batch_2']:,.0f}"),
    ("cold process to first result: ms", lambda p: f"{p['cold_ms']:.1f}"),
]


def three(point, name):
    return " / ".join(f"{point[f'{name}_p{part}_ms']:.2f}" for part in (50, 95, 99))


def main():
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    root = os.path.normpath(os.path.join(HERE, "../.."))
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(root, "target"))
    flags.add_argument("--articles", default="10k,50k", help="sizes, 10k,50k (default)")
    flags.add_argument("--sentences", default=os.path.join(root, "corpus"), help="folder of text")
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument("--each", type=int, default=100, help="queries of each kind (default 100)")
    flags.add_argument("--rounds", type=int, default=3, help="rounds of queries (default 3)")
    flags.add_argument("--dateline", default=os.path.join(target, "release/dateline"), help="the program")
    flags.add_argument("--work", required=True, help="folder for articles and indexes; what is there is used again")
    given = flags.parse_args()
    given.dateline = os.path.abspath(given.dateline)
    os.makedirs(given.work, exist_ok=True)
    points = []
    began = os.getloadavg()[0]
    for size in map(generate.size, given.articles.split(",")):
        point = built(given, size, given.work)
        run.note(f"{size} articles are built")
        point.update(searched(given, size, given.work))
        point["again_s"] = statistics.median(again(given, size, given.work) for _ in range(3))
        run.note(f"{size} articles are asked")
        points.append(point)
    with open(os.path.join(HERE, "curve.json"), "w", encoding="utf-8") as file:
        json.dump({"date": str(datetime.date.today()), "points": points}, file, indent=1)
        file.write("\n")
    with open(os.path.join(HERE, "curve.svg"), "w", encoding="utf-8") as file:
        file.write(drawn(points))
    print(f"{datetime.date.today()}, {os.cpu_count()} cores, load {began:.1f} at the start, "
          f"{os.getloadavg()[0]:.1f} at the end\n")
    run.table(["articles", *(f"{p['articles']:,}" for p in points)],
              [[name, *(cell(p) for p in points)] for name, cell in ROWS])


if __name__ == "__main__":
    main()
