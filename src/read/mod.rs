//! Bytes → articles: one file a format behind [`Reader`], sniffing, walking, containers, encodings, limits.
//!
//! [`walk`](walk::walk) lists files without opening them; [`read_file`] opens one, unpacks it as a
//! stream, asks every reader of [`readers`] how well the content fits, and hands the articles of
//! the best to a sink, one by one. A bad record is an [`Outcome`] like any other, never the end.

pub mod clean;
mod dateline;
pub mod encoding;
pub mod feed;
mod field_body;
mod field_names;
mod field_values;
pub mod fields;
mod finish;
mod front_matter;
pub mod html;
pub mod id;
mod input;
pub mod iptc7901;
pub mod json;
mod json_scan;
mod limits;
pub mod mail;
mod mapping;
pub mod markdown;
pub mod markup;
pub mod newsml12;
pub mod newsml_g2;
pub mod ninjs;
pub mod nitf;
mod object;
mod open;
pub mod path_date;
pub mod published;
pub mod sgml;
mod sniff;
mod stream;
pub mod table;
pub mod text;
mod text_head;
mod text_lines;
#[cfg(test)]
mod tried;
mod trouble;
mod unpack;
pub mod walk;
pub mod warc;
mod xml;

pub use id::identify;
pub use input::{Head, Input};
pub use limits::{Deadline, Limits};
pub use mapping::Mapping;
pub use object::{ReadObject, to_json};
pub use open::{Outcome, Sink, read_file, read_stream};
pub use trouble::{Trouble, TroubleKind};

use crate::article::Article;
use serde::{Deserialize, Serialize};

/// How well a reader fits what it is shown; the greatest wins, the earlier in [`readers`] of equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Not this format.
    No,
    /// Nothing speaks against it (plain text is this for any text).
    Possible,
    /// The name says so, and the content does not speak against it.
    Name,
    /// The content looks like it (`{` and a quote; tags of HTML).
    Likely,
    /// The content can be nothing else (`WARC/1.0`, a root element, a ninjs standard's name).
    Sure,
}

/// The articles of one input, in its order. An `Err` is one record's; the iterator goes on after it where it can.
pub type Articles<'a> = Box<dyn Iterator<Item = Result<Article, Trouble>> + 'a>;

/// One format.
///
/// Implementations fill what the input says and leave the rest to [`read_file`], which sets
/// `path`, cleans every text field ([`clean`]), drops empty paragraphs and sections, detects an
/// undeclared language, and takes a missing date from path or URL. They set `record` (from 1 in
/// formats that hold several articles, else 0) and `offset` (the record's first byte in the
/// decompressed file).
pub trait Reader: Send + Sync {
    /// The format's name, as in `ninjs`.
    fn name(&self) -> &'static str;

    /// Judges by content first, by name second; `path` is the name that is printed, with `/`.
    fn accepts(&self, path: &str, head: &Head<'_>) -> Fit;

    /// Reads `input` as a stream, within `input.options.limits`.
    fn read<'a>(&self, input: Input<'a>) -> Articles<'a>;
}

/// Every reader, those that know their format for sure first.
pub fn readers() -> &'static [&'static dyn Reader] {
    &[
        &warc::WarcReader,
        &nitf::NitfReader,
        &newsml_g2::NewsmlG2Reader,
        &newsml12::Newsml12Reader,
        &sgml::SgmlReader,
        &iptc7901::Iptc7901Reader,
        &feed::FeedReader,
        &ninjs::NinjsReader,
        &html::HtmlReader,
        &json::JsonReader,
        &mail::MailReader,
        &table::TableReader,
        &markdown::MarkdownReader,
        &text::TextReader,
    ]
}

/// What a caller may ask of the readers; part of the index's fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    pub limits: Limits,
    /// The column separator of tables; found in their first lines if `None`.
    pub delimiter: Option<char>,
    /// Which column or key holds what.
    pub mapping: Mapping,
}
