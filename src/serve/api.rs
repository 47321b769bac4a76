//! The questions: parameters → backend → the contract's objects.

use super::fault::Fault;
use super::params::Params;
use super::site::Site;
use crate::analyze::Analyzer;
use crate::article::Status;
use crate::backend::{Ask, Defaults, Shown};
use crate::index::request::{
    Duplicates, FacetField, FacetsRequest, Hit, Period, SCHEMA_VERSION, SearchRequest,
    TimelineRequest, Unit,
};
use crate::output::{Answer, Json, Printer, ShowObject};
use crate::query::{Axis, Match, Note};
use crate::snippet::{Marker, Matcher};
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

type Asked = Result<Response, Fault>;

/// Parameters that belong to an endpoint alone, and the values that they take.
pub const BY: [(&str, Period); 4] = [
    ("month", Period::Month),
    ("day", Period::Day),
    ("week", Period::Week),
    ("year", Period::Year),
];
pub const AXIS: [(&str, Axis); 2] = [
    ("published", Axis::Published),
    ("mentioned", Axis::Mentioned),
];

/// What holds for counts, as at the command line.
const COUNTING: Defaults = Defaults {
    unit: Unit::Article,
    matching: Match::All,
    duplicates: Duplicates::Show,
    limit: 10,
};

pub async fn search(asking: Asking) -> Asked {
    let work = |site: &Site, params: Params, deadline| {
        let request = request(site, &params, &Defaults::default(), deadline, false)?;
        let results = site.served.backend.search(&request)?;
        in_time(&results.notes)?;
        let printer = Json {
            lines: true,
            batch: true,
            fields: params.fields,
        };
        let mut out = Vec::new();
        printer.answer(&Answer::new(None, &request, &results), &mut out)?;
        Ok(out)
    };
    asking.answer(&[], work).await
}

pub async fn timeline(asking: Asking) -> Asked {
    let work = |site: &Site, params: Params, deadline| {
        let (by, axis) = (params.one_of("by", &BY)?, params.one_of("axis", &AXIS)?);
        let base = request(site, &params, &COUNTING, deadline, true)?;
        let asked = TimelineRequest { base, axis, by };
        let counts = site.served.backend.timeline(&asked)?;
        in_time(&counts.notes)?;
        line(&counts)
    };
    asking.answer(&["by", "axis"], work).await
}

pub async fn facets(asking: Asking) -> Asked {
    let work = |site: &Site, params: Params, deadline| {
        if !params.own.contains_key("field") {
            let names = FacetField::ALL.map(FacetField::as_str).join(", ");
            return Err(Fault::query(format!("no field; expected one of {names}")));
        }
        let known = FacetField::ALL.map(|field| (field.as_str(), field));
        let field = params.one_of("field", &known)?;
        let base = request(site, &params, &COUNTING, deadline, true)?;
        let counts = site.served.backend.facets(&FacetsRequest { base, field })?;
        in_time(&counts.notes)?;
        line(&counts)
    };
    asking.answer(&["field"], work).await
}

#[derive(Serialize)]
struct Background<'a> {
    schema_version: u32,
    article: &'a str,
    notes: &'a [Note],
    hits: &'a [Hit],
}

pub async fn related(asking: Asking) -> Asked {
    let work = |site: &Site, params: Params, deadline| {
        let Some(id) = params.own.get("id") else {
            return Err(Fault::query("no id; expected the article's, as in ?id=ID"));
        };
        let defaults = Defaults {
            unit: Unit::Article,
            duplicates: Duplicates::Show,
            ..Defaults::default()
        };
        let request = request(site, &params, &defaults, deadline, true)?;
        let shown = find(site, id, &request)?;
        let results = site.served.backend.related(&shown.article, &request)?;
        in_time(&results.notes)?;
        line(&Background {
            schema_version: SCHEMA_VERSION,
            article: &shown.article.id,
            notes: &results.notes,
            hits: &results.hits,
        })
    };
    asking.answer(&["id"], work).await
}

/// What `show` prints, and where the query matches.
#[derive(Serialize)]
struct Marked<'a> {
    #[serde(flatten)]
    shown: ShowObject<'a>,
    /// Byte ranges of the title.
    title_marks: Vec<[usize; 2]>,
    /// A list a passage, in their order: byte ranges of its text.
    marks: Vec<Vec<[usize; 2]>>,
}

pub async fn article(id: Result<Path<String>, PathRejection>, asking: Asking) -> Asked {
    let Path(id) = id.map_err(|_| Fault::query("the id is no UTF-8"))?;
    let work = move |site: &Site, params: Params, deadline| {
        let request = request(site, &params, &Defaults::default(), deadline, true)?;
        let Shown { article, passages } = find(site, &id, &request)?;
        let langs = site.served.backend.langs();
        let matcher = Matcher::new(&request.query, &langs, &mut Analyzer::default());
        let mut marker = Marker::new(Some(&matcher), &article);
        let pairs = |found: Vec<Range<usize>>| found.iter().map(|r| [r.start, r.end]).collect();
        let title_marks = pairs(marker.title(article.title.as_deref().unwrap_or("")));
        let marks = passages.iter().map(|p| pairs(marker.passage(p))).collect();
        line(&Marked {
            shown: ShowObject::new(&article, &passages),
            title_marks,
            marks,
        })
    };
    asking.answer(&[], work).await
}

pub async fn status(asking: Asking) -> Asked {
    let work = |site: &Site, _, _| line(&site.served.backend.status()?);
    asking.answer(&[], work).await
}

fn request(
    site: &Site,
    params: &Params,
    defaults: &Defaults,
    deadline: Instant,
    may_be_empty: bool,
) -> Result<SearchRequest, Fault> {
    let clock = params.clock(site.clock());
    let ask = Ask {
        aliases: site.options.aliases.clone(),
        ..params.ask.clone()
    };
    let mut request = ask.request(&params.q, defaults, &clock, may_be_empty)?;
    request.deadline = Some(deadline);
    Ok(request)
}

/// The article of that id, or of what stands before its last `#`; an embargoed one is unknown yet, and a
/// canceled one says so.
fn find(site: &Site, id: &str, request: &SearchRequest) -> Result<Shown, Fault> {
    let backend = &site.served.backend;
    let mut found = backend.article(id)?;
    if found.is_none()
        && let Some((article, number)) = id.rsplit_once('#')
        && number.bytes().all(|b| b.is_ascii_digit())
    {
        found = backend.article(article)?;
    }
    let is_due = |shown: &Shown| {
        let article = &shown.article;
        let hidden = article.hidden_until();
        article.status == Some(Status::Canceled)
            || hidden.is_none_or(|until| until <= request.now.as_second())
    };
    found
        .filter(is_due)
        .ok_or_else(|| Fault::unknown(format!("{id}: no article of that id")))
}

/// An answer that the deadline cut short is none.
fn in_time(notes: &[Note]) -> Result<(), Fault> {
    match notes.iter().any(Note::is_late) {
        true => Err(Fault::time()),
        false => Ok(()),
    }
}

fn line(object: &impl Serialize) -> Result<Vec<u8>, Fault> {
    let mut out = serde_json::to_vec(object)?;
    out.push(b'\n');
    Ok(out)
}

/// A question as it came in.
pub struct Asking {
    site: Arc<Site>,
    uri: Uri,
    headers: HeaderMap,
}

impl FromRequestParts<Arc<Site>> for Asking {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        site: &Arc<Site>,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self {
            site: Arc::clone(site),
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
        })
    }
}

impl Asking {
    /// Answers with what `work` makes of the parameters, `own` among them, or with 304 where the asker
    /// has it already.
    async fn answer(
        self,
        own: &[&'static str],
        work: impl FnOnce(&Site, Params, Instant) -> Result<Vec<u8>, Fault> + Send + 'static,
    ) -> Asked {
        let Self { site, uri, headers } = self;
        let params = Params::read(&uri, own)?;
        let question = uri.path_and_query().map_or(uri.path(), |p| p.as_str());
        // Before the work: where a commit comes in between, the tag is too old, and only asked again.
        let etag = site.etag(question);
        if let Some(etag) = &etag
            && has(&headers, etag)
        {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            tag(&mut response, Some(etag));
            return Ok(response);
        }
        let timeout = params.timeout;
        let body = site
            .run(timeout, move |site, deadline| work(site, params, deadline))
            .await?;
        let mut response = Bytes::from(body).into_response();
        let kind = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        tag(&mut response, etag.as_deref());
        Ok(response)
    }
}

fn has(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let given = headers.get_all(header::IF_NONE_MATCH).iter();
    given
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || opaque(tag) == opaque(etag))
}

fn tag(response: &mut Response, etag: Option<&str>) {
    let headers = response.headers_mut();
    let cache = match etag {
        Some(_) => "private, no-cache",
        None => "no-store",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(value) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
        headers.insert(header::ETAG, value);
    }
}
