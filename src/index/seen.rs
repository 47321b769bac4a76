//! Reads passages back, where only their text can tell whether they match: sentences, patterns
//! beside other words, patterns in a title.

use super::columns::Columns;
use super::packed::{Passages, Unpacker};
use super::schema::Fields;
use crate::analyze::{Analyzer, Lang};
use crate::error::Result;
use crate::query::{Field, Node, Query};
use crate::snippet::{self, Matcher};
use std::sync::Arc;
use tantivy::{DocId, SegmentReader};

/// Unpacked passages kept by one look through a segment, in bytes.
const KEPT_BYTES: usize = 128 << 10;

/// What looking needs to know.
#[derive(Clone)]
pub struct Seen {
    pub fields: Fields,
    pub unpacker: Arc<Unpacker>,
    pub langs: Vec<Lang>,
}

/// Looks at the passages of one segment.
pub struct Looker {
    passages: Passages,
    columns: Arc<Columns>,
    matcher: Matcher,
    analyzer: Analyzer,
}

impl Seen {
    pub fn looker(
        &self,
        reader: &SegmentReader,
        columns: Arc<Columns>,
        node: &Node,
    ) -> Result<Looker> {
        let mut analyzer = Analyzer::default();
        let query = Query { root: node.clone() };
        let matcher = Matcher::new(&query, &self.langs, &mut analyzer);
        Ok(Looker {
            passages: Passages::open(
                reader,
                self.fields.stored,
                Arc::clone(&self.unpacker),
                KEPT_BYTES,
            )?,
            columns,
            matcher,
            analyzer,
        })
    }
}

impl Looker {
    /// Whether the passage matches; one that cannot be read does not.
    pub fn matches(&mut self, doc: DocId) -> bool {
        let Ok(own) = self.passages.read(doc) else {
            return false;
        };
        let head = if own.head.is_some() {
            own.head.clone()
        } else {
            let first = self.passages.read(self.columns.head(doc));
            first.ok().and_then(|s| s.head)
        };
        let lang = head
            .as_ref()
            .and_then(|h| h.article.lang.as_deref())
            .and_then(Lang::new)
            .unwrap_or(Lang::ENGLISH);
        let title = head.as_ref().and_then(|h| h.article.title.as_deref());
        let passage = &own.passage;
        let text = fields_of(passage.ordinal);
        let zones = [
            (title, [Field::Title].as_slice()),
            (passage.heading.as_deref(), &[Field::Heading]),
            (Some(passage.text.as_str()), text),
        ];
        zones.iter().any(|(zone, fields)| {
            zone.is_some_and(|zone| {
                let (matcher, analyzer) = (&self.matcher, &mut self.analyzer);
                !snippet::marks(zone, lang, fields, matcher, &[], analyzer).is_empty()
            })
        })
    }
}

/// What a passage's text is to the matcher: the first passage is the lede besides.
pub fn fields_of(ordinal: u32) -> &'static [Field] {
    if ordinal == 0 {
        &[Field::Text, Field::Lead]
    } else {
        &[Field::Text]
    }
}
