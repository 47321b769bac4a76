//! Throughput of the date finder on news, and overlap of days among a million passages:
//! `cargo bench --bench date`.
//!
//! Reads `../shared/data/wikinews_en/articles.jsonl` where it is there, else a made text.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dateline::date::{DateFinder, Interval, ancestors, cover, day_number, query_terms};
use jiff::civil::{Date, date};
use std::{fs, hint::black_box, path::Path};
use tantivy::collector::Count;
use tantivy::query::TermSetQuery;
use tantivy::schema::{Field, INDEXED, Schema};
use tantivy::{Index, Term, doc};

/// Texts with their days of publication.
fn articles() -> Vec<(Date, String)> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/wikinews_en/articles.jsonl");
    let Ok(lines) = fs::read_to_string(&path) else {
        let text = "Ministers met on Tuesday, 14 March 2023, to agree the text of a plan that was drawn up last year. ";
        return vec![(date(2023, 3, 18), text.repeat(5_000))];
    };
    lines
        .lines()
        .filter_map(|line| {
            let article: serde_json::Value = serde_json::from_str(line).ok()?;
            let published = article["published"].as_str()?.get(..10)?.parse().ok()?;
            Some((published, article["text"].as_str()?.to_string()))
        })
        .collect()
}

fn find(c: &mut Criterion) {
    let articles = articles();
    let bytes = articles.iter().map(|(_, text)| text.len() as u64).sum();
    let mut group = c.benchmark_group("date");
    group.throughput(Throughput::Bytes(bytes)).sample_size(20);
    group.bench_function("find", |b| {
        let mut finder = DateFinder::default();
        let mut mentions = Vec::new();
        b.iter(|| {
            for (published, text) in &articles {
                finder.find_into(black_box(text), "en", Some(*published), &mut mentions);
                black_box(&mentions);
            }
        });
    });
    group.finish();
    c.bench_function("date/cover of three years and a half", |b| {
        let interval = Interval::new(date(2019, 3, 5), date(2022, 11, 17));
        b.iter(|| black_box(interval).map(cover));
    });
}

const PASSAGES: u64 = 1_000_000;

/// The nth number of a fixed sequence that looks random (splitmix64).
fn number(n: u64) -> u64 {
    let n = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

/// What a passage of news speaks of: no day or up to three, mostly days, then months and years, of
/// some thirty years.
fn intervals(passage: u64) -> impl Iterator<Item = Interval> {
    let first = day_number(date(1995, 1, 1));
    (0..number(passage) % 4).filter_map(move |i| {
        let seed = number(passage * 4 + i + PASSAGES);
        let start = first + (seed % 11_000) as i32;
        let length = match (seed >> 32) % 20 {
            0..=11 => 1,
            12..=13 => 7,
            14..=16 => 30,
            17..=18 => 365,
            _ => 3_650,
        };
        Interval::from_days(start, start + length)
    })
}

/// A million passages with their days alone, as the index keeps them.
fn passages() -> tantivy::Result<(Index, Field, Field)> {
    let mut schema = Schema::builder();
    let own = schema.add_u64_field("cover", INDEXED);
    let wider = schema.add_u64_field("wider", INDEXED);
    let index = Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads(1, 200_000_000)?;
    for passage in 0..PASSAGES {
        let mut days: Vec<u64> = intervals(passage).flat_map(cover).collect();
        days.sort_unstable();
        days.dedup();
        let mut document = doc!();
        for term in ancestors(&days) {
            document.add_u64(wider, term);
        }
        for term in days {
            document.add_u64(own, term);
        }
        writer.add_document(document)?;
    }
    writer.commit()?;
    Ok((index, own, wider))
}

fn overlap(c: &mut Criterion) {
    let (index, own, wider) = match passages() {
        Ok(index) => index,
        Err(error) => {
            eprintln!("no index: {error}");
            return;
        }
    };
    let Ok(reader) = index.reader() else { return };
    let searcher = reader.searcher();
    let mut group = c.benchmark_group("date/overlap of a million passages");
    for (name, from, to) in [
        ("a day", date(2014, 7, 14), date(2014, 7, 14)),
        ("a week", date(2014, 7, 14), date(2014, 7, 20)),
        ("a month", date(2014, 7, 1), date(2014, 7, 31)),
        ("a year", date(2014, 1, 1), date(2014, 12, 31)),
        (
            "three years and a half",
            date(2011, 3, 5),
            date(2014, 11, 17),
        ),
        ("ten years", date(2005, 1, 1), date(2014, 12, 31)),
    ] {
        let Some(interval) = Interval::new(from, to) else {
            continue;
        };
        let (of_cover, of_wider) = query_terms(interval);
        let terms = of_cover
            .iter()
            .map(|&t| Term::from_field_u64(own, t))
            .chain(of_wider.iter().map(|&t| Term::from_field_u64(wider, t)));
        let query = TermSetQuery::new(terms);
        let count = searcher.search(&query, &Count).unwrap_or(0);
        group.bench_function(format!("{name}: {count} passages"), |b| {
            b.iter(|| black_box(searcher.search(&query, &Count).ok()));
        });
    }
    group.finish();
}

criterion_group!(benches, find, overlap);
criterion_main!(benches);
