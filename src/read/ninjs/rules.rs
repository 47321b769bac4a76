//! What the ninjs schemas ask of an item, 1.0 to 3.1 together.
//!
//! An item seldom says which version it follows, so that a property passes if any version knows it
//! in that form. Names are compared in lower case; an item of another standard's name (`TTNINJS`)
//! may have properties of its own.

use super::super::{Trouble, published};
use crate::article::Provenance;
use serde_json::{Map, Value};

/// What a property may hold.
#[derive(Clone, Copy)]
enum Form {
    Text,
    /// A text that should be a time; a wrong one costs the item its time, not its life.
    Time,
    Objects,
    Object,
    /// An object in 1, an array in 2 and 3.
    ObjectOrObjects,
    Integer,
    /// One of these words.
    Word(&'static [&'static str]),
}

use Form::{Integer, Object, ObjectOrObjects, Objects, Text, Time, Word};

const PROPERTIES: [(&str, Form); 70] = [
    ("uri", Text),
    (
        "type",
        Word(&[
            "text",
            "audio",
            "video",
            "picture",
            "graphic",
            "composite",
            "component",
            "event",
            "planning",
        ]),
    ),
    ("mimetype", Text),
    (
        "representationtype",
        Word(&["complete", "incomplete", "partial", "full"]),
    ),
    ("profile", Text),
    ("version", Text),
    ("versioncreated", Time),
    ("firstcreated", Time),
    ("contentcreated", Time),
    ("contentmodified", Time),
    ("embargoed", Time),
    ("expires", Time),
    ("pubstatus", Word(&["usable", "withheld", "canceled"])),
    ("urgency", Integer),
    ("copyrightholder", Text),
    ("copyrightnotice", Text),
    ("usageterms", Text),
    ("ednote", Text),
    ("language", Text),
    ("located", Text),
    ("title", Text),
    ("by", Text),
    ("byline", Text),
    ("headline", Text),
    ("slugline", Text),
    ("description", Text),
    ("charcount", Integer),
    ("wordcount", Integer),
    ("person", Objects),
    ("people", Objects),
    ("organisation", Objects),
    ("organisations", Objects),
    ("place", Objects),
    ("places", Objects),
    ("subject", Objects),
    ("subjects", Objects),
    ("event", Objects),
    ("events", ObjectOrObjects),
    ("object", Objects),
    ("objects", Objects),
    ("infosource", Objects),
    ("infosources", Objects),
    ("genre", Objects),
    ("genres", Objects),
    ("headlines", Objects),
    ("bodies", Objects),
    ("descriptions", Objects),
    ("trustindicator", Objects),
    ("trustindicators", Objects),
    ("advices", Objects),
    ("plannedcoverage", Objects),
    ("newscoveragestatus", Object),
    ("eventdetails", Object),
    ("renditions", ObjectOrObjects),
    ("associations", ObjectOrObjects),
    ("altids", ObjectOrObjects),
    ("rightsinfo", Object),
    ("digitalsourcetype", Object),
    ("standard", Object),
    ("$standard", Object),
    ("$schema", Text),
    ("$id", Text),
    ("services", Objects),
    ("audiences", Objects),
    ("contactinfo", Objects),
    ("contentwarning", Objects),
    ("contributors", Objects),
    ("creators", Objects),
    ("provider", Object),
    ("signals", Objects),
];

/// Beginnings of families of properties: a letter, digit or `_` follows.
const FAMILIES: [&str; 3] = ["headline_", "body_", "description_"];

/// Checks one item; the failure names the property and what was expected.
pub(super) fn check(item: &Map<String, Value>) -> Result<(), Trouble> {
    if !item.get("uri").is_some_and(Value::is_string) {
        return Err(Trouble::failed("not a ninjs item: expected a text `uri`"));
    }
    properties(item, "")?;
    let get = |name: &str| {
        item.iter()
            .find(|(k, _)| k.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    };
    if let Some(rights) = get("rightsinfo").and_then(Value::as_object) {
        self::rights(rights)?;
    }
    for list in ["place", "places"] {
        for place in get(list).and_then(Value::as_array).into_iter().flatten() {
            self::place(place, list)?;
        }
    }
    for advice in get("advices")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        for name in ["importance", "lifetime"] {
            match advice.get(name) {
                None => {}
                Some(Value::Object(inner)) if inner.contains_key("code") => {}
                Some(_) => return fail(&format!("advices.{name}"), "an object with a `code`"),
            }
        }
    }
    for source in get("infosource")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if source.get("scheme").is_some_and(|s| !s.is_string()) {
            return fail("infosource.scheme", "a text");
        }
    }
    for coverage in get("plannedcoverage")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(urgency) = coverage.get("urgency") {
            integer(urgency, "plannedCoverage.urgency")?;
        }
    }
    if get("type").and_then(Value::as_str) == Some("event") && get("renditions").is_some() {
        return fail("renditions", "none in an event");
    }
    if let Some(dates) = get("eventdetails").and_then(|d| d.get("dates")) {
        event_dates(dates)?;
    }
    associations(get("associations"))
}

fn fail<T>(name: &str, expected: &str) -> Result<T, Trouble> {
    Err(Trouble::failed(format!(
        "not valid ninjs: {name}: expected {expected}"
    )))
}

fn properties(item: &Map<String, Value>, within: &str) -> Result<(), Trouble> {
    let standard = item.get("standard").or_else(|| item.get("$standard"));
    let name = standard.and_then(|s| s.get("name")).and_then(Value::as_str);
    let extended = name.is_some_and(|n| !n.eq_ignore_ascii_case("ninjs"));
    for (key, value) in item {
        let lower = key.to_ascii_lowercase();
        let place = format!("{within}{key}");
        if let Some((_, form)) = PROPERTIES.iter().find(|(n, _)| *n == lower) {
            form.check(value, &place)?;
            continue;
        }
        let family = FAMILIES.iter().find_map(|f| lower.strip_prefix(f));
        match family.map(|rest| rest.chars().next()) {
            Some(Some(c)) if c.is_ascii_alphanumeric() || c == '_' => Text.check(value, &place)?,
            Some(_) => return fail(&place, "a letter, digit or _ after the first _"),
            None if extended || (!within.is_empty() && lower == "name") => {}
            None => return fail(&place, "no such property"),
        }
    }
    Ok(())
}

impl Form {
    fn check(self, value: &Value, place: &str) -> Result<(), Trouble> {
        let objects = |list: &[Value]| list.iter().all(|v| v.is_object() || v.is_string());
        match (self, value) {
            (Text | Time, Value::String(_)) | (Object | ObjectOrObjects, Value::Object(_)) => {
                Ok(())
            }
            (Objects | ObjectOrObjects, Value::Array(list)) if objects(list) => Ok(()),
            (Integer, value) => integer(value, place),
            (Word(words), Value::String(text)) if words.contains(&text.as_str()) => Ok(()),
            (Word(words), _) => fail(place, &format!("one of {}", words.join(", "))),
            (Text | Time, _) => fail(place, "a text"),
            (Objects, _) => fail(place, "an array of objects"),
            (Object, _) => fail(place, "an object"),
            (ObjectOrObjects, _) => fail(place, "an object, or an array of objects"),
        }
    }
}

fn integer(value: &Value, place: &str) -> Result<(), Trouble> {
    let urgent = place.to_ascii_lowercase().ends_with("urgency");
    match value.as_i64() {
        Some(n) if n >= 0 && !(urgent && n > 9) => Ok(()),
        _ if urgent => fail(place, "a whole number from 1 to 9"),
        _ => fail(place, "a whole number"),
    }
}

/// Either linked or encoded rights, each a text.
fn rights(rights: &Map<String, Value>) -> Result<(), Trouble> {
    let has = |name: &str| {
        rights
            .iter()
            .find(|(k, _)| k.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    };
    let (linked, encoded) = (has("linkedrights"), has("encodedrights"));
    if linked.is_some() && encoded.is_some() {
        return fail("rightsinfo", "linkedrights or encodedrights, not both");
    }
    match linked.or(encoded) {
        Some(Value::String(_)) | None => Ok(()),
        Some(_) => fail("rightsinfo", "a text of rights"),
    }
}

fn place(place: &Value, list: &str) -> Result<(), Trouble> {
    let Some(place) = place.as_object() else {
        return fail(list, "objects");
    };
    let geo = place
        .iter()
        .find(|(k, _)| k.eq_ignore_ascii_case("geojson"));
    // Without a type only the standard's own examples of a point get by.
    let Some(geo) = geo.and_then(|(_, g)| g.as_object()) else {
        return Ok(());
    };
    const TYPES: [&str; 9] = [
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
        "Feature",
        "FeatureCollection",
    ];
    match geo.get("type") {
        Some(Value::String(kind)) if TYPES.contains(&kind.as_str()) => Ok(()),
        _ => fail(
            &format!("{list}.geojson"),
            "a GeoJSON object with a known type",
        ),
    }
}

/// A day or time is certain or expected, not both; days may be cut to a month or a year.
fn event_dates(dates: &Value) -> Result<(), Trouble> {
    for (certain, expected) in [
        ("startDate", "expectedStartDate"),
        ("endDate", "expectedEndDate"),
    ] {
        if dates.get(certain).is_some() && dates.get(expected).is_some() {
            return fail(
                "eventDetails.dates",
                &format!("{certain} or {expected}, not both"),
            );
        }
        for name in [certain, expected] {
            match dates.get(name) {
                None => {}
                Some(Value::String(text))
                    if text.starts_with(|c: char| c.is_ascii_digit())
                        && published::parse(text, None, Provenance::Field).is_ok() => {}
                Some(_) => {
                    return fail(
                        &format!("eventDetails.dates.{name}"),
                        "a date such as 2024-03-05",
                    );
                }
            }
        }
    }
    Ok(())
}

/// From 2 on, each has a `uri` and, from 2.1, a `name`; everywhere only known properties.
fn associations(value: Option<&Value>) -> Result<(), Trouble> {
    match value {
        Some(Value::Array(list)) => {
            for association in list {
                let Some(object) = association.as_object() else {
                    return fail("associations", "objects");
                };
                for needed in ["uri", "name"] {
                    if !object.contains_key(needed) {
                        return fail("associations", &format!("a `{needed}` in each"));
                    }
                }
                properties(object, "associations.")?;
            }
            Ok(())
        }
        Some(Value::Object(map)) => {
            for association in map.values().filter_map(Value::as_object) {
                properties(association, "associations.")?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
