//! dateline's side of the benchmark in benches/peers, through the library as the other engines are
//! asked through theirs:
//!
//! ```text
//! peers INDEX QUERIES WARMUPS full|bm25|shown
//! ```
//!
//! A query is a line of id, kind, words, from, to, about, tab-separated. Prints id, milliseconds and
//! number of results of the pass after the warm-ups. `full` and `bm25` fetch id, title, heading and
//! text of ten hits, as the peers do; `shown` fills hits in as `search` shows them: windows, marks,
//! names and dates, copies of a story folded.

use dateline::backend::{Ask, Backend, Clock, Defaults};
use dateline::index::Archive;
use dateline::index::request::{
    Duplicates, FacetField, FacetsRequest, Period, Rank, SearchRequest, Shown, TimelineRequest,
    Unit,
};
use dateline::query::Axis;
use jiff::tz::TimeZone;
use std::fmt::Write as _;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [index, queries, warmups, how] = given.as_slice() else {
        return Err("expected INDEX QUERIES WARMUPS full|bm25|shown".into());
    };
    let archive = Archive::open(index.as_ref())?;
    let rows = std::fs::read_to_string(queries)?;
    let mut out = String::new();
    for left in (0..=warmups.parse::<u32>()?).rev() {
        out.clear();
        for row in rows.lines() {
            let cells: Vec<&str> = row.split('\t').collect();
            let [id, kind, words, from, to, about] = cells.as_slice() else {
                return Err(format!("{row}: expected six cells").into());
            };
            let began = Instant::now();
            let found = answer(&archive, how, kind, words, [from, to, about])?;
            let ms = began.elapsed().as_secs_f64() * 1e3;
            if left == 0
                && let Some(found) = found
            {
                writeln!(out, "{id}\t{ms:.4}\t{found}")?;
            }
        }
    }
    print!("{out}");
    Ok(())
}

/// Hits, counted passages, or values and months that hold any; `None` for a kind not asked `how`.
fn answer(
    archive: &Archive,
    how: &str,
    kind: &str,
    words: &str,
    [from, to, about]: [&str; 3],
) -> Result<Option<usize>, Failure> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let text = match kind {
        "and2" | "and3" => words
            .split(' ')
            .map(|word| format!("+{word} "))
            .collect::<String>(),
        "phrase2" => format!("\"{words}\""),
        "prefix" => format!("{words}*"),
        _ => words.to_owned(),
    };
    let ask = Ask {
        from: given(from),
        to: given(to),
        about: given(about).into_iter().collect(),
        literal: Some(text == words),
        ..Ask::default()
    };
    let clock = Clock {
        now: "2026-01-01T00:00:00Z".parse()?,
        zone: TimeZone::UTC,
    };
    let mut request: SearchRequest = ask.request(&text, &Defaults::default(), &clock, false)?;
    if how == "bm25" {
        request.rank = Rank::Bm25;
    }
    if how != "shown" {
        request.duplicates = Duplicates::Show;
        request.shown = Shown {
            stored: true,
            ..Shown::PLACE
        };
    }
    Ok(Some(match kind {
        "count" => {
            request.limit = 0;
            archive.search(&request)?.total as usize
        }
        "facets" => {
            request.limit = 20;
            let field = FacetField::Source;
            let base = request;
            archive.facets(&FacetsRequest { base, field })?.values.len()
        }
        "timeline" => {
            let timeline = archive.timeline(&TimelineRequest {
                base: request,
                axis: Axis::Published,
                by: Period::Month,
            })?;
            timeline.buckets.iter().filter(|b| b.count > 0).count()
        }
        "snippets" => {
            request.shown.snippets = true;
            archive.search(&request)?.hits.len()
        }
        "grouped" => {
            request.unit = Unit::Article;
            archive.search(&request)?.hits.len()
        }
        _ => archive.search(&request)?.hits.len(),
    }))
}
