//! Groups of flags that several commands share.

use super::console::Console;
use super::exit::Exit;
use super::files;
use crate::backend::{Access, Ask, Clock};
use crate::batch::{TopicFormat, Topics, guess};
use crate::entity::alias::Aliases;
use crate::error::{Error, Result};
use crate::index::request::Duplicates;
use crate::query::Note;
use clap::Args;
use jiff::{Timestamp, tz::TimeZone};
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where the index lives.
#[derive(Args, Clone, Debug)]
pub struct IndexFlag {
    /// The index: a folder, or quickwit+http://HOST:PORT/INDEX-ID
    ///
    /// Without it $DATELINE_INDEX, else the nearest .dateline/ from the current folder upward.
    // The variable is read by `place::location`: `search --in` must tell it from the flag.
    #[arg(long, short = 'i', value_name = "LOCATION")]
    pub index: Option<String>,
    /// What a cluster behind a proxy asks for: TOKEN (sent as a bearer) or NAME: VALUE (a header)
    #[arg(
        long,
        value_name = "TOKEN",
        env = "DATELINE_CLUSTER_TOKEN",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub cluster_token: Option<String>,
    /// Certificates of the authorities that a cluster's is checked by, PEM [default: the public ones]
    #[arg(
        long,
        value_name = "FILE",
        env = "DATELINE_CLUSTER_CA",
        hide_short_help = true
    )]
    pub cluster_ca: Option<PathBuf>,
    /// Longest time for one request to a cluster [default: 30s]
    #[arg(long, value_name = "TIME", env = "DATELINE_CLUSTER_TIMEOUT", hide_short_help = true, value_parser = duration)]
    pub cluster_timeout: Option<Duration>,
}

impl IndexFlag {
    /// The index at `location`, or the one found as usual.
    pub fn at(location: Option<String>) -> Self {
        Self {
            index: location,
            cluster_token: std::env::var("DATELINE_CLUSTER_TOKEN").ok(),
            cluster_ca: std::env::var_os("DATELINE_CLUSTER_CA").map(PathBuf::from),
            cluster_timeout: None,
        }
    }

    /// How a cluster is reached.
    pub fn access(&self) -> Result<Access> {
        let authorities = match &self.cluster_ca {
            Some(path) => Some(std::fs::read(path).map_err(|e| Error::io(path, e))?),
            None => None,
        };
        Ok(Access {
            token: self.cluster_token.clone().filter(|t| !t.trim().is_empty()),
            authorities,
            timeout: self.cluster_timeout.filter(|t| !t.is_zero()),
        })
    }
}

/// The day that relative dates count from.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Time")]
pub struct ClockFlags {
    /// The day that "last month" counts from, and at which embargoes are judged [default: now]
    #[arg(long, value_name = "DATE")]
    pub now: Option<String>,
    /// Time zone of --now, an IANA name such as Europe/Berlin [default: the system's]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
}

impl ClockFlags {
    /// The clock that the flags set: the only place where the system's is read for queries.
    pub fn clock(&self) -> Result<Clock> {
        let zone = match &self.tz {
            None => TimeZone::system(),
            Some(name) => TimeZone::get(name).map_err(|_| {
                Error::Usage(format!(
                    "--tz {name:?}: no such time zone; expected a name such as Europe/Berlin or UTC"
                ))
            })?,
        };
        let clock = Clock {
            now: Timestamp::now(),
            zone,
        };
        match &self.now {
            Some(now) => clock.at(now),
            None => Ok(clock),
        }
    }
}

/// What narrows a query; a flag and its field in the query mean the same.
#[derive(Args, Clone, Debug)]
#[command(
    next_help_heading = "Filters (values of one flag are alternatives; different flags must all hold)"
)]
pub struct FilterFlags {
    /// Published on or after DATE: 2024, 2024-07, 2024-07-14, 2024-W28, 2024-Q3, "last month"
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Published on or before DATE; a month or year counts to its end
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// Speaks of DATE, whenever it was published; also a range: 2024-03..2024-06
    #[arg(long, value_name = "DATE")]
    about: Vec<String>,
    /// The archive as it stood then: nothing later, recency counted from there
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Names this person
    #[arg(long, value_name = "NAME")]
    person: Vec<String>,
    /// Names this organisation
    #[arg(long, value_name = "NAME")]
    org: Vec<String>,
    /// Names this place
    #[arg(long, value_name = "NAME")]
    place: Vec<String>,
    /// Names this person, organisation or place
    #[arg(long, value_name = "NAME")]
    entity: Vec<String>,
    /// From this source
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// Not from this source
    #[arg(long, value_name = "NAME")]
    not_source: Vec<String>,
    /// In this language: en, de …
    #[arg(long, value_name = "CODE")]
    lang: Vec<String>,
    #[command(flatten)]
    aliases: AliasFlag,
}

/// Names that mean the same.
#[derive(Args, Clone, Debug)]
pub struct AliasFlag {
    /// Names that mean the same, a line each: NAME<tab>person|org|place<tab>ALIAS|ALIAS…
    ///
    /// A filter for one of an entry's names finds all of them, and facets count them as one. The index
    /// is not touched: without the flag nothing of it remains.
    #[arg(long, value_name = "FILE")]
    aliases: Option<PathBuf>,
}

/// How a query is read and matched.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Query")]
pub struct QueryFlags {
    /// What words without an operator demand: any of them, most, or all
    #[arg(long = "match", value_name = "HOW", value_parser = ["any", "most", "all"])]
    matching: Option<String>,
    /// What a hit is
    #[arg(long, value_parser = ["passage", "article"])]
    unit: Option<String>,
    /// One hit for a story with its copies, or one each
    #[arg(long, value_parser = ["collapse", "show"])]
    duplicates: Option<String>,
    /// Refuse a query that would be repaired
    #[arg(long)]
    strict: bool,
    /// Take every character of the query as text
    #[arg(long, conflicts_with = "strict")]
    literal: bool,
}

/// Order and number of hits.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Results")]
pub struct HitFlags {
    /// Number of hits; 0 counts only [default: 10; trec: 1000]
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<usize>,
    /// Leave out the first N hits
    #[arg(long, value_name = "N")]
    offset: Option<usize>,
    /// Order of hits
    #[arg(long, value_parser = ["relevance", "newest", "oldest"])]
    sort: Option<String>,
    /// Windows of text for each hit, up to 3 [default: 1]
    #[arg(long, value_name = "N")]
    snippets: Option<usize>,
    /// Ranking: all signals, or plain BM25
    #[arg(long, value_parser = ["full", "bm25"])]
    rank: Option<String>,
    /// BM25's saturation of repeated words [default: 1.2]; every match is scored then
    #[arg(long, value_name = "X", hide_short_help = true)]
    k1: Option<String>,
    /// BM25's normalisation by length, 0 to 1 [default: .7; bm25: .75]; every match is scored then
    #[arg(long, value_name = "X", hide_short_help = true)]
    b: Option<String>,
    /// Prefer recent articles: their weight halves every DAYS
    #[arg(long, value_name = "DAYS")]
    recency: Option<String>,
    /// Add terms of the best hits to the query
    #[arg(long)]
    expand: bool,
    /// Count exactly
    #[arg(long)]
    count: bool,
    /// Say why each hit stands where it stands
    #[arg(long)]
    explain: bool,
}

impl FilterFlags {
    /// What was given, by the flags' names, as [`Ask::set`] takes it.
    pub fn given(&self) -> Vec<(String, Vec<String>)> {
        let single = [
            ("from", &self.from),
            ("to", &self.to),
            ("as-of", &self.as_of),
        ];
        let single = single.map(|(name, value)| (name, value.iter().cloned().collect()));
        let several = [
            ("about", &self.about),
            ("person", &self.person),
            ("org", &self.org),
            ("place", &self.place),
            ("entity", &self.entity),
            ("source", &self.source),
            ("not-source", &self.not_source),
            ("lang", &self.lang),
        ];
        let several = several.map(|(name, values)| (name, values.clone()));
        let all = single.into_iter().chain(several);
        all.filter(|(_, values)| !values.is_empty())
            .map(|(name, values)| (name.to_owned(), values))
            .collect()
    }

    /// Puts what was given into `ask`.
    pub fn fill(&self, ask: &mut Ask) -> Result<()> {
        for (name, values) in self.given() {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            ask.set(&name, &values)?;
        }
        ask.aliases = self.aliases()?;
        Ok(())
    }

    /// The alias file, read.
    pub fn aliases(&self) -> Result<Option<Arc<Aliases>>> {
        self.aliases.read()
    }
}

impl AliasFlag {
    /// Reads the file, if one was given.
    pub fn read(&self) -> Result<Option<Arc<Aliases>>> {
        let Some(path) = &self.aliases else {
            return Ok(None);
        };
        let aliases = Aliases::parse(&files::text(path)?, &files::name(path))?;
        Ok(Some(Arc::new(aliases)))
    }
}

impl QueryFlags {
    /// What was asked for with --duplicates, if anything.
    pub fn duplicates(&self) -> Option<Duplicates> {
        match self.duplicates.as_deref()? {
            "collapse" => Some(Duplicates::Collapse),
            _ => Some(Duplicates::Show),
        }
    }

    /// Puts what was given into `ask`.
    pub fn fill(&self, ask: &mut Ask) -> Result<()> {
        set(ask, "match", self.matching.as_deref())?;
        set(ask, "unit", self.unit.as_deref())?;
        set(ask, "duplicates", self.duplicates.as_deref())?;
        ask.strict = self.strict.then_some(true);
        ask.literal = self.literal.then_some(true);
        Ok(())
    }
}

impl HitFlags {
    /// Puts what was given into `ask`.
    pub fn fill(&self, ask: &mut Ask) -> Result<()> {
        set(ask, "sort", self.sort.as_deref())?;
        set(ask, "rank", self.rank.as_deref())?;
        set(ask, "k1", self.k1.as_deref())?;
        set(ask, "b", self.b.as_deref())?;
        set(ask, "recency", self.recency.as_deref())?;
        ask.limit = self.limit;
        ask.offset = self.offset;
        ask.snippets = self.snippets;
        ask.expand = self.expand.then_some(true);
        ask.count = self.count.then_some(true);
        ask.explain = self.explain.then_some(true);
        Ok(())
    }
}

fn set(ask: &mut Ask, name: &str, value: Option<&str>) -> Result<()> {
    if let Some(value) = value {
        ask.set(name, &[value])?;
    }
    Ok(())
}

/// What a topics file is.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Topics")]
pub struct TopicFlags {
    /// Format of the topics [default: guessed from name and first bytes]
    #[arg(long, value_name = "FORM", value_parser = ["tsv", "jsonl", "csv", "trec"])]
    input: Option<String>,
    /// Fields of a TREC topic that make the query
    #[arg(
        long,
        value_name = "FIELD",
        value_delimiter = ',',
        default_value = "title"
    )]
    topic_field: Vec<String>,
}

impl TopicFlags {
    /// Opens topics, perhaps gzipped; `-` is standard input.
    pub fn open(&self, path: &Path) -> Result<(Topics<'static>, TopicFormat)> {
        let place = files::name(path);
        let mut reader = files::open(path)?;
        let head = reader.fill_buf().map_err(|e| Error::io(path, e))?;
        let format = match self.input.as_deref().and_then(TopicFormat::named) {
            Some(format) => format,
            None => guess(&place, head),
        };
        Ok((
            Topics::new(reader, format, &self.topic_field, &place)?,
            format,
        ))
    }
}

/// How long a question may take.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Limits")]
pub struct TimeFlag {
    /// Give up after this time: 10, 500ms, 2m; what was found by then is shown where a part can be
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,
}

impl TimeFlag {
    /// When a question that is asked now must end.
    pub fn deadline(&self) -> Option<Instant> {
        self.timeout
            .and_then(|time| Instant::now().checked_add(time))
    }

    /// What an answer with these notes ends a command with: `Partly`, said aloud, where the time ran out.
    pub fn exit(notes: &[Note], console: &Console) -> Exit {
        match notes.iter().find(|note| note.is_late()) {
            Some(note) => {
                console.trouble(&note.message);
                Exit::Partly
            }
            None => Exit::Done,
        }
    }

    /// As an error, for what is of no use in part.
    ///
    /// # Errors
    /// `Interrupted` once `deadline` has passed.
    pub fn check(deadline: Option<Instant>) -> Result<()> {
        match deadline.is_some_and(|at| Instant::now() >= at) {
            true => Err(Error::Interrupted(
                "the time given ran out before everything was written; raise --timeout".to_owned(),
            )),
            false => Ok(()),
        }
    }
}

/// `10`, `2.5s`, `500ms`, `3m`: a number is seconds.
pub fn duration(text: &str) -> std::result::Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = match &text[digits.len()..] {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        "h" => 3600.0,
        _ => f64::NAN,
    };
    let number: f64 = digits.parse().unwrap_or(f64::NAN);
    Duration::try_from_secs_f64(number * seconds)
        .map_err(|_| "expected a time such as 10, 2.5s, 500ms or 3m".to_owned())
}

/// Which files are read, and what one of them may cost.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Files")]
pub struct ReaderFlags {
    /// Only files whose name (or path below PATH) matches, as in .gitignore
    #[arg(long, value_name = "PATTERN")]
    glob: Vec<String>,
    /// No files or folders whose name (or path below PATH) matches
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// Column separator of tables [default: found in their first lines]
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<char>,
    /// Longest record, decompressed
    #[arg(long, value_name = "BYTES", hide_short_help = true)]
    max_record_bytes: Option<u64>,
    /// Longest file, decompressed
    #[arg(long, value_name = "BYTES", hide_short_help = true)]
    max_file_bytes: Option<u64>,
    /// Most bytes that a container may give for each of its own, once it has given 256 MiB
    #[arg(long, value_name = "N", hide_short_help = true)]
    max_ratio: Option<u64>,
    /// Most records of one file
    #[arg(long, value_name = "N", hide_short_help = true)]
    max_records: Option<u32>,
    /// Deepest nesting of elements and objects
    #[arg(long, value_name = "N", hide_short_help = true)]
    max_depth: Option<usize>,
    /// Most containers within containers
    #[arg(long, value_name = "N", hide_short_help = true)]
    max_containers: Option<usize>,
    /// Most entity references of one record
    #[arg(long, value_name = "N", hide_short_help = true)]
    max_entities: Option<usize>,
    /// Longest time for one record
    #[arg(long, value_name = "SECONDS", hide_short_help = true)]
    max_seconds: Option<u64>,
}

impl ReaderFlags {
    /// The files wanted.
    pub fn filter(&self) -> Result<crate::read::walk::Filter> {
        crate::read::walk::Filter::new(&self.glob, &self.exclude).map_err(Error::Usage)
    }

    /// What readers are told.
    pub fn options(&self) -> crate::read::Options {
        let mut options = crate::read::Options {
            delimiter: self.delimiter,
            ..Default::default()
        };
        let limits = &mut options.limits;
        limits.record_bytes = self.max_record_bytes.unwrap_or(limits.record_bytes);
        limits.file_bytes = self.max_file_bytes.unwrap_or(limits.file_bytes);
        limits.ratio = self.max_ratio.unwrap_or(limits.ratio);
        limits.entities = self.max_entities.unwrap_or(limits.entities);
        limits.records = self.max_records.unwrap_or(limits.records);
        limits.depth = self.max_depth.unwrap_or(limits.depth);
        limits.containers = self.max_containers.unwrap_or(limits.containers);
        limits.seconds = self.max_seconds.unwrap_or(limits.seconds);
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units_and_a_bare_number_is_seconds() {
        assert_eq!(duration("2"), Ok(Duration::from_secs(2)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        for wrong in ["", "s", "-1", "5 s", "1d", "1e400"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
