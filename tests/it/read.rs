//! The readers against the shared sets of articles, whose counts and dates are known from outside.

use dateline::read::{self, Options, Outcome, ReadObject, TroubleKind, walk};
use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

/// A folder of the shared data; `None` (said on stderr) where it is not at hand, a failure under `CI`.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(name);
    if path.is_dir() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} is required",
        path.display()
    );
    eprintln!("skipped: {} is not there", path.display());
    None
}

#[derive(Default)]
struct Seen {
    articles: Vec<dateline::Article>,
    failed: Vec<String>,
    skipped: Vec<String>,
}

fn read_all(path: &Path) -> Seen {
    let mut seen = Seen::default();
    let filter = walk::Filter::default();
    for entry in walk::walk(&[path.to_owned()], &filter) {
        let Ok(entry) = entry else { continue };
        let _ = read::read_file(
            &entry.file,
            &entry.relative,
            &Options::default(),
            &mut |outcome: Outcome| {
                match outcome.result {
                    Ok(mut article) => {
                        article.id = read::identify(&article, &article.path);
                        seen.articles.push(article);
                    }
                    Err(t) if t.kind == TroubleKind::Failed => {
                        seen.failed.push(format!("{}: {t}", outcome.path))
                    }
                    Err(t) => seen.skipped.push(format!("{}: {t}", outcome.path)),
                }
                ControlFlow::Continue(())
            },
        );
    }
    seen
}

fn published(article: &dateline::Article) -> String {
    article.published.map(|p| p.to_string()).unwrap_or_default()
}

#[test]
fn sets_of_text_and_json_read_whole() {
    for (name, count) in [
        ("seed", 1),
        ("thaigov", 60),
        ("factrueval_ru", 60),
        ("globalvoices_eo", 145),
        ("wikinews_ja/txt", 60),
        ("wikinews_en/txt", 295),
    ] {
        let Some(path) = shared(name) else { continue };
        let seen = read_all(&path);
        assert_eq!(
            (seen.articles.len(), seen.failed.len()),
            (count, 0),
            "{name}: {:?}",
            seen.failed
        );
    }
}

#[test]
fn the_seed_article_has_its_title_questions_and_bullets() {
    let Some(path) = shared("seed") else { return };
    let seen = read_all(&path);
    let article = &seen.articles[0];
    assert_eq!(
        article.title.as_deref(),
        Some("US confirms death of ISIS leader in joint Iraq operation")
    );
    assert_eq!(article.published, None);
    let headings: Vec<_> = article
        .sections
        .iter()
        .map(|s| s.heading.as_deref())
        .collect();
    assert_eq!(
        headings,
        [
            None,
            Some("What do you need to know?"),
            Some("What were the circumstances of the ISIS leader's death?"),
            Some("What does this mean for the future of the fight against ISIS?"),
            Some("What are the US's plans regarding presence in Iraq?"),
        ]
    );
    assert!(
        article.sections[1]
            .paragraphs
            .iter()
            .all(|p| p.starts_with("- "))
    );
}

#[test]
fn press_releases_take_their_day_from_the_file_name() {
    let Some(path) = shared("senate_press") else {
        return;
    };
    let manifest = std::fs::read_to_string(path.join("manifest.tsv")).unwrap();
    let days: BTreeMap<&str, &str> = manifest
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some((cells.next()?.strip_prefix("raw/")?, cells.next()?))
        })
        .collect();
    let seen = read_all(&path.join("raw"));
    assert_eq!(
        (seen.articles.len(), seen.failed.len()),
        (4739, 0),
        "{:?}",
        seen.failed
    );
    let wrong: Vec<_> = seen
        .articles
        .iter()
        .filter(|a| days.get(a.path.as_str()) != Some(&published(a).as_str()))
        .map(|a| &a.path)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn thai_dates_are_of_the_buddhist_calendar_and_outrank_the_folders() {
    let Some(path) = shared("thaigov/2022/11/05") else {
        return;
    };
    let seen = read_all(&path);
    let vaccine = seen
        .articles
        .iter()
        .find(|a| a.path.contains("_50_2aecac32"))
        .unwrap();
    // วันจันทร์ที่ 2 สิงหาคม 2564
    assert_eq!(published(vaccine), "2021-08-02");
    assert_eq!(
        vaccine.url.as_deref(),
        Some("https://www.thaigov.go.th/news/contents/details/44345")
    );
}

#[test]
fn three_forms_of_one_set_give_the_same_articles() {
    let Some(path) = shared("wikinews_en") else {
        return;
    };
    let seen = read_all(&path);
    assert_eq!(seen.articles.len(), 3 * 295);
    let form = |ends: &str| -> BTreeMap<&str, &dateline::Article> {
        let of_form = seen.articles.iter().filter(|a| a.path.ends_with(ends));
        of_form
            .map(|a| (a.url.as_deref().unwrap_or_default(), a))
            .collect()
    };
    let lines = form(".jsonl");
    assert_eq!(lines.len(), 295);
    for ends in [".txt", ".csv"] {
        for (url, article) in form(ends) {
            let line = lines[url];
            assert_eq!(article.title, line.title, "{url}");
            assert_eq!(published(article), published(line), "{url}");
            assert_eq!(article.sections, line.sections, "{url}");
        }
    }
}

#[test]
fn esperanto_times_keep_their_zone() {
    let Some(path) = shared("globalvoices_eo") else {
        return;
    };
    let seen = read_all(&path);
    let first = seen
        .articles
        .iter()
        .find(|a| a.url.as_deref() == Some("https://eo.globalvoices.org/2014/01/1058/"));
    let first = first.unwrap();
    assert_eq!(published(first), "2014-01-09T12:47:59Z");
    assert_eq!(first.authors, ["Henri Masson"]);
    assert_eq!(first.offset, 0);
    assert_eq!(first.record, 1);
}

#[test]
fn offsets_lead_back_to_the_record() {
    let Some(path) = shared("wikinews_en") else {
        return;
    };
    let bytes = std::fs::read(path.join("articles.jsonl")).unwrap();
    let seen = read_all(&path.join("articles.jsonl"));
    for article in &seen.articles {
        let at = usize::try_from(article.offset).unwrap();
        let line = bytes[at..].split(|b| *b == b'\n').next().unwrap();
        let value: serde_json::Value = serde_json::from_slice(line).unwrap();
        assert_eq!(value["id"].as_str(), article.own_id.as_deref());
    }
    assert_eq!(seen.articles.len(), 295);
}

#[test]
fn an_object_is_printed_for_every_article() {
    let Some(path) = shared("factrueval_ru") else {
        return;
    };
    for article in read_all(&path).articles {
        let object: ReadObject<'_> = read::to_json(&article);
        assert_eq!(object.path, article.path);
        assert!(!object.id.is_empty() && object.encoding == "UTF-8");
    }
}
