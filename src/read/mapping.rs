//! Which column or key holds what, said by the user and never found in an indexed folder.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Field names of an article → names in the input (`title` → `headline`), for tables and JSON.
///
/// A mapped name outranks every name that is known by itself. In JSON a name may be a path
/// (`meta.date`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping {
    fields: BTreeMap<String, String>,
}

/// What may be mapped.
const FIELDS: [&str; 14] = [
    "id",
    "title",
    "standfirst",
    "text",
    "author",
    "published",
    "updated",
    "source",
    "url",
    "lang",
    "keywords",
    "status",
    "version",
    "embargo",
];

impl Mapping {
    /// Adds `FIELD=NAME`, as `--map title=headline` gives it.
    pub fn add(&mut self, assignment: &str) -> Result<(), String> {
        let (field, name) = assignment.split_once('=').ok_or_else(|| {
            format!("{assignment:?}: expected FIELD=NAME, such as title=headline")
        })?;
        self.insert(field.trim(), name.trim())
    }

    /// Reads a TOML file of lines such as `title = "headline"`.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let table: BTreeMap<String, String> =
            toml::from_str(text).map_err(|e| format!("mapping: {}", e.message()))?;
        let mut mapping = Self::default();
        for (field, name) in &table {
            mapping.insert(field, name)?;
        }
        Ok(mapping)
    }

    fn insert(&mut self, field: &str, name: &str) -> Result<(), String> {
        let field = match field.to_ascii_lowercase().as_str() {
            "body" | "content" => "text".to_owned(),
            "headline" => "title".to_owned(),
            "authors" | "byline" => "author".to_owned(),
            "date" => "published".to_owned(),
            "language" => "lang".to_owned(),
            other => other.to_owned(),
        };
        if !FIELDS.contains(&field.as_str()) {
            return Err(format!(
                "{field:?} is no field of an article; expected one of {}",
                FIELDS.join(", ")
            ));
        }
        if name.is_empty() {
            return Err(format!("{field}: expected the name of a column or key"));
        }
        self.fields.insert(field, name.to_owned());
        Ok(())
    }

    /// Whether nothing is mapped.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The mapped fields that `record` has.
    pub(super) fn apply<'r>(&self, record: &'r Map<String, Value>) -> Vec<(String, &'r Value)> {
        self.fields
            .iter()
            .filter_map(|(field, name)| Some((field.clone(), lookup(record, name)?)))
            .collect()
    }

    /// Whether a column of this name is mapped.
    pub(super) fn names(&self, column: &str) -> bool {
        self.fields.values().any(|name| name == column)
    }
}

fn lookup<'r>(record: &'r Map<String, Value>, name: &str) -> Option<&'r Value> {
    if let Some(value) = record.get(name) {
        return Some(value);
    }
    let mut parts = name.split('.');
    let first = record.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_toml_say_the_same() {
        let mut flags = Mapping::default();
        flags.add("title=kop").unwrap();
        flags.add("date = tijd").unwrap();
        assert_eq!(
            Mapping::from_toml("title = \"kop\"\npublished = \"tijd\"").unwrap(),
            flags
        );
    }

    #[test]
    fn mistakes_are_named() {
        let mut mapping = Mapping::default();
        assert!(mapping.add("title").unwrap_err().contains("FIELD=NAME"));
        assert!(
            mapping
                .add("colour=x")
                .unwrap_err()
                .contains("expected one of id, title")
        );
        assert!(
            mapping
                .add("title=")
                .unwrap_err()
                .contains("name of a column")
        );
        assert!(Mapping::from_toml("title = 3").is_err());
    }

    #[test]
    fn a_path_reaches_into_objects() {
        let record: Map<String, Value> = serde_json::from_str(r#"{"a":{"b":{"c":"x"}}}"#).unwrap();
        let mut mapping = Mapping::default();
        mapping.add("title=a.b.c").unwrap();
        assert_eq!(
            mapping.apply(&record),
            [("title".to_owned(), &Value::from("x"))]
        );
    }
}
