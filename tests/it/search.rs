//! What matches, what is counted and in which order, over small archives in memory.

use dateline::Article;
use dateline::article::{Provenance, Published, Section};
use dateline::index::Archive;
use dateline::index::request::{Rank, SearchRequest, SearchResults, Sort, Unit};
use dateline::query::{Match, ParseOptions, Query};
use jiff::Timestamp;
use jiff::civil::{Date, date};

/// An article of one section; paragraphs are long enough to be passages of their own.
pub fn article(id: &str, title: &str, paragraphs: &[&str]) -> Article {
    Article {
        id: id.into(),
        path: format!("{id}.txt"),
        title: (!title.is_empty()).then(|| title.into()),
        lang: Some("en".into()),
        sections: vec![Section {
            heading: None,
            paragraphs: paragraphs.iter().map(|&p| p.into()).collect(),
        }],
        ..Article::default()
    }
}

/// The same, published on a day.
pub fn dated(id: &str, day: Date, title: &str, paragraphs: &[&str]) -> Article {
    Article {
        published: Some(Published::day(day, Provenance::Field)),
        ..article(id, title, paragraphs)
    }
}

pub fn request(query: &str) -> SearchRequest {
    let options = ParseOptions::new(date(2025, 9, 18));
    let parsed = Query::parse(query, &options).expect("a query");
    let now: Timestamp = "2025-09-18T12:00:00Z".parse().expect("a time");
    let mut request = SearchRequest::new(parsed.query, query, now);
    request.notes = parsed.notes;
    request
}

fn ids(results: &SearchResults) -> Vec<&str> {
    let mut ids: Vec<&str> = results.hits.iter().map(|h| h.article.as_str()).collect();
    ids.sort_unstable();
    ids
}

/// A paragraph about nothing in particular, long enough that no other joins it in one passage.
const FILLER: &str = "Nothing of note was said on that morning, and the members of the council \
went on to discuss the usual matters of the season, among them the repair of the old footbridge, \
the opening hours of the library, the planting of trees along the northern road and the cost of \
heating the school, which has been rising for a number of years without anybody quite knowing why. \
The members listened to a report of the treasurer, who had little to add to what he had told them \
in the spring, thanked him for his patience, and passed on to letters from the public, of which \
there were eleven, most of them about parking, two about noise at night and one in praise of the \
gardeners, which was read aloud twice and was met with applause from every bench in the room.";

fn archive() -> Archive {
    Archive::in_memory(vec![
        dated("storm", date(2024, 7, 14), "Storm hits the coast", &[
            "A storm hit the northern coast on Sunday. Trees fell on roads, officials said.",
            FILLER,
            FILLER,
            "The ferry to Kiel was cancelled. Repairs would take weeks, the ferry company said.",
        ]),
        dated("rates", date(2024, 9, 18), "Fed raises rates", &[
            "The Federal Reserve raised rates by a quarter point. Inflation remains high in the U.S. market.",
        ]),
        article("bridge", "", &[
            "The old bridge near the coast road was closed after the storms of last winter.",
        ]),
        dated("virus", date(2021, 3, 1), "COVID-19 numbers fall", &[
            "Cases of COVID-19 fell for the third week. Müller, who runs the clinic, said it was no time to rest.",
        ]),
    ])
    .expect("an archive")
}

fn found(query: &str, unit: Unit, matching: Match) -> Vec<String> {
    let archive = archive();
    let mut request = request(query);
    request.unit = unit;
    request.matching = matching;
    let results = archive.search(&request).expect("results");
    ids(&results).into_iter().map(str::to_owned).collect()
}

#[test]
fn words_and_clauses_match_as_the_contract_says() {
    let articles = |q: &str| found(q, Unit::Article, Match::Any).join(" ");
    for (query, expected) in [
        ("storm", "bridge storm"),
        ("storms", "bridge storm"),
        ("STORM", "bridge storm"),
        ("storm ferry", "bridge storm"),
        ("+storm +ferry", "storm"),
        ("storm -ferry", "bridge"),
        ("storm AND ferry", "storm"),
        ("ferry OR rates", "rates storm"),
        ("(storm OR rates) AND coast", "bridge storm"),
        ("NOT storm", "rates virus"),
        ("-storm", "rates virus"),
        ("\"northern coast\"", "storm"),
        ("\"coast northern\"", ""),
        ("\"quarter point\"", "rates"),
        ("\"raised rates quarter\"~2", "rates"),
        ("raised NEAR/1 rates", "rates"),
        ("quarter NEAR/2 raised", ""),
        ("quarter NEAR/3 raised", "rates"),
        ("raised ADJ/3 quarter", "rates"),
        ("quarter ADJ/3 raised", ""),
        ("storm SENT coast", "bridge storm"),
        ("storm SENT ferry", ""),
        ("trees SENT roads", "storm"),
        ("covid-19", "virus"),
        ("covid19", "virus"),
        ("\"covid 19\"", "virus"),
        ("infla*", "rates"),
        ("f?rry", "storm"),
        ("/fer.y/", "storm"),
        ("fery~1", "storm"),
        ("muller", "virus"),
        ("müller", "virus"),
        ("=Müller", "virus"),
        ("=muller", ""),
        ("U.S.", "rates"),
        ("US", "rates"),
        ("title:storm", "storm"),
        ("title:ferry", ""),
        ("title:numb*", "virus"),
        ("text:fed", ""),
        ("lead:northern", "storm"),
        ("lead:ferry", ""),
        ("date:2024", "rates storm"),
        ("date:2024-07", "storm"),
        ("date:..2021", "virus"),
        ("date:none", "bridge"),
        ("storm date:2024", "storm"),
        ("lang:en storm", "bridge storm"),
        ("lang:de storm", ""),
        ("id:bridge", "bridge"),
        ("path:bridge", "bridge"),
        ("", "bridge rates storm virus"),
    ] {
        assert_eq!(articles(query), expected, "{query}");
    }
}

#[test]
fn words_are_judged_over_the_article_or_the_passage_by_unit() {
    // "officials" stands in the first passage of the article, "ferry" in the last.
    assert_eq!(
        found("officials AND ferry", Unit::Article, Match::Any),
        ["storm"]
    );
    assert!(found("officials AND ferry", Unit::Passage, Match::Any).is_empty());
    // The title counts for every passage.
    assert_eq!(
        found("storm AND ferry", Unit::Passage, Match::Any),
        ["storm"]
    );
    assert_eq!(
        found("officials ferry", Unit::Article, Match::All),
        ["storm"]
    );
    assert!(found("officials ferry", Unit::Passage, Match::All).is_empty());
}

#[test]
fn most_demands_more_than_half_of_the_words() {
    assert_eq!(
        found("storm coast ferry", Unit::Article, Match::Most),
        ["bridge", "storm"]
    );
    assert_eq!(
        found("storm coast ferry Kiel", Unit::Article, Match::Most),
        ["storm"]
    );
}

#[test]
fn totals_count_units_and_limit_zero_counts_only() {
    let archive = archive();
    let mut by_passage = request("storm");
    by_passage.limit = 0;
    let results = archive.search(&by_passage).expect("results");
    // Two passages of the article with the word in its title, and the one of the other.
    assert_eq!((results.total, results.total_is_exact), (3, true));
    assert!(results.hits.is_empty());
    let mut by_article = by_passage.clone();
    by_article.unit = Unit::Article;
    assert_eq!(archive.search(&by_article).expect("results").total, 2);
}

#[test]
fn undated_articles_come_last_in_both_orders_of_time() {
    let archive = archive();
    let mut request = request("");
    request.unit = Unit::Article;
    request.sort = Sort::Newest;
    let newest: Vec<String> = archive
        .search(&request)
        .expect("results")
        .hits
        .into_iter()
        .map(|h| h.article)
        .collect();
    assert_eq!(newest, ["rates", "storm", "virus", "bridge"]);
    request.sort = Sort::Oldest;
    let oldest: Vec<String> = archive
        .search(&request)
        .expect("results")
        .hits
        .into_iter()
        .map(|h| h.article)
        .collect();
    assert_eq!(oldest, ["virus", "storm", "rates", "bridge"]);
}

#[test]
fn an_empty_result_names_the_clause_that_emptied_it() {
    let archive = archive();
    let results = archive
        .search(&request("storm AND submarine"))
        .expect("results");
    assert_eq!(results.total, 0);
    let messages: Vec<&str> = results.notes.iter().map(|n| n.message.as_str()).collect();
    assert!(
        messages
            .iter()
            .any(|m| m.contains("no passages match submarine")),
        "{messages:?}"
    );
    assert!(
        messages
            .iter()
            .any(|m| m.contains("3 passages match storm")),
        "{messages:?}"
    );
    let results = archive.search(&request("+ferri")).expect("results");
    let all: String = results.notes.iter().map(|n| n.message.clone()).collect();
    assert!(
        results.total > 0 || all.contains("did you mean ferry"),
        "{all}"
    );
}

#[test]
fn an_article_that_holds_all_words_stands_before_one_that_holds_some() {
    let archive = archive();
    let results = archive
        .search(&request("storm coast ferry"))
        .expect("results");
    assert_eq!(results.hits[0].article, "storm");
    assert_eq!(results.hits[0].rank, 1);
}

#[test]
fn about_ranks_what_speaks_of_the_days_most_closely_first() {
    let day = date(2025, 1, 5);
    let parade = |id: &str, when: &str| {
        let text = format!("The parade {when} was long. Crowds cheered the soldiers.");
        dated(id, day, "", &[&text])
    };
    let archive = Archive::in_memory(vec![
        parade("decade", "of the 2020s"),
        parade("year", "of 2024"),
        parade("month", "of July 2024"),
        parade("day", "of 14 July 2024"),
        parade("other", "of 15 July 2024"),
    ])
    .expect("an archive");
    for query in ["parade about:2024-07-14", "about:2024-07-14"] {
        for unit in [Unit::Passage, Unit::Article] {
            let mut request = request(query);
            request.unit = unit;
            let results = archive.search(&request).expect("results");
            let order: Vec<&str> = results.hits.iter().map(|h| h.article.as_str()).collect();
            assert_eq!(order, ["day", "month", "year", "decade"], "{query}");
        }
    }
}

/// A request as the command line makes it.
fn asked(query: &str) -> SearchRequest {
    use dateline::backend::{Ask, Clock, Defaults};
    let clock = Clock {
        now: "2025-09-18T12:00:00Z".parse().expect("a time"),
        zone: jiff::tz::TimeZone::UTC,
    };
    let request = Ask::default().request(query, &Defaults::default(), &clock, false);
    request.expect("a query")
}

#[test]
fn a_word_that_the_archive_does_not_know_gets_a_suggestion_beside_other_hits() {
    let archive = Archive::in_memory(vec![
        article(
            "a",
            "",
            &["The Kestrel reservoir is held by a wall of earth called the barrage."],
        ),
        article("b", "", &["A second barrage was proposed."]),
    ])
    .expect("an archive");
    let results = archive.search(&asked("Kestrel barrege")).expect("results");
    assert_eq!(ids(&results), ["a"]);
    let said: Vec<&str> = results.notes.iter().map(|n| n.message.as_str()).collect();
    assert!(
        said.iter()
            .any(|m| m.contains("barrege") && m.contains("did you mean barrage")),
        "{said:?}"
    );
    let known = archive.search(&asked("Kestrel barrage")).expect("results");
    assert!(known.notes.is_empty(), "{:?}", known.notes);
}

#[test]
fn what_happened_in_a_year_stands_before_what_only_holds_its_number() {
    let mut articles = vec![
        dated(
            "then",
            date(2022, 11, 9),
            "",
            &["The dam gave way at night and the village was flooded."],
        ),
        dated(
            "number",
            date(2025, 5, 8),
            "",
            &["A model of the dam was sold for 2022 euros, and 2022 euros is little for it."],
        ),
    ];
    for n in 0..40 {
        let text = &["A concert was held in the hall."];
        articles.push(dated(&format!("other-{n}"), date(2021, 1, 1), "", text));
    }
    let archive = Archive::in_memory(articles).expect("an archive");
    let results = archive.search(&asked("dam 2022")).expect("results");
    assert_eq!(results.hits[0].article, "then");
}

#[test]
fn without_normalisation_by_length_a_long_passage_scores_as_a_short_one() {
    let archive = Archive::in_memory(vec![
        article("long", "", &[&format!("The ferry sank. {FILLER}")]),
        article("short", "", &["The ferry sank."]),
    ])
    .expect("an archive");
    let scores = |b: f32| {
        let mut request = asked("ferry");
        request.rank = dateline::index::request::Rank::Bm25;
        request.b = Some(b);
        let results = archive.search(&request).expect("results");
        assert_eq!(results.hits.len(), 2);
        (results.hits[0].score, results.hits[1].score)
    };
    let (first, second) = scores(0.0);
    assert_eq!(first, second);
    let (first, second) = scores(0.9);
    assert!(first > second);
}

/// Hits of a query, copies of a story apart, in order.
fn ranked(
    archive: &Archive,
    query: &str,
    change: impl Fn(&mut SearchRequest),
) -> Vec<(String, f32)> {
    let mut request = asked(query);
    request.duplicates = dateline::index::request::Duplicates::Show;
    request.unit = Unit::Article;
    change(&mut request);
    let hits = archive.search(&request).expect("results").hits;
    hits.into_iter().map(|h| (h.article, h.score)).collect()
}

#[test]
fn recency_puts_the_younger_of_two_equal_articles_first() {
    let text = &["The ferry was late again."];
    let archive = Archive::in_memory(vec![
        dated("a-old", date(2015, 3, 1), "", text),
        dated("b-young", date(2025, 9, 1), "", text),
        article("c-undated", "", text),
    ])
    .expect("an archive");
    let plain = ranked(&archive, "ferry", |_| {});
    assert!(plain.iter().all(|hit| hit.1 == plain[0].1), "{plain:?}");
    let recent = ranked(&archive, "ferry", |r| r.recency_days = Some(30.0));
    assert_eq!(recent[0].0, "b-young");
    // Ten years are 120 half-lives: nothing is left of it. 17 days are 2^(-17/30) = .675.
    let gain = |n: usize| recent[n].1 / plain[0].1;
    assert!((gain(0) - 1.675).abs() < 0.01, "{recent:?}");
    assert!((gain(1) - 1.0).abs() < 1e-4 && (gain(2) - 1.0).abs() < 1e-4);
}

#[test]
fn recency_finds_the_youngest_among_many_equal_articles() {
    let text = &["The ferry was late again."];
    let old = (0..400).map(|n| dated(&format!("a-{n:03}"), date(2015, 3, 1), "", text));
    let young = dated("young", date(2025, 9, 1), "", text);
    let archive = Archive::in_memory(old.chain([young]).collect()).expect("an archive");
    let recent = ranked(&archive, "ferry", |r| r.recency_days = Some(30.0));
    assert_eq!(recent[0].0, "young");
}

#[test]
fn expansion_prefers_what_shares_words_with_the_best_hits() {
    let about = "The dam, the dam and again the dam: Kestrel is the name of the dam.";
    let filler = |n: usize| {
        article(
            &format!("filler-{n}"),
            "",
            &["A concert was held in the hall."],
        )
    };
    let mut articles: Vec<Article> = (0..20).map(filler).collect();
    for n in 0..3 {
        articles.push(article(&format!("best-{n}"), "", &[about]));
    }
    articles.push(article(
        "a-beaver",
        "",
        &["One dam was built by beavers yesterday."],
    ));
    articles.push(article(
        "b-kestrel",
        "",
        &["One dam was built near Kestrel yesterday."],
    ));
    let archive = Archive::in_memory(articles).expect("an archive");
    let score = |expand: bool, id: &str| {
        let hits = ranked(&archive, "dam", |r| r.expand = expand);
        assert_eq!(hits.len(), 5);
        hits.iter().find(|h| h.0 == id).map(|h| h.1).expect("a hit")
    };
    assert_eq!(score(false, "a-beaver"), score(false, "b-kestrel"));
    assert!(score(true, "a-beaver") < score(true, "b-kestrel"));
}

/// Two articles to choose from, among others that hold none of the words in question.
fn among_others(first: &str, second: &str) -> Archive {
    let others = (0..20).map(|n| article(&format!("other-{n}"), "", &["The council met at noon."]));
    let two = [article("a", "", &[first]), article("b", "", &[second])];
    Archive::in_memory(others.chain(two).collect()).expect("an archive")
}

#[test]
fn a_function_word_that_is_rare_here_is_part_of_the_matter() {
    let archive = among_others(
        "The firm shuts its power plant.",
        "The firm shuts off power today.",
    );
    assert_eq!(ranked(&archive, "firm shuts off power", |_| ())[0].0, "b");
}

#[test]
fn words_stand_together_across_the_function_words_between_them() {
    let archive = among_others(
        "Iraq was calm, the envoy told reporters who had asked her about the war.",
        "The envoy told reporters who had asked her about the calm: the war in Iraq was.",
    );
    assert_eq!(ranked(&archive, "war in Iraq", |_| ())[0].0, "b");
}

#[test]
fn a_word_that_is_typed_twice_weighs_more() {
    let archive = among_others("A storm came.", "A harbour closed.");
    assert_eq!(ranked(&archive, "storm storm harbour", |_| ())[0].0, "a");
    assert_eq!(ranked(&archive, "storm harbour harbour", |_| ())[0].0, "b");
}

#[test]
fn function_words_alone_find_their_article() {
    let mut articles: Vec<Article> = (0..300)
        .map(|n| {
            let text = &["It is to be seen or not, and that is all there is to it: to be sure."];
            article(&format!("a-{n:03}"), "", text)
        })
        .collect();
    let soliloquy = "To be or not to be, that is the question: whether it is nobler.";
    articles.push(article("hamlet", "", &[soliloquy]));
    let archive = Archive::in_memory(articles).expect("an archive");
    for unit in [Unit::Passage, Unit::Article] {
        let hits = ranked(&archive, "to be or not to be", |r| r.unit = unit);
        assert_eq!(hits[0].0, "hamlet", "{unit:?}");
        for phrase in ["\"to be or not to be\"", "\"not to be\""] {
            let hits = ranked(&archive, phrase, |r| r.unit = unit);
            assert_eq!((hits.len(), &*hits[0].0), (1, "hamlet"), "{phrase}");
        }
        // A function word inside a phrase is one of its words.
        assert!(ranked(&archive, "\"nobler that it is\"", |r| r.unit = unit).is_empty());
        assert_eq!(
            ranked(&archive, "\"whether it is nobler\"", |r| r.unit = unit).len(),
            1
        );
    }
}

#[test]
fn what_an_article_says_first_it_is_about() {
    // The same words, the other way round; neither has a title.
    let (orchards, bridge) = (
        "Orchards were lost to frost.",
        "A bridge was closed to lorries.",
    );
    let archive = Archive::in_memory(vec![
        article(
            "bridge-first",
            "",
            &[&format!("{bridge} {FILLER} {orchards}")],
        ),
        article(
            "orchards-first",
            "",
            &[&format!("{orchards} {FILLER} {bridge}")],
        ),
    ])
    .expect("an index");
    for unit in [Unit::Article, Unit::Passage] {
        for (query, first) in [("orchards", "orchards-first"), ("bridge", "bridge-first")] {
            let mut request = request(query);
            request.unit = unit;
            let results = archive.search(&request).expect("results");
            assert_eq!(results.hits[0].article, first, "{query} by {unit:?}");
        }
    }
}

/// An article that only its id tells from others; ids run against the order of the index.
fn equal(n: u32) -> Article {
    let id = format!("a{:03}", 999 - n);
    dated(&id, date(2024, 7, 14), "A note", &["It rained."])
}

#[test]
fn pages_of_equals_hold_each_article_once() {
    let archive = Archive::in_memory((0..250).map(equal).collect()).expect("an archive");
    for (query, sort) in [
        ("*", Sort::Relevance),
        ("lang:en", Sort::Relevance),
        ("*", Sort::Newest),
        ("rained", Sort::Newest),
        ("rained", Sort::Oldest),
    ] {
        for (unit, rank) in [
            (Unit::Passage, Rank::Full),
            (Unit::Article, Rank::Full),
            (Unit::Article, Rank::Bm25),
        ] {
            let mut paged = Vec::new();
            for offset in (0..250).step_by(10) {
                let mut request = request(query);
                (request.sort, request.unit, request.rank) = (sort, unit, rank);
                (request.offset, request.limit) = (offset, 10);
                let found = archive.search(&request).expect("hits");
                assert_eq!(found.total, 250, "{query}");
                paged.extend(found.hits.into_iter().map(|hit| hit.article));
            }
            paged.sort();
            paged.dedup();
            assert_eq!(paged.len(), 250, "{query} {sort:?} {unit:?} {rank:?}");
        }
    }
}

#[test]
fn few_equals_are_ordered_by_id() {
    let archive = Archive::in_memory((0..50).map(equal).collect()).expect("an archive");
    for sort in [Sort::Relevance, Sort::Newest, Sort::Oldest] {
        let mut request = request("lang:en");
        (request.sort, request.limit) = (sort, 50);
        let found = archive.search(&request).expect("hits");
        let listed: Vec<&str> = found.hits.iter().map(|hit| hit.article.as_str()).collect();
        assert_eq!(listed, ids(&found), "{sort:?}");
    }
}

#[test]
fn pages_of_a_ranking_hold_each_passage_once() {
    // Words of unequal frequency in articles of unequal length, the same in every run.
    let mut state = 7_u64;
    let mut roll = |sides: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    let words = [
        "harbour", "strike", "relief", "senate", "bridge", "water", "market", "vote",
    ];
    let mut articles = Vec::new();
    for n in 0..250 {
        let mut paragraphs = Vec::new();
        for _ in 0..1 + roll(4) {
            let length = 80 + roll(120);
            let text: Vec<String> = (0..length)
                .map(|_| match roll(3) {
                    0 => words[roll(8).min(roll(8)) as usize].to_owned(),
                    _ => format!("word{}", roll(400)),
                })
                .collect();
            paragraphs.push(text.join(" "));
        }
        let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
        articles.push(article(
            &format!("a{n}"),
            words[roll(8) as usize],
            &paragraphs,
        ));
    }
    let archive = Archive::in_memory(articles).expect("an archive");
    for (unit, limit) in [
        (Unit::Passage, 10),
        (Unit::Passage, 40),
        (Unit::Article, 10),
    ] {
        let mut seen = std::collections::BTreeSet::new();
        let mut listed = 0;
        for page in 0..200 / limit {
            let mut request = request("relief harbour vote");
            (request.unit, request.offset, request.limit) = (unit, page * limit, limit);
            for hit in archive.search(&request).expect("hits").hits {
                listed += 1;
                assert_eq!(hit.rank, listed);
                seen.insert((hit.article, hit.passage));
            }
        }
        assert_eq!(
            (listed, seen.len()),
            (200, 200),
            "{unit:?}, pages of {limit}"
        );
    }
}
