//! One file a form: answers and articles → bytes. A printer knows nothing of searching or of the terminal.
//!
//! | form | one `search` | a `batch` |
//! |---|---|---|
//! | text | a block a hit | a heading a query, then its blocks |
//! | json | one object | one array of objects |
//! | jsonl | a hit a line | an object a query a line |
//! | csv, tsv | a header, a row a hit | the same; `query_id` tells queries apart |
//! | trec | `QID Q0 DOCNO RANK SCORE TAG` | the same |
//! | ids, paths | one a line | the same |
//! | html | a self-contained page | one page, a section a query |

mod article;
mod bars;
mod html;
mod json;
mod list;
mod markup;
mod mentions;
mod neutral;
mod record;
mod table;
mod terminal;
mod text;
mod trec;

pub use article::ArticleText;
pub use bars::{Bar, bars};
pub use html::Html;
pub use json::{HIT_KEYS, Json};
pub use list::{Ids, Paths};
pub use markup::{escape, is_web_address, marked};
pub use mentions::{ShownDate, ShownEntity, shown_dates, shown_entities};
pub use neutral::{Neutral, neutral};
pub use record::{ShowObject, ShownPassage};
pub use table::{COLUMNS, Table, disarmed};
pub use terminal::{Style, paint, wrap};
pub use text::Text;
pub use trec::{Trec, docno, falling_scores};

use crate::index::request::{SearchRequest, SearchResults, Shown, Sort, Unit};
use std::io::{self, Write};

/// The forms of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Json,
    Jsonl,
    Csv,
    Tsv,
    Trec,
    Ids,
    Paths,
    Html,
}

impl Form {
    /// Every form with its name.
    pub const ALL: [(&'static str, Form); 9] = [
        ("text", Form::Text),
        ("json", Form::Json),
        ("jsonl", Form::Jsonl),
        ("csv", Form::Csv),
        ("tsv", Form::Tsv),
        ("trec", Form::Trec),
        ("ids", Form::Ids),
        ("paths", Form::Paths),
        ("html", Form::Html),
    ];

    /// The form of that name.
    pub fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, form)| *form)
    }

    /// Whether it lists articles (and shows every copy) unless told otherwise.
    pub fn lists_articles(self) -> bool {
        matches!(self, Form::Trec | Form::Ids | Form::Paths)
    }
}

/// One answered query.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The topic's id; `None` for the one query of `search`.
    pub topic: Option<&'a str>,
    /// What its hits are.
    pub unit: Unit,
    /// Whether hits come by score; an order by time is kept as it is.
    pub by_score: bool,
    pub results: &'a SearchResults,
}

impl<'a> Answer<'a> {
    /// The answer to `request`.
    pub fn new(
        topic: Option<&'a str>,
        request: &SearchRequest,
        results: &'a SearchResults,
    ) -> Self {
        Self {
            topic,
            unit: request.unit,
            by_score: request.sort == Sort::Relevance,
            results,
        }
    }
}

/// The copies of a story beside the one that is shown, in words.
pub fn further_copies(count: u64) -> Option<String> {
    match count {
        0 => None,
        1 => Some("+1 copy".to_owned()),
        n => Some(format!("+{n} copies")),
    }
}

/// What a hit must hold to print these of its keys or columns.
fn shown_by<'k>(keys: impl Iterator<Item = &'k str>) -> Shown {
    let mut shown = Shown::PLACE;
    for key in keys {
        match key {
            "query_id" | "rank" | "score" | "article" | "passage" | "duplicates"
            | "explanation" => {}
            "snippet" | "snippets" => shown.snippets = true,
            "title_marks" => shown.title_marks = true,
            "entities" | "dates" => shown.mentions = true,
            _ => shown.stored = true,
        }
    }
    shown
}

/// The id that stands for the one query of `search` where a form needs one.
pub const ONLY_TOPIC: &str = "1";

/// A topic that could not be answered.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    pub topic: Option<&'a str>,
    pub query: Option<&'a str>,
    pub error: &'a str,
    /// Line of the topics file, from 1.
    pub line: u64,
}

/// Writes answers in one form.
///
/// Printers hold no state, so answers can be printed by several threads into buffers of their own;
/// [`between`](Printer::between) goes between two of them. Methods return the writer's errors.
pub trait Printer: Sync {
    /// What of a hit it prints; the rest need not be read.
    fn shows(&self) -> Shown {
        Shown::ALL
    }

    fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        let _ = out;
        Ok(())
    }

    fn answer(&self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// Writes nothing in forms that have no room for it.
    fn failure(&self, failure: &Failure<'_>, out: &mut dyn Write) -> io::Result<()> {
        let _ = (failure, out);
        Ok(())
    }

    fn between(&self, out: &mut dyn Write) -> io::Result<()> {
        let _ = out;
        Ok(())
    }

    fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        let _ = out;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
