//! What is asked beside the query text, by flags, by a topic's row or by a URL's parameters → a request.

use crate::analyze::Lang;
use crate::date;
use crate::entity::alias::Aliases;
use crate::error::{Error, Result};
use crate::index::request::{Duplicates, Rank, SearchRequest, Sort, Unit};
use crate::query::{Axis, Field, Kind, Match, Node, ParseOptions, Query, Span};
use jiff::{Timestamp, civil, tz::TimeZone};
use std::sync::Arc;

/// Where relative dates count from; only `cli` and `serve` read it off the system.
#[derive(Clone, Debug)]
pub struct Clock {
    pub now: Timestamp,
    pub zone: TimeZone,
}

impl Clock {
    /// The day of `now` in the zone.
    pub fn today(&self) -> civil::Date {
        self.now.to_zoned_datetime(self.zone.clone()).date()
    }

    /// The clock that stands at `text`: RFC 3339, or a day (or week, month …), which is taken at its end.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn at(&self, text: &str) -> Result<Self> {
        let stands = |now| Self {
            now,
            zone: self.zone.clone(),
        };
        if let Ok(now) = text.parse::<Timestamp>() {
            return Ok(stands(now));
        }
        if text.contains('T')
            && let Ok(at) = text.parse::<civil::DateTime>()
            && let Ok(at) = at.to_zoned_datetime(self.zone.clone())
        {
            return Ok(stands(at.timestamp()));
        }
        let day = last_day("now", text, self.today())?;
        let end = day.to_datetime(civil::time(23, 59, 59, 0));
        match end.to_zoned_datetime(self.zone.clone()) {
            Ok(at) => Ok(stands(at.timestamp())),
            Err(_) => Err(Error::Usage(format!(
                "--now {text}: no clock shows that day; expected 9999-12-30 at the latest"
            ))),
        }
    }
}

/// What holds where nothing was said; differs by command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    pub unit: Unit,
    pub matching: Match,
    pub duplicates: Duplicates,
    pub limit: usize,
}

impl Default for Defaults {
    /// Those of `search`.
    fn default() -> Self {
        Self {
            unit: Unit::Passage,
            matching: Match::Any,
            duplicates: Duplicates::Collapse,
            limit: 10,
        }
    }
}

/// The flags that a command takes with a query, as they were given; nothing is set by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    pub from: Option<String>,
    pub to: Option<String>,
    pub as_of: Option<String>,
    /// `--now` of this query alone.
    pub now: Option<String>,
    /// Several values of one are alternatives.
    pub about: Vec<String>,
    pub person: Vec<String>,
    pub org: Vec<String>,
    pub place: Vec<String>,
    pub entity: Vec<String>,
    pub source: Vec<String>,
    pub not_source: Vec<String>,
    pub lang: Vec<String>,
    pub limit: Option<usize>,
    pub offset: Option<usize>,
    pub unit: Option<Unit>,
    pub matching: Option<Match>,
    pub sort: Option<Sort>,
    pub duplicates: Option<Duplicates>,
    pub snippets: Option<usize>,
    pub rank: Option<Rank>,
    pub k1: Option<f32>,
    pub b: Option<f32>,
    pub recency_days: Option<f64>,
    pub expand: Option<bool>,
    pub count: Option<bool>,
    pub explain: Option<bool>,
    pub strict: Option<bool>,
    pub literal: Option<bool>,
    /// Names that mean the same; no row and no URL sets them.
    pub aliases: Option<Arc<Aliases>>,
}

impl Ask {
    /// Sets one by its flag's long name (`-` or `_` between words); `Ok(false)` for a name that is none.
    ///
    /// Several `values` are taken where the flag may be repeated, else the last one.
    ///
    /// # Errors
    /// `Usage` for a value that the flag cannot have; the dates are checked by [`request`](Self::request).
    pub fn set(&mut self, name: &str, values: &[&str]) -> Result<bool> {
        let Some(last) = values.last().copied() else {
            return Ok(true);
        };
        let text = || Some(last.to_owned());
        let list = || values.iter().map(|v| (*v).to_owned()).collect();
        match name.replace('_', "-").as_str() {
            "from" => self.from = text(),
            "to" => self.to = text(),
            "as-of" => self.as_of = text(),
            "now" => self.now = text(),
            "about" => self.about = list(),
            "person" => self.person = list(),
            "org" => self.org = list(),
            "place" => self.place = list(),
            "entity" => self.entity = list(),
            "source" => self.source = list(),
            "not-source" => self.not_source = list(),
            "lang" => self.lang = list(),
            "limit" => self.limit = Some(number(name, last)?),
            "offset" => self.offset = Some(number(name, last)?),
            "snippets" => self.snippets = Some(number(name, last)?),
            "recency" => {
                let days: f64 = number(name, last)?;
                if !(days.is_finite() && days > 0.0) {
                    return Err(not(name, last, "a half-life in days above 0"));
                }
                self.recency_days = Some(days);
            }
            "unit" => {
                let known = [("passage", Unit::Passage), ("article", Unit::Article)];
                self.unit = Some(one_of(name, last, &known)?);
            }
            "match" => {
                let known = [
                    ("any", Match::Any),
                    ("most", Match::Most),
                    ("all", Match::All),
                ];
                self.matching = Some(one_of(name, last, &known)?);
            }
            "sort" => {
                let known = [
                    ("relevance", Sort::Relevance),
                    ("newest", Sort::Newest),
                    ("oldest", Sort::Oldest),
                ];
                self.sort = Some(one_of(name, last, &known)?);
            }
            "duplicates" => {
                let known = [
                    ("collapse", Duplicates::Collapse),
                    ("show", Duplicates::Show),
                ];
                self.duplicates = Some(one_of(name, last, &known)?);
            }
            "rank" => {
                let known = [("full", Rank::Full), ("bm25", Rank::Bm25)];
                self.rank = Some(one_of(name, last, &known)?);
            }
            "k1" => self.k1 = Some(within(name, last, 0.0, MOST_K1)?),
            "b" => self.b = Some(within(name, last, 0.0, 1.0)?),
            "expand" => self.expand = Some(switch(name, last)?),
            "count" => self.count = Some(switch(name, last)?),
            "explain" => self.explain = Some(switch(name, last)?),
            "strict" => self.strict = Some(switch(name, last)?),
            "literal" => self.literal = Some(switch(name, last)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What this says, and where it says nothing, what `base` says: a row beats a flag.
    pub fn over(self, base: &Ask) -> Ask {
        fn list(own: Vec<String>, base: &[String]) -> Vec<String> {
            if own.is_empty() { base.to_vec() } else { own }
        }
        let base = base.clone();
        Ask {
            from: self.from.or(base.from),
            to: self.to.or(base.to),
            as_of: self.as_of.or(base.as_of),
            now: self.now.or(base.now),
            about: list(self.about, &base.about),
            person: list(self.person, &base.person),
            org: list(self.org, &base.org),
            place: list(self.place, &base.place),
            entity: list(self.entity, &base.entity),
            source: list(self.source, &base.source),
            not_source: list(self.not_source, &base.not_source),
            lang: list(self.lang, &base.lang),
            limit: self.limit.or(base.limit),
            offset: self.offset.or(base.offset),
            unit: self.unit.or(base.unit),
            matching: self.matching.or(base.matching),
            sort: self.sort.or(base.sort),
            duplicates: self.duplicates.or(base.duplicates),
            snippets: self.snippets.or(base.snippets),
            rank: self.rank.or(base.rank),
            k1: self.k1.or(base.k1),
            b: self.b.or(base.b),
            recency_days: self.recency_days.or(base.recency_days),
            expand: self.expand.or(base.expand),
            count: self.count.or(base.count),
            explain: self.explain.or(base.explain),
            strict: self.strict.or(base.strict),
            literal: self.literal.or(base.literal),
            aliases: self.aliases.or(base.aliases),
        }
    }

    /// The request for `text`, with the filters as conditions beside it.
    ///
    /// Different filters must all hold. Text without anything in it, beside a filter, asks for
    /// everything that the filters let through.
    ///
    /// # Errors
    /// `Query` for text that cannot be run, `Usage` for a filter's value, and for text and filters that
    /// are both empty unless `may_be_empty`.
    pub fn request(
        &self,
        text: &str,
        defaults: &Defaults,
        clock: &Clock,
        may_be_empty: bool,
    ) -> Result<SearchRequest> {
        let clock = match &self.now {
            Some(now) => clock.at(now)?,
            None => clock.clone(),
        };
        let today = clock.today();
        let parsed = Query::parse(
            text,
            &ParseOptions {
                now: today,
                strict: self.strict.unwrap_or(false),
                literal: self.literal.unwrap_or(false),
            },
        )?;
        let filters = self.filters(today)?;
        // `*` asks for everything; a text of which nothing was left does not.
        let empty = matches!(parsed.query.root.kind, Kind::All) && !text.contains('*');
        if empty && filters.is_empty() && !may_be_empty {
            return Err(empty_query(text));
        }
        let mut query = filters.into_iter().fold(parsed.query, Query::and);
        let mut notes = parsed.notes;
        if let Some(aliases) = &self.aliases {
            super::aliases::widen(&mut query, aliases, &mut notes);
        }
        let mut request = SearchRequest::new(query, text, clock.now);
        request.notes = notes;
        request.aliases.clone_from(&self.aliases);
        // Text that is all words may still speak of days, which only ever lift.
        let dates = match self.literal {
            Some(true) => date::find_in_query(text, today),
            _ => parsed.dates,
        };
        for found in &dates {
            let (Some(from), Some(to)) = (found.from, found.to) else {
                continue;
            };
            request.mentioned.extend(date::Interval::new(from, to));
            let words = found.written.iter().map(|word| Span {
                start: u32::try_from(word.start).unwrap_or(u32::MAX),
                end: u32::try_from(word.end).unwrap_or(u32::MAX),
            });
            request.date_words.extend(words);
        }
        request.unit = self.unit.unwrap_or(defaults.unit);
        request.matching = self.matching.unwrap_or(defaults.matching);
        request.duplicates = self.duplicates.unwrap_or(defaults.duplicates);
        request.limit = self.limit.unwrap_or(defaults.limit);
        request.offset = self.offset.unwrap_or(0);
        request.sort = self.sort.unwrap_or(Sort::Relevance);
        request.snippets = self.snippets.unwrap_or(1).min(3);
        request.rank = self.rank.unwrap_or(Rank::Full);
        request.k1 = self.k1;
        request.b = self.b;
        request.as_of = match &self.as_of {
            Some(text) => Some(last_day("as-of", text, today)?),
            None => None,
        };
        request.recency_days = self.recency_days;
        request.expand = self.expand.unwrap_or(false);
        request.count = self.count.unwrap_or(false);
        request.explain = self.explain.unwrap_or(false);
        request.langs = self.langs()?;
        Ok(request)
    }

    fn langs(&self) -> Result<Vec<String>> {
        let each = self.lang.iter().flat_map(|value| value.split(','));
        each.map(|value| {
            let lang = Lang::new(value.trim());
            lang.map(|l| l.as_str().to_owned())
                .ok_or_else(|| not("lang", value, "an ISO 639 code such as en or de"))
        })
        .collect()
    }

    fn filters(&self, today: civil::Date) -> Result<Vec<Node>> {
        let mut filters = Vec::new();
        if self.from.is_some() || self.to.is_some() {
            filters.push(self.published(today)?);
        }
        let about: Result<Vec<Node>> = (self.about.iter())
            .map(|text| {
                let (from, to) = period("about", text, today)?;
                Ok(node(Kind::Dates {
                    axis: Axis::Mentioned,
                    from,
                    to,
                    text: text.clone(),
                }))
            })
            .collect();
        filters.extend(any_of(about?));
        for (field, values) in [
            (Field::Person, &self.person),
            (Field::Org, &self.org),
            (Field::Place, &self.place),
            (Field::Entity, &self.entity),
            (Field::Source, &self.source),
            (Field::Lang, &self.langs()?),
        ] {
            filters.extend(any_of(named(field, values)?));
        }
        if let Some(unwanted) = any_of(named(Field::Source, &self.not_source)?) {
            filters.push(node(Kind::Not(Box::new(unwanted))));
        }
        Ok(filters)
    }

    fn published(&self, today: civil::Date) -> Result<Node> {
        let bound = |name: &str, text: &Option<String>| match text {
            Some(text) => period(name, text, today).map(Some),
            None => Ok(None),
        };
        let from = match (bound("from", &self.from)?, &self.from) {
            (Some((None, _)), Some(text)) => {
                return Err(not("from", text, "a date or period with a first day"));
            }
            (found, _) => found.and_then(|(first, _)| first),
        };
        let to = match (bound("to", &self.to)?, &self.to) {
            (Some((_, None)), Some(text)) => {
                return Err(not("to", text, "a date or period with a last day"));
            }
            (found, _) => found.and_then(|(_, last)| last),
        };
        if let (Some(first), Some(last)) = (from, to)
            && first > last
        {
            return Err(Error::Usage(format!(
                "--from {first} is after --to {last}; no day lies between them"
            )));
        }
        let day = |date: Option<civil::Date>| date.map(|d| d.to_string()).unwrap_or_default();
        Ok(node(Kind::Dates {
            axis: Axis::Published,
            from,
            to,
            text: format!("{}..{}", day(from), day(to)),
        }))
    }
}

/// A node that stands nowhere in the text: its span is empty.
fn node(kind: Kind) -> Node {
    Node {
        kind,
        span: Span::default(),
    }
}

fn any_of(mut nodes: Vec<Node>) -> Option<Node> {
    match nodes.len() {
        0 => None,
        1 => nodes.pop(),
        _ => Some(node(Kind::Or(nodes))),
    }
}

fn named(field: Field, values: &[String]) -> Result<Vec<Node>> {
    values
        .iter()
        .map(|value| {
            let value = value.trim().to_owned();
            if value.is_empty() {
                return Err(Error::Usage(
                    "an empty value in a filter; expected a name".to_owned(),
                ));
            }
            Ok(node(Kind::Value { field, value }))
        })
        .collect()
}

/// First and last day of a date flag.
fn period(
    name: &str,
    text: &str,
    today: civil::Date,
) -> Result<(Option<civil::Date>, Option<civil::Date>)> {
    date::parse_query_date(text.trim(), today)
        .map_err(|reason| Error::Usage(format!("--{name}: {reason}")))
}

fn last_day(name: &str, text: &str, today: civil::Date) -> Result<civil::Date> {
    match period(name, text, today)? {
        (_, Some(last)) => Ok(last),
        (_, None) => Err(not(name, text, "a date or period with a last day")),
    }
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T> {
    let expected = match name {
        "recency" => "a half-life in days above 0",
        _ => "a whole number",
    };
    text.parse().map_err(|_| not(name, text, expected))
}

/// Saturation beyond this is none.
const MOST_K1: f32 = 100.0;

fn within(name: &str, text: &str, least: f32, most: f32) -> Result<f32> {
    let value: Option<f32> = text.parse().ok();
    let within = value.filter(|value| (least..=most).contains(value));
    within.ok_or_else(|| not(name, text, &format!("a number from {least} to {most}")))
}

fn one_of<T: Copy>(name: &str, text: &str, known: &[(&str, T)]) -> Result<T> {
    let found = known.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        not(name, text, &words.join(" or "))
    })
}

fn switch(name: &str, text: &str) -> Result<bool> {
    one_of(
        name,
        text,
        &[("true", true), ("false", false), ("1", true), ("0", false)],
    )
}

fn not(name: &str, found: &str, expected: &str) -> Error {
    let name = name.replace('_', "-");
    Error::Usage(format!("--{name} {found:?}: expected {expected}"))
}

fn empty_query(text: &str) -> Error {
    Error::Query {
        message: "empty query; expected words, or a filter such as --from 2024 or --person NAME"
            .to_owned(),
        start: 0,
        end: text.len(),
    }
}
