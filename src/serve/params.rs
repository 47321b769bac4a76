//! A URL's parameters → what is asked.

use super::fault::Fault;
use crate::backend::{Ask, Clock};
use crate::output::HIT_KEYS;
use axum::extract::Query;
use axum::http::Uri;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::time::Duration;

/// Hits or values of one answer at most.
pub const MAX_LIMIT: usize = 1_000;
/// Hits that can be left out at most: each costs what a shown one costs.
pub const MAX_OFFSET: usize = 10_000;
/// Parameters of one request at most.
const MAX_PARAMS: usize = 200;

/// The parameters of a request, in order.
///
/// # Errors
/// For a query string that is none.
pub fn pairs(uri: &Uri) -> Result<Vec<(String, String)>, Fault> {
    Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map(|Query(pairs)| pairs)
        .map_err(|e| Fault::query(format!("the parameters cannot be read: {e}")))
}

/// What a request says beside its path.
#[derive(Debug, Default)]
pub struct Params {
    /// The query text.
    pub q: String,
    pub ask: Ask,
    /// Keys of a hit; all if empty.
    pub fields: Vec<String>,
    /// What belongs to one endpoint: `by`, `axis`, `field`, `id`.
    pub own: BTreeMap<&'static str, String>,
    pub zone: Option<TimeZone>,
    /// What the request itself allows; never more than the server does.
    pub timeout: Option<Duration>,
}

impl Params {
    /// Reads them; `own` are the names that this endpoint adds.
    ///
    /// # Errors
    /// For a name that is none, and a value that cannot be.
    pub fn read(uri: &Uri, own: &[&'static str]) -> Result<Self, Fault> {
        let pairs = pairs(uri)?;
        if pairs.len() > MAX_PARAMS {
            return Err(Fault::too_long(format!(
                "{} parameters; expected at most {MAX_PARAMS}",
                pairs.len()
            )));
        }
        let mut params = Self::default();
        let mut grouped: Vec<(&str, Vec<&str>)> = Vec::new();
        for (name, value) in &pairs {
            match grouped.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.push(value),
                None => grouped.push((name, vec![value])),
            }
        }
        for (name, values) in grouped {
            params.set(name, &values, own)?;
        }
        Ok(params)
    }

    fn set(&mut self, name: &str, values: &[&str], own: &[&'static str]) -> Result<(), Fault> {
        let last = values.last().copied().unwrap_or_default();
        if let Some(known) = own.iter().find(|known| **known == name) {
            self.own.insert(known, last.to_owned());
            return Ok(());
        }
        match name {
            "q" => self.q = values.join(" "),
            // Looked at before.
            "token" => {}
            "fields" => {
                let each = values.iter().flat_map(|v| v.split(','));
                self.fields = each.map(|f| f.trim().to_owned()).collect();
                let known = |f: &&String| HIT_KEYS.contains(&f.as_str());
                if let Some(unknown) = self.fields.iter().find(|f| !known(f)) {
                    return Err(Fault::query(format!(
                        "fields {unknown:?}: no such key; expected some of {}",
                        HIT_KEYS.join(", ")
                    )));
                }
            }
            "tz" => {
                let zone = TimeZone::get(last).map_err(|_| {
                    Fault::query(format!(
                        "tz {last:?}: no such time zone; expected a name such as Europe/Berlin or UTC"
                    ))
                })?;
                self.zone = Some(zone);
            }
            "timeout" => {
                let seconds: f64 = last.parse().unwrap_or(f64::NAN);
                let timeout = Duration::try_from_secs_f64(seconds)
                    .map_err(|_| Fault::query(format!("timeout {last:?}: expected seconds")))?;
                self.timeout = Some(timeout);
            }
            _ => {
                // A form sends its empty boxes too; only an unknown name is `Ok(false)`.
                let is_known = !matches!(Ask::default().set(name, &[last]), Ok(false));
                if !is_known {
                    return Err(Fault::query(format!(
                        "{name}: no such parameter here; /api/openapi.json lists them"
                    )));
                }
                let given: Vec<&str> = values.iter().copied().filter(|v| !v.is_empty()).collect();
                self.ask.set(name, &given)?;
            }
        }
        self.bound()
    }

    fn bound(&self) -> Result<(), Fault> {
        for (name, value, most) in [
            ("limit", self.ask.limit, MAX_LIMIT),
            ("offset", self.ask.offset, MAX_OFFSET),
        ] {
            if let Some(value) = value.filter(|v| *v > most) {
                return Err(Fault::query(format!(
                    "{name} {value}: expected at most {most}"
                )));
            }
        }
        Ok(())
    }

    /// The server's clock, in the zone that was asked for.
    pub fn clock(&self, server: Clock) -> Clock {
        match &self.zone {
            Some(zone) => Clock {
                zone: zone.clone(),
                ..server
            },
            None => server,
        }
    }

    /// One of the endpoint's own, as one of `known`; the first where it was not given.
    ///
    /// # Errors
    /// For a value that is none of them.
    pub fn one_of<T: Copy>(&self, name: &str, known: &[(&str, T)]) -> Result<T, Fault> {
        let words = || known.iter().map(|k| k.0).collect::<Vec<_>>().join(", ");
        let found = match self.own.get(name) {
            None => known.first(),
            Some(value) => known.iter().find(|(word, _)| word == value),
        };
        found.map(|(_, value)| *value).ok_or_else(|| {
            let given = self.own.get(name).map(String::as_str).unwrap_or_default();
            Fault::query(format!("{name} {given:?}: expected one of {}", words()))
        })
    }
}
