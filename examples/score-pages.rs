//! Scores how web pages are read, by the two public sets that dateline's rules were made with:
//!
//! ```text
//! cargo run --release --example score-pages -- ../shared/data/html_dev
//! ```
//!
//! A third of each set is held back (tests/data/pages/held-back.txt): no rule was fitted to it. For each set and part
//! prints the pages, the F1 of their text, and the shares of titles and days that are right, of those that have one.
//! Text of mozilla/readability's pages is scored as the article-extraction-benchmark does, by multisets of four words in
//! a row, precision and recall being means over pages; that of trafilatura's by its segments, which must or must not
//! occur. A title is right with the same words, or as the greater part of the true one.

use dateline::article::Article;
use dateline::read::{Options, read_file};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

type Failure = Box<dyn std::error::Error>;

const HELD_BACK: &str = include_str!("../tests/data/pages/held-back.txt");

/// What is true of one page.
struct Page {
    file: PathBuf,
    held_back: bool,
    text: Truth,
    title: String,
    /// `YYYY-MM-DD`, or empty.
    day: String,
}

enum Truth {
    Whole(String),
    Segments {
        with: Vec<String>,
        without: Vec<String>,
    },
}

/// Sums over pages; `found` and `wanted` are precision and recall, or counts of segments.
#[derive(Default)]
struct Score {
    pages: usize,
    precision: (f64, f64),
    recall: (f64, f64),
    titles: (usize, usize),
    days: (usize, usize),
    undated: usize,
}

fn main() -> Result<(), Failure> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [folder] = given.as_slice() else {
        return Err("expected the folder that holds readability/ and trafilatura/".into());
    };
    let folder = Path::new(folder);
    let held: HashSet<&str> = HELD_BACK.lines().collect();
    let sets = [
        (
            "readability",
            readability(&folder.join("readability"), &held)?,
        ),
        (
            "trafilatura",
            trafilatura(&folder.join("trafilatura"), &held)?,
        ),
    ];
    println!("set          part       pages    F1  title    day (none)");
    let started = std::time::Instant::now();
    let mut read = 0;
    for (name, pages) in &sets {
        for held_back in [false, true] {
            let mut score = Score::default();
            for page in pages.iter().filter(|p| p.held_back == held_back) {
                score.add(page, &article(&page.file));
            }
            read += score.pages;
            let part = if held_back { "held back" } else { "tuned on" };
            println!("{name:12} {part:9} {score}");
        }
    }
    println!("{read} pages in {:.2} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// The page as it is read; an empty article where it is none.
fn article(file: &Path) -> Article {
    let mut found = Article::default();
    let _ = read_file(
        file,
        &file.to_string_lossy(),
        &Options::default(),
        &mut |outcome| {
            found = outcome.result.unwrap_or_default();
            ControlFlow::Continue(())
        },
    );
    found
}

fn readability(folder: &Path, held: &HashSet<&str>) -> Result<Vec<Page>, Failure> {
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(folder.join("test-pages"))? {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let known: Value = serde_json::from_str(&std::fs::read_to_string(
            folder.join("expected-metadata.json"),
        )?)?;
        let day = known["publishedTime"].as_str().unwrap_or("");
        pages.push(Page {
            held_back: held.contains(&*name),
            text: Truth::Whole(plain(&std::fs::read_to_string(
                folder.join("expected.html"),
            )?)),
            title: known["title"].as_str().unwrap_or("").to_owned(),
            day: day.get(..10).unwrap_or("").to_owned(),
            file: folder.join("source.html"),
        });
    }
    Ok(pages)
}

fn trafilatura(folder: &Path, held: &HashSet<&str>) -> Result<Vec<Page>, Failure> {
    let known: HashMap<String, Value> = serde_json::from_str(&std::fs::read_to_string(
        folder.join("evaldata_subset.json"),
    )?)?;
    let segments = |list: &Value| -> Vec<String> {
        let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(folded).collect()
    };
    let page = |page: &Value| {
        let name = page["file"].as_str()?;
        let plain = folder.join("pages").join(name);
        let packed = folder.join("pages").join(format!("{name}.gz"));
        Some(Page {
            file: if plain.exists() { plain } else { packed },
            held_back: held.contains(name),
            text: Truth::Segments {
                with: segments(&page["with"]),
                without: segments(&page["without"]),
            },
            title: page["title"].as_str().unwrap_or("").to_owned(),
            day: page["date"].as_str().unwrap_or("").to_owned(),
        })
    };
    Ok(known.values().filter_map(page).collect())
}

impl Score {
    fn add(&mut self, page: &Page, article: &Article) {
        self.pages += 1;
        let mut text = article.standfirst.clone().unwrap_or_default();
        for section in &article.sections {
            for line in section.heading.iter().chain(&section.paragraphs) {
                text.push('\n');
                text.push_str(line);
            }
        }
        match &page.text {
            Truth::Whole(truth) => {
                let (truth, found) = (shingles(truth), shingles(&text));
                let common = |(shingle, n): (&Vec<&str>, &usize)| {
                    (*n).min(truth.get(shingle).copied().unwrap_or(0))
                };
                let common = found.iter().map(common).sum::<usize>() as f64;
                let (all, wanted) = (found.values().sum::<usize>(), truth.values().sum::<usize>());
                if all > 0 {
                    self.precision.0 += common / all as f64;
                    self.precision.1 += 1.0;
                }
                if wanted > 0 {
                    self.recall.0 += common / wanted as f64;
                    self.recall.1 += 1.0;
                }
            }
            Truth::Segments { with, without } => {
                let text = folded(&text);
                let count = |list: &[String]| list.iter().filter(|s| text.contains(*s)).count();
                let right = count(with) as f64;
                self.precision.0 += right;
                self.precision.1 += right + count(without) as f64;
                self.recall.0 += right;
                self.recall.1 += with.len() as f64;
            }
        }
        if !page.title.is_empty() {
            let (truth, found) = (
                folded(&page.title),
                folded(article.title.as_deref().unwrap_or("")),
            );
            let part = !found.is_empty()
                && truth.contains(&found)
                && found.chars().count() * 10 > truth.chars().count() * 6;
            self.titles.1 += 1;
            self.titles.0 += usize::from(truth == found || part);
        }
        if !page.day.is_empty() {
            let found = article.published.map(|p| p.to_string()).unwrap_or_default();
            self.days.1 += 1;
            self.days.0 += usize::from(found.get(..10) == Some(&page.day));
            self.undated += usize::from(found.is_empty());
        }
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = |(part, whole): (f64, f64)| part / whole.max(1.0);
        let of = |(part, whole): (usize, usize)| share((part as f64, whole as f64));
        let (p, r) = (share(self.precision), share(self.recall));
        let f1 = 2.0 * p * r / (p + r).max(f64::MIN_POSITIVE);
        let (title, day) = (of(self.titles), of(self.days));
        let (pages, undated) = (self.pages, self.undated);
        write!(f, "{pages:6}  {f1:.3}  {title:.3}  {day:.3} ({undated})")
    }
}

/// The letters, digits and underscores of a text in words, small, with single spaces.
fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    words(&lower).collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| !(c.is_alphanumeric() || c == '_');
    text.split(apart).filter(|w| !w.is_empty())
}

/// Four words in a row, or all of fewer, with how often they occur.
fn shingles(text: &str) -> HashMap<Vec<&str>, usize> {
    let words: Vec<&str> = words(text).collect();
    let mut found = HashMap::new();
    for row in words.windows(words.len().clamp(1, 4)) {
        *found.entry(row.to_vec()).or_default() += 1;
    }
    found
}

/// The text of readability's own output: what it serialises is well-formed, so that tags can be cut out.
fn plain(html: &str) -> String {
    const UNSEEN: [&str; 4] = ["script", "style", "figure", "figcaption"];
    const INLINE: [&str; 14] = [
        "a", "abbr", "b", "cite", "code", "em", "font", "i", "small", "span", "strong", "sub",
        "sup", "time",
    ];
    let mut out = String::new();
    let mut hidden = 0_usize;
    for piece in html.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        let name = tag.trim_start_matches('/');
        let name = name.split([' ', '/', '\n']).next().unwrap_or("");
        if UNSEEN.contains(&name) {
            hidden = match tag.starts_with('/') {
                true => hidden.saturating_sub(1),
                false => hidden + 1,
            };
        }
        if !INLINE.contains(&name) {
            out.push('\n');
        }
        if hidden == 0 {
            out.push_str(text);
        }
    }
    for (entity, text) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, text);
    }
    out
}
