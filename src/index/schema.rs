//! The whole schema.
//!
//! **One document is one passage.** The passages of an article are added in one batch, so they stand
//! next to each other in one segment, in order, and stay so through merges and deletes: `doc - ordinal`
//! is the article's first document, and every passage up to the next `ordinal` 0 is its own. Whatever
//! is asked of an article (words anywhere in it, its score, its count) is answered over that run.
//!
//! | field | holds | form |
//! |---|---|---|
//! | `text` | stems of the passage, then of the title, then of the heading | postings, positions, norms |
//! | `surface` | the distinct unstemmed forms of the same text | postings |
//! | `seam` | stems of the sentence before a cut and of this passage's first sentence | postings, positions |
//! | `names` | words of entity names, authors, source and keywords, each with its kind's prefix | postings, positions |
//! | `person` `org` `place` `author` `source` `keyword` `lang` | whole values | postings, fast |
//! | `id` | the article's | postings, fast |
//! | `url` `path` | whole values | postings |
//! | `key` | the record's number in the ledger | postings, fast |
//! | `ordinal` | the passage's number in its article | fast |
//! | `words` `title_words` | lengths of the first two zones of `text`, in positions | fast |
//! | `published` | seconds from 1970, UTC where no zone was written; none if undated | fast |
//! | `first_day` `last_day` | the days that the time of publication may mean, in the zone written | fast |
//! | `embargo` | seconds from 1970 before which the article is not shown; the greatest number where it was canceled | fast |
//! | `about` | the days that the passage speaks of, a packed interval each ([`crate::date::pack`]) | fast |
//! | `about_cover` `about_wider` | calendar cover of those intervals, and its ancestors | postings |
//! | `stored` | with every eighth passage, from the first on: a block of passages ([`super::stored`], [`super::packed`]) | stored |
//!
//! Zones of `text`: the passage takes positions `0..words`; the title follows after [`ZONE_GAP`]
//! positions, the heading after another gap. No phrase reaches over a gap. One combined field costs a
//! third of a query over three, and a word of the title counts in every passage without punishing
//! articles that have none; which zone a match stands in is read off its position.
//!
//! Terms arrive analysed: fields of words are fed a string of terms separated by spaces, cut by
//! [`Terms`]. So a text is analysed once, whoever needs its tokens, and a cluster without dateline's
//! stemmers is fed the same string.

use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};

/// Raised whenever an index written before can no longer be read rightly.
pub const FORMAT: u32 = 4;

/// Free positions between two zones of `text`, and between two values of `names`.
pub const ZONE_GAP: u32 = 16;

/// Before a term: it shares the position of the one before it.
pub const SAME_POSITION: char = '\u{2}';
/// A term of its own that only moves the position on by [`ZONE_GAP`].
pub const GAP: &str = "\u{3}";

/// The longest term kept, in bytes; tantivy itself drops terms above 65,530 without a word.
pub const MAX_TERM_BYTES: usize = 1024;

/// Name of the tokenizer that cuts analysed terms; registered at every open.
pub const TERMS: &str = "terms";
const RAW: &str = "raw";

/// The fields of the schema above.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    pub text: Field,
    pub surface: Field,
    pub seam: Field,
    pub names: Field,
    pub person: Field,
    pub org: Field,
    pub place: Field,
    pub author: Field,
    pub source: Field,
    pub keyword: Field,
    pub lang: Field,
    pub id: Field,
    pub url: Field,
    pub path: Field,
    pub key: Field,
    pub ordinal: Field,
    pub words: Field,
    pub title_words: Field,
    pub published: Field,
    pub first_day: Field,
    pub last_day: Field,
    pub embargo: Field,
    pub about: Field,
    pub about_cover: Field,
    pub about_wider: Field,
    pub stored: Field,
}

/// Builds the schema and names its fields.
pub fn schema() -> (Schema, Fields) {
    let mut b = Schema::builder();
    let words = |option, norms| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(TERMS)
                .set_index_option(option)
                .set_fieldnorms(norms),
        )
    };
    let value = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(RAW)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    let facet = value.clone().set_fast(RAW);
    let positions = IndexRecordOption::WithFreqsAndPositions;
    let fast = NumericOptions::default().set_fast();
    let indexed = NumericOptions::default().set_indexed();
    let fields = Fields {
        text: b.add_text_field("text", words(positions, true)),
        surface: b.add_text_field("surface", words(IndexRecordOption::Basic, false)),
        seam: b.add_text_field("seam", words(positions, false)),
        names: b.add_text_field("names", words(positions, false)),
        person: b.add_text_field("person", facet.clone()),
        org: b.add_text_field("org", facet.clone()),
        place: b.add_text_field("place", facet.clone()),
        author: b.add_text_field("author", facet.clone()),
        source: b.add_text_field("source", facet.clone()),
        keyword: b.add_text_field("keyword", facet.clone()),
        lang: b.add_text_field("lang", facet.clone()),
        id: b.add_text_field("id", facet),
        url: b.add_text_field("url", value.clone()),
        path: b.add_text_field("path", value),
        key: b.add_u64_field("key", fast.clone().set_indexed()),
        ordinal: b.add_u64_field("ordinal", fast.clone()),
        words: b.add_u64_field("words", fast.clone()),
        title_words: b.add_u64_field("title_words", fast.clone()),
        published: b.add_i64_field("published", fast.clone()),
        first_day: b.add_i64_field("first_day", fast.clone()),
        last_day: b.add_i64_field("last_day", fast.clone()),
        embargo: b.add_i64_field("embargo", fast.clone()),
        about: b.add_u64_field("about", fast),
        about_cover: b.add_u64_field("about_cover", indexed.clone()),
        about_wider: b.add_u64_field("about_wider", indexed),
        stored: b.add_bytes_field("stored", BytesOptions::default().set_stored()),
    };
    (b.build(), fields)
}

/// The settings that every index is created with: what is stored comes packed ([`super::packed`]).
pub fn settings() -> tantivy::IndexSettings {
    tantivy::IndexSettings {
        docstore_compression: tantivy::store::Compressor::None,
        ..Default::default()
    }
}

/// Registers the tokenizers that the schema names; tantivy does not store them.
pub fn register(index: &tantivy::Index) {
    index
        .tokenizers()
        .register(TERMS, TextAnalyzer::from(Terms::default()));
}

/// Cuts a string of analysed terms at its spaces; offsets are not kept.
#[derive(Clone, Default)]
pub struct Terms {
    token: Token,
}

/// The stream of [`Terms`].
pub struct TermStream<'a> {
    token: &'a mut Token,
    rest: &'a str,
    /// The position that the next term takes.
    next: usize,
}

impl Tokenizer for Terms {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        self.token.reset();
        TermStream {
            token: &mut self.token,
            rest: text,
            next: 0,
        }
    }
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        while !self.rest.is_empty() {
            let end = memchr::memchr(b' ', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let term = &self.rest[..end];
            self.rest = self.rest.get(end + 1..).unwrap_or("");
            if term == GAP {
                self.next += ZONE_GAP as usize;
                continue;
            }
            let term = match term.strip_prefix(SAME_POSITION) {
                Some(term) => {
                    self.next = self.next.saturating_sub(1);
                    term
                }
                None => term,
            };
            if term.is_empty() {
                continue;
            }
            self.token.position = self.next;
            self.token.text.clear();
            self.token.text.push_str(term);
            self.next += 1;
            return true;
        }
        false
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, usize)> {
        let mut terms = Terms::default();
        let mut stream = terms.token_stream(text);
        let mut out = Vec::new();
        stream.process(&mut |t| out.push((t.text.clone(), t.position)));
        out
    }

    #[test]
    fn terms_take_one_position_each() {
        assert_eq!(
            cut("fed rais rate"),
            [("fed".into(), 0), ("rais".into(), 1), ("rate".into(), 2)]
        );
        assert!(cut("").is_empty());
    }

    #[test]
    fn a_marked_term_shares_the_position_before_it() {
        assert_eq!(
            cut("covid-19 \u{2}covid 19"),
            [
                ("covid-19".into(), 0),
                ("covid".into(), 0),
                ("19".into(), 1)
            ]
        );
    }

    #[test]
    fn a_gap_keeps_phrases_within_their_zone() {
        assert_eq!(cut("a \u{3} b"), [("a".into(), 0), ("b".into(), 17)]);
    }
}
