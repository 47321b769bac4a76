//! Throughput of analysis on news: `cargo bench --bench analyze`.
//!
//! Reads `../shared/data/senate_press/raw` where it is there, else the sample corpus, else a made text.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dateline::analyze::{self, Analyzer, Lang, Tokens};
use std::{fs, hint::black_box, path::Path};

/// As much text as is read.
const MAX_BYTES: usize = 8 << 20;

fn read_folder(path: &Path, out: &mut Vec<String>, total: &mut usize) {
    let Ok(entries) = fs::read_dir(path) else {
        return;
    };
    let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if *total >= MAX_BYTES {
            return;
        }
        if path.is_dir() {
            read_folder(&path, out, total);
        } else if let Ok(text) = fs::read_to_string(&path) {
            *total += text.len();
            out.push(text);
        }
    }
}

fn texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["../shared/data/senate_press/raw", "corpus"] {
        let mut texts = Vec::new();
        read_folder(&root.join(folder), &mut texts, &mut 0);
        if !texts.is_empty() {
            eprintln!("{} texts of {folder}", texts.len());
            return texts;
        }
    }
    vec!["The minister said on Monday that 1,000 people don't live there. ".repeat(1000)]
}

fn analysis(c: &mut Criterion) {
    let texts = texts();
    let bytes = texts.iter().map(|t| t.len() as u64).sum();
    let mut group = c.benchmark_group("analyze");
    group.throughput(Throughput::Bytes(bytes)).sample_size(20);
    let mut analyzer = Analyzer::default();
    let mut tokens = Tokens::default();
    for code in ["en", "xx"] {
        let Some(lang) = Lang::new(code) else {
            continue;
        };
        group.bench_function(format!("tokenize as {code}"), |b| {
            b.iter(|| {
                for text in &texts {
                    analyzer.tokenize(text, lang, &mut tokens);
                    black_box(&tokens);
                }
            });
        });
    }
    group.bench_function("sentences", |b| {
        b.iter(|| {
            texts
                .iter()
                .map(|t| analyze::sentences(t).len())
                .sum::<usize>()
        });
    });
    group.bench_function("detect", |b| {
        b.iter(|| {
            texts
                .iter()
                .filter(|t| analyze::detect(t).is_some())
                .count()
        });
    });
    group.finish();
}

criterion_group!(benches, analysis);
criterion_main!(benches);
