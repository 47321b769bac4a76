//! Windows and marks of one passage of 150 words, for the kinds of query that people type.
//!
//! `cargo bench --bench snippet`

use criterion::{Criterion, criterion_group, criterion_main};
use dateline::analyze::{Analyzer, Lang};
use dateline::query::{Field, ParseOptions, Query};
use dateline::snippet::{Matcher, Options, marks, snippets};
use jiff::civil::Date;
use std::hint::black_box;

/// 150 words, written for this bench.
const PASSAGE: &str = "The port authority of Karvala said on Tuesday that its harbour would stay closed \
until the end of the month, after divers found a second crack in the eastern sea wall. Engineers had hoped \
to let small ships in from Friday. \"We are not going to gamble with a wall that is ninety years old,\" said \
Mirela Osten, who heads the authority. The storm of March 3 tore away about 40 metres of stone and left three \
cranes leaning over the water. Repairs are expected to cost 12.5 million crowns, of which the government has \
promised half. Ferry companies complained that nobody had told them how long they would have to use the bay \
at Lindum, two hours to the south. The town's mayor, who is up for election in May, blamed the ministry for \
putting off the inspection twice since 2021 and called the damage the price of a decade of saving.";

fn bench(c: &mut Criterion) {
    let mut analyzer = Analyzer::default();
    let langs = [Lang::ENGLISH];
    for (name, query) in [
        ("one word", "harbour"),
        ("three words", "harbour storm repairs"),
        ("question", "how much will the repairs of the sea wall cost"),
        ("phrase", "\"sea wall\" \"port authority\""),
        ("near", "storm NEAR/9 cranes"),
        ("prefix", "repair* engin*"),
        ("nothing", "volcano eruption"),
    ] {
        let parsed = match Query::parse(query, &ParseOptions::new(Date::constant(2026, 1, 1))) {
            Ok(parsed) => parsed,
            Err(error) => panic!("{query}: {error}"),
        };
        let matcher = Matcher::new(&parsed.query, &langs, &mut analyzer);
        c.bench_function(&format!("snippet/{name}"), |b| {
            b.iter(|| {
                snippets(
                    black_box(PASSAGE),
                    Lang::ENGLISH,
                    &[Field::Text],
                    &matcher,
                    &[],
                    Options::default(),
                    &mut analyzer,
                )
            });
        });
    }
    let query = match "harbour storm repairs".parse::<Query>() {
        Ok(query) => query,
        Err(error) => panic!("{error}"),
    };
    c.bench_function("matcher", |b| {
        b.iter(|| Matcher::new(black_box(&query), &langs, &mut analyzer));
    });
    let matcher = Matcher::new(&query, &langs, &mut analyzer);
    c.bench_function("marks", |b| {
        b.iter(|| {
            marks(
                black_box(PASSAGE),
                Lang::ENGLISH,
                &[Field::Text],
                &matcher,
                &[],
                &mut analyzer,
            )
        });
    });
    c.bench_function("tokenize", |b| {
        let mut tokens = dateline::analyze::Tokens::default();
        b.iter(|| analyzer.tokenize(black_box(PASSAGE), Lang::ENGLISH, &mut tokens));
    });
    c.bench_function("sentences", |b| {
        b.iter(|| dateline::analyze::sentences(black_box(PASSAGE)));
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
