//! Named fields of records (JSON, tables, front matter) → an article, by the names that news data sets use.

use super::{
    Mapping,
    field_body::body,
    field_names::{
        AUTHORS, BODY, ID, KEYWORDS, LANG, PUBLISHED, SOURCE, STANDFIRST, TITLE, UPDATED, URL,
        WRAPPERS,
    },
    field_values::{
        authors_of, date_of, first, id_of, keywords_of, language_code, name_of, names_of,
        status_of, text_of, typed_entities, url_of,
    },
};
use crate::article::{Article, EntityKind, GivenEntity, Published, Section};
use serde_json::{Map, Value};

/// A record: names in any case, `_`, `-` and spaces in names ignored.
type Record = Map<String, Value>;

/// The article that a record describes; its path, number and offset are the caller's.
///
/// A record with a description and no text becomes its own summary (`is_summary`).
pub fn article(record: &Record, mapping: &Mapping) -> Article {
    let fields = Fields::new(record, mapping);
    let mut article = Article {
        title: fields.find(TITLE, text_of),
        own_id: fields.find(ID, id_of),
        url: fields.find(URL, url_of),
        source: fields.find(SOURCE, |v| name_of(v).filter(|n| !n.trim().is_empty())),
        lang: fields.find(LANG, |v| first(v).and_then(|t| language_code(&t))),
        authors: fields.find(AUTHORS, authors_of).unwrap_or_default(),
        standfirst: fields.find(STANDFIRST, text_of),
        version: fields.find(&["version", "revision"], |v| {
            v.as_u64().or_else(|| v.as_str()?.parse().ok())
        }),
        status: fields.find(&["status", "pubstatus"], |v| status_of(v.as_str()?)),
        ..Article::default()
    };
    let lang = article.lang.clone();
    let mut warnings = Vec::new();
    article.published = fields.date(PUBLISHED, lang.as_deref(), &mut warnings);
    article.updated = fields.date(UPDATED, lang.as_deref(), &mut warnings);
    article.embargo = fields.date(
        &["embargo", "embargoed", "embargountil"],
        lang.as_deref(),
        &mut warnings,
    );
    for name in KEYWORDS {
        fields.each(name, |value| keywords_of(value, &mut article));
    }
    for (kind, names) in [
        (EntityKind::Person, &["persons", "people", "person"][..]),
        (
            EntityKind::Org,
            &[
                "organizations",
                "organisations",
                "orgs",
                "organization",
                "organisation",
            ],
        ),
        (
            EntityKind::Place,
            &["places", "locations", "place", "location"],
        ),
    ] {
        for name in names {
            fields.each(name, |value| {
                for name in names_of(value) {
                    article.entities.push(GivenEntity { kind, name });
                }
            });
        }
    }
    fields.each("entities", |value| {
        typed_entities(value, &mut article.entities)
    });
    article.sections = fields
        .find(BODY, |value| {
            Some(body(value, &mut article.title))
                .filter(|s| s.iter().any(|s| !s.paragraphs.is_empty()))
        })
        .unwrap_or_default();
    if article.sections.is_empty()
        && let Some(summary) = article.standfirst.take()
    {
        article.is_summary = true;
        article.sections = vec![Section {
            heading: None,
            paragraphs: vec![summary],
        }];
    }
    // A name alone is that of a program or a person more often than a headline.
    if article.sections.is_empty() && fields.find(&TITLE[..TITLE.len() - 1], text_of).is_none() {
        article.title = None;
    }
    if article
        .own_id
        .as_deref()
        .is_some_and(|id| id.trim().is_empty())
    {
        article.own_id = None;
    }
    article.warnings = warnings;
    article
}

/// Whether a column or key of this name means something.
pub(super) fn is_known(name: &str) -> bool {
    let folded = fold(name);
    [
        TITLE, BODY, STANDFIRST, AUTHORS, PUBLISHED, UPDATED, SOURCE, URL, ID, LANG, KEYWORDS,
    ]
    .iter()
    .any(|names| names.contains(&folded.as_str()))
}

/// Whether a column of this name makes a table one of articles.
pub(super) fn is_body_or_title(name: &str) -> bool {
    let folded = fold(name);
    [TITLE, BODY, STANDFIRST]
        .iter()
        .any(|names| names.contains(&folded.as_str()))
        && folded != "name"
}

/// The fields of a record under their folded names, its wrappers' after its own.
struct Fields<'r> {
    /// What the user mapped, under the article's own names.
    mapped: Vec<(String, &'r Value)>,
    list: Vec<(String, &'r Value)>,
}

impl<'r> Fields<'r> {
    fn new(record: &'r Record, mapping: &Mapping) -> Self {
        let mut list: Vec<_> = record
            .iter()
            .map(|(name, value)| (fold(name), value))
            .collect();
        for wrapper in WRAPPERS {
            let inner = list
                .iter()
                .find(|(name, _)| fold(wrapper) == *name)
                .map(|(_, v)| *v);
            if let Some(Value::Object(inner)) = inner {
                list.extend(inner.iter().map(|(name, value)| (fold(name), value)));
            }
        }
        Self {
            mapped: mapping.apply(record),
            list,
        }
    }

    /// The first value that reads as wanted, in the order of `names`.
    fn find<T>(&self, names: &[&str], mut read: impl FnMut(&'r Value) -> Option<T>) -> Option<T> {
        for (field, value) in &self.mapped {
            if names.contains(&field.as_str())
                && let Some(found) = read(value)
            {
                return Some(found);
            }
        }
        for name in names {
            for (folded, value) in &self.list {
                if folded == name
                    && !value.is_null()
                    && let Some(found) = read(value)
                {
                    return Some(found);
                }
            }
        }
        None
    }

    fn each(&self, name: &str, mut read: impl FnMut(&'r Value)) {
        for (_, value) in self
            .mapped
            .iter()
            .chain(&self.list)
            .filter(|(folded, _)| folded == name)
        {
            read(value);
        }
    }

    fn date(
        &self,
        names: &[&str],
        lang: Option<&str>,
        warnings: &mut Vec<String>,
    ) -> Option<Published> {
        self.find(names, |value| match date_of(value, lang) {
            Ok(published) => Some(published),
            Err(reason) => {
                if reason.starts_with("impossible") {
                    warnings.push(reason);
                }
                None
            }
        })
    }
}

/// `pub_date`, `pubDate` and `Pub-Date` are one name; a leading `_` or `@` stays.
pub(super) fn fold(name: &str) -> String {
    let (mark, rest) = match name.as_bytes().first() {
        Some(b'_' | b'@') => name.split_at(1),
        _ => ("", name),
    };
    let folded = rest
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | ' ' | ':' | '.'))
        .flat_map(char::to_lowercase);
    mark.chars().chain(folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Article {
        article(&serde_json::from_str(json).unwrap(), &Mapping::default())
    }

    fn published(article: &Article) -> String {
        article.published.map(|p| p.to_string()).unwrap_or_default()
    }

    fn paragraphs(article: &Article) -> Vec<&str> {
        article
            .sections
            .iter()
            .flat_map(|s| s.paragraphs.iter().map(String::as_str))
            .collect()
    }

    #[test]
    fn a_news_api_item() {
        let article = read(
            r#"{"source":{"id":null,"name":"The Bugle"},"author":"Ann Lee, Bo Roe","title":"Rain","description":"A wet day",
                "url":"https://example.org/rain","publishedAt":"2024-07-14T09:30:00Z","content":"It rained.\r\n\r\nIt pours."}"#,
        );
        assert_eq!(article.source.as_deref(), Some("The Bugle"));
        assert_eq!(article.authors, ["Ann Lee", "Bo Roe"]);
        assert_eq!(article.standfirst.as_deref(), Some("A wet day"));
        assert_eq!(published(&article), "2024-07-14T09:30:00Z");
        assert_eq!(paragraphs(&article), ["It rained.", "It pours."]);
        assert_eq!((article.own_id, article.is_summary), (None, false));
    }

    #[test]
    fn an_item_of_an_archive_with_typed_keywords_and_people() {
        let article = read(
            r#"{"_id":"nyt://1","headline":{"main":"Rain","kicker":null},"lead_paragraph":"Lead.","body":["One.","Two."],
                "pub_date":"2019-01-21T16:07:52+0000","byline":{"original":"By Ann Lee","person":[{"firstname":"Ann","lastname":"Lee"}]},
                "keywords":[{"name":"persons","value":"Hill, Joe"},{"name":"glocations","value":"Ohio"},{"name":"subject","value":"Rain"}]}"#,
        );
        assert_eq!(article.title.as_deref(), Some("Rain"));
        assert_eq!(article.own_id.as_deref(), Some("nyt://1"));
        assert_eq!(article.authors, ["Ann Lee"]);
        assert_eq!(article.entities.len(), 2);
        assert_eq!(article.entities[1].kind, EntityKind::Place);
        assert_eq!(article.keywords, ["Rain"]);
        assert_eq!(published(&article), "2019-01-21T16:07:52Z");
    }

    #[test]
    fn fields_in_wrappers_and_rendered_html() {
        let article = read(
            r#"{"_id":"7","_source":{"title":{"rendered":"Rain &amp; wind"},"date_gmt":"2024-07-14T09:30:00",
                "content":{"rendered":"<p>One.</p><h2>Why?</h2><ul><li>Two</li></ul>"}}}"#,
        );
        assert_eq!(article.title.as_deref(), Some("Rain & wind"));
        assert_eq!(article.sections[1].heading.as_deref(), Some("Why?"));
        assert_eq!(paragraphs(&article), ["One.", "- Two"]);
        let article = read(
            r#"{"webTitle":"Rain","webPublicationDate":"2024-07-14","fields":{"bodyText":"One.","headline":"Rain falls"}}"#,
        );
        assert_eq!(article.title.as_deref(), Some("Rain falls"));
        assert_eq!(paragraphs(&article), ["One."]);
    }

    #[test]
    fn typed_blocks_and_sections() {
        let article = read(
            r#"{"id":"x","contents":[{"type":"title","content":"Rain"},{"type":"date","content":1548086872000},
                {"type":"sanitized_html","subtype":"paragraph","content":"It <b>rained</b>."},{"type":"image","content":"cap"}],
                "published_date":1548086872000}"#,
        );
        assert_eq!(article.title.as_deref(), Some("Rain"));
        assert_eq!(paragraphs(&article), ["It rained."]);
        assert_eq!(published(&article), "2019-01-21T16:07:52Z");
        let article = read(
            r#"{"title":"Rain","sections":[{"heading":null,"paragraphs":["Lede."]},{"heading":"Why?","paragraphs":["- One","Two."]}]}"#,
        );
        assert_eq!(article.sections[0].paragraphs, ["Lede."]);
        assert_eq!(article.sections[1].heading.as_deref(), Some("Why?"));
        assert_eq!(article.sections[1].paragraphs, ["- One", "Two."]);
    }

    #[test]
    fn an_impossible_date_is_dropped_with_a_warning() {
        let article = read(r#"{"title":"Rain","published":"2023-02-30","created":"2023-03-01"}"#);
        assert_eq!(published(&article), "2023-03-01");
        assert_eq!(article.warnings, ["impossible date: \"2023-02-30\""]);
        let article = read(r#"{"title":"Rain","date":"last week"}"#);
        assert_eq!(
            (published(&article).as_str(), article.warnings.len()),
            ("", 0)
        );
    }

    #[test]
    fn crawl_times_are_no_publication() {
        let article = read(
            r#"{"title":"Rain","date_download":"2023-03-01","scraped_at":"2023-03-01","crawled":1548086872}"#,
        );
        assert_eq!(article.published, None);
    }

    #[test]
    fn a_description_without_a_text_is_a_summary() {
        let article = read(r#"{"title":"Rain","summary":"It rained."}"#);
        assert!(article.is_summary);
        assert_eq!(paragraphs(&article), ["It rained."]);
        assert_eq!(article.standfirst, None);
    }

    #[test]
    fn dates_in_objects_lists_and_other_languages() {
        for (json, day) in [
            (
                r#"{"date":{"$date":{"$numberLong":"1548086872000"}}}"#,
                "2019-01-21T16:07:52Z",
            ),
            (r#"{"date":[2019,1,4]}"#, "2019-01-04"),
            (r#"{"date":2019}"#, "2019"),
            (r#"{"date":20190104}"#, "2019-01-04"),
            (r#"{"date":1548086872.25}"#, "2019-01-21T16:07:52Z"),
            (r#"{"date":"4 janvier 2019","lang":"fr"}"#, "2019-01-04"),
            (r#"{"date":0}"#, ""),
        ] {
            assert_eq!(published(&read(json)), day, "{json}");
        }
    }

    #[test]
    fn names_in_many_dresses() {
        for (json, names) in [
            (
                r#"{"author":"['Ann Lee', 'Bo Roe']"}"#,
                vec!["Ann Lee", "Bo Roe"],
            ),
            (
                r#"{"authors":[{"name":"Ann Lee"},{"first_name":"Bo","last_name":"Roe"}]}"#,
                vec!["Ann Lee", "Bo Roe"],
            ),
            (
                r#"{"byline":"By ANN LEE and Bo Roe"}"#,
                vec!["ANN LEE", "Bo Roe"],
            ),
            (r#"{"author":"Lee, Ann"}"#, vec!["Ann Lee"]),
            (r#"{"author":""}"#, vec![]),
        ] {
            assert_eq!(read(json).authors, names, "{json}");
        }
    }

    #[test]
    fn a_mapping_outranks_known_names() {
        let mut mapping = Mapping::default();
        mapping.add("title=kop").unwrap();
        mapping.add("published=meta.tijd").unwrap();
        let record = serde_json::from_str(
            r#"{"title":"no","kop":"yes","date":"2001","meta":{"tijd":"2002"}}"#,
        )
        .unwrap();
        let article = article(&record, &mapping);
        assert_eq!(article.title.as_deref(), Some("yes"));
        assert_eq!(published(&article), "2002");
    }
}
