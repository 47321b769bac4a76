use super::super::families::Families;
use super::super::view::Prepared;
use super::*;

/// A stage over passages or articles that counts and prunes as asked.
pub fn stage<'a>(
    view: &'a View,
    prepared: &'a Prepared<'_>,
    words: &'a Words<'a>,
    depth: usize,
    count: bool,
) -> Stage<'a> {
    Stage {
        view,
        plan: &prepared.plan,
        words,
        bm25: Bm25::STOCK,
        depth,
        order: Order::Score,
        count,
        spares_function_words: false,
        whole_below: 0,
        now: 0,
        deadline: None,
        collapses: false,
        about: None,
        recency: None,
    }
}

/// Articles of two sections each, so that units differ, each eleven days older than the one before.
fn archive(texts: &[Vec<usize>]) -> crate::index::Archive {
    let words = |text: &Vec<usize>| {
        let words: Vec<&str> = text.iter().map(|&n| VOCABULARY[n]).collect();
        crate::article::Section {
            heading: None,
            paragraphs: vec![words.join(" ")],
        }
    };
    let articles = texts.chunks(2).enumerate().map(|(n, pair)| crate::Article {
        path: format!("{n:03}.txt"),
        lang: Some("en".to_owned()),
        published: Some(crate::article::Published::day(
            crate::date::date_of(-11 * n as i32),
            crate::article::Provenance::Field,
        )),
        sections: pair.iter().map(words).collect(),
        ..Default::default()
    });
    crate::index::Archive::in_memory(articles.collect()).unwrap()
}

const VOCABULARY: [&str; 8] = [
    "river", "dam", "valley", "mayor", "bridge", "school", "harbour", "market",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn pruned_whole_and_one_by_one_keep_the_same_scores(
        texts in proptest::collection::vec(proptest::collection::vec(0usize..8, 1..30), 1..60),
        asked in proptest::collection::vec(0usize..8, 1..4),
        all in proptest::bool::ANY,
        minds_age in proptest::bool::ANY,
        depth in 1usize..12,
    ) {
        let archive = archive(&texts);
        let sign = if all { "+" } else { "" };
        let typed: Vec<String> = asked.iter().map(|&n| format!("{sign}{}", VOCABULARY[n])).collect();
        let options = crate::query::ParseOptions::new(jiff::civil::date(2026, 11, 24));
        let query = crate::query::Query::parse(&typed.join(" "), &options).unwrap().query;
        let snapshot = archive.snapshot();
        let view = snapshot.view();
        let seen = view.seen(&[]);
        for unit in [Unit::Passage, Unit::Article] {
            let mut request = super::super::request::SearchRequest::new(
                query.clone(), "", jiff::Timestamp::UNIX_EPOCH,
            );
            request.unit = unit;
            request.recency_days = Some(30.0);
            let time = QueryTime::of(&request, 1.0);
            let prepared = view.prepare(&query, &request, &seen).unwrap();
            let words = Words::look_up(view, &prepared.segments, &prepared.words).unwrap();
            let stage = |count| Stage {
                recency: minds_age.then_some(&time),
                ..stage(view, &prepared, &words, depth, count)
            };
            let mut kept = Kept { heap: Heap::new(depth), families: FxHashSet::default() };
            let mut one_by_one = Candidates::default();
            for (ord, segment) in prepared.segments.iter().enumerate() {
                stage(true).walked(ord, segment, &mut kept, &mut one_by_one).unwrap();
            }
            let expected: Vec<Score> = kept.heap.into_sorted().0.iter().map(|c| c.score).collect();
            let whole = stage(true).run(&prepared.segments).unwrap();
            assert!(whole.is_exact);
            assert_eq!(whole.total, one_by_one.total);
            let mut runs = vec![whole];
            if unit == Unit::Passage {
                // Pruning keeps passages; articles are made of them afterwards.
                runs.push(stage(false).run(&prepared.segments).unwrap());
            }
            for run in runs {
                assert_eq!(run.list.len(), expected.len());
                for (candidate, score) in run.list.iter().zip(&expected) {
                    assert!((candidate.score - score).abs() < 1e-4);
                }
            }
        }
    }
}

/// Every third record is alone; of the others, those of a number's remainder by 4 tell one story.
fn with_families(view: &View) -> View {
    let mut keys = std::collections::BTreeSet::new();
    for (ord, reader) in view.searcher.segment_readers().iter().enumerate() {
        let columns = view.columns(ord).unwrap();
        keys.extend((0..reader.max_doc()).filter_map(|doc| columns.key.first(doc)));
    }
    assert!(keys.len() > 20, "{keys:?}");
    let members = keys.into_iter().filter(|key| key % 3 > 0);
    let table = Families::table(members.map(|key| (key, (key % 4) as u32)).collect());
    let bytes = tantivy::directory::OwnedBytes::new(table);
    let mut view = view.clone();
    view.families = std::sync::Arc::new(Families::open(bytes));
    view
}

#[test]
fn a_story_counts_once_however_its_copies_are_found() {
    let texts: Vec<Vec<usize>> = (0..120usize)
        .map(|n| (0..3 + n % 5).map(|m| (n * n + 3 * m * m) % 8).collect())
        .collect();
    let archive = archive(&texts);
    let snapshot = archive.snapshot();
    let view = with_families(snapshot.view());
    let seen = view.seen(&[]);
    let options = crate::query::ParseOptions::new(jiff::civil::date(2026, 11, 24));
    for typed in [
        "river",
        "river harbour",
        "+dam +bridge",
        "m*",
        "\"river dam\"",
        "*",
    ] {
        let query = crate::query::Query::parse(typed, &options).unwrap().query;
        for unit in [Unit::Passage, Unit::Article] {
            let mut request = super::super::request::SearchRequest::new(
                query.clone(),
                "",
                jiff::Timestamp::UNIX_EPOCH,
            );
            request.unit = unit;
            let prepared = view.prepare(&query, &request, &seen).unwrap();
            let words = Words::look_up(&view, &prepared.segments, &prepared.words).unwrap();
            let (mut alone, mut stories) = (0, FxHashSet::default());
            for segment in &prepared.segments {
                let mut docs = segment.docs(&prepared.plan).unwrap();
                while docs.doc() != TERMINATED {
                    let key = segment.columns.key.first(docs.doc()).unwrap();
                    match view.families.family(key) {
                        Some(family) => {
                            stories.insert(family);
                        }
                        None => alone += 1,
                    }
                    docs.advance();
                }
            }
            for depth in [0, 2] {
                let stage = Stage {
                    collapses: true,
                    ..stage(&view, &prepared, &words, depth, true)
                };
                let found = stage.run(&prepared.segments).unwrap();
                assert!(found.is_exact);
                assert_eq!(
                    found.total,
                    alone + stories.len() as u64,
                    "{typed}, depth {depth}"
                );
            }
        }
    }
}

#[test]
fn a_phrase_is_pruned_without_losing_where_it_crosses_a_cut() {
    let words = |n: usize| (0..1_500).map(move |m| VOCABULARY[(n * n + m * m / 3 + m * n) % 8]);
    let articles = (0..30).map(|n| crate::Article {
        path: format!("{n:03}.txt"),
        lang: Some("en".to_owned()),
        sections: vec![crate::article::Section {
            heading: None,
            paragraphs: vec![words(n).collect::<Vec<_>>().join(" ")],
        }],
        ..Default::default()
    });
    let archive = crate::index::Archive::in_memory(articles.collect()).unwrap();
    let snapshot = archive.snapshot();
    let view = snapshot.view();
    let seen = view.seen(&[]);
    let options = crate::query::ParseOptions::new(jiff::civil::date(2026, 11, 24));
    let mut crossed = 0;
    for (left, right) in VOCABULARY.iter().flat_map(|l| VOCABULARY.map(|r| (l, r))) {
        let typed = format!("\"{left} {right}\"");
        let query = crate::query::Query::parse(&typed, &options).unwrap().query;
        let mut request = super::super::request::SearchRequest::new(
            query.clone(),
            "",
            jiff::Timestamp::UNIX_EPOCH,
        );
        request.unit = Unit::Passage;
        let prepared = view.prepare(&query, &request, &seen).unwrap();
        let words = Words::look_up(view, &prepared.segments, &prepared.words).unwrap();
        for depth in [3, 10_000] {
            let run = |count| {
                let stage = stage(view, &prepared, &words, depth, count);
                stage.run(&prepared.segments).unwrap()
            };
            let (pruned, whole) = (run(false), run(true));
            assert_eq!(pruned.list.len(), whole.list.len(), "{typed}");
            for (a, b) in pruned.list.iter().zip(&whole.list) {
                assert!(
                    (a.score - b.score).abs() < 1e-5,
                    "{typed}: {a:?}, not {b:?}"
                );
            }
        }
        if let Plan::Or(ways) = &prepared.plan
            && let [_, Plan::Near(across)] = ways.as_slice()
        {
            for segment in &prepared.segments {
                let mut docs = segment.docs(&Plan::Near(across.clone())).unwrap();
                crossed += docs.count_including_deleted();
            }
        }
    }
    assert!(crossed > 5, "{crossed}");
}
