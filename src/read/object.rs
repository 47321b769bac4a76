//! The JSON object that `read` prints and `show` extends.

use crate::article::{Article, GivenEntity, LangFrom, Provenance, Section, Status};
use serde::Serialize;

/// An article as `read` prints it; every key is always present.
#[derive(Debug, Serialize)]
pub struct ReadObject<'a> {
    pub schema_version: u32,
    pub id: &'a str,
    pub path: &'a str,
    pub title: Option<&'a str>,
    pub standfirst: Option<&'a str>,
    pub authors: &'a [String],
    /// As precise as known; see [`Published`](crate::article::Published)'s `Display`.
    pub published: Option<String>,
    pub published_from: Option<Provenance>,
    pub updated: Option<String>,
    pub dateline: Option<&'a str>,
    pub source: Option<&'a str>,
    pub url: Option<&'a str>,
    pub lang: Option<&'a str>,
    pub lang_from: Option<LangFrom>,
    pub keywords: &'a [String],
    pub entities: &'a [GivenEntity],
    pub status: Option<Status>,
    /// The record's own revision number.
    pub version: Option<u64>,
    pub encoding: &'a str,
    pub offset: u64,
    pub sections: &'a [Section],
}

/// The object of `article`, whose `id` the caller has set (by [`identify`](super::id::identify)).
pub fn to_json(article: &Article) -> ReadObject<'_> {
    ReadObject {
        schema_version: 1,
        id: &article.id,
        path: &article.path,
        title: article.title.as_deref(),
        standfirst: article.standfirst.as_deref(),
        authors: &article.authors,
        published: article.published.map(|p| p.to_string()),
        published_from: article.published.map(|p| p.from),
        updated: article.updated.map(|p| p.to_string()),
        dateline: article.dateline.as_deref(),
        source: article.source.as_deref(),
        url: article.url.as_deref(),
        lang: article.lang.as_deref(),
        lang_from: article.lang_from,
        keywords: &article.keywords,
        entities: &article.entities,
        status: article.status,
        version: article.version,
        encoding: &article.encoding,
        offset: article.offset,
        sections: &article.sections,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_contract_is_present_in_order() {
        let json = serde_json::to_value(to_json(&Article::default())).unwrap();
        let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        let contract = "schema_version id path title standfirst authors published published_from updated dateline source url \
                        lang lang_from keywords entities status version encoding offset sections";
        assert_eq!(keys, contract.split_whitespace().collect::<Vec<_>>());
        assert!(json["published"].is_null() && json["status"].is_null());
    }
}
