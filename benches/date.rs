//! Throughput of the date finder on news: `cargo bench --bench date`.
//!
//! Reads `../shared/data/wikinews_en/articles.jsonl` where it is there, else a made text.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dateline::date::{DateFinder, Interval, cover};
use jiff::civil::{Date, date};
use std::{fs, hint::black_box, path::Path};

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

criterion_group!(benches, find);
criterion_main!(benches);
