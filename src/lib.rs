//! Dateline turns a folder of news into an archive that answers who, what, where and when.
//!
//! ```
//! use dateline::index::{Archive, request::SearchRequest};
//! use dateline::query::{ParseOptions, Query};
//!
//! # fn main() -> dateline::Result<()> {
//! let mut article = dateline::Article { path: "dam.txt".into(), title: Some("Dam fails".into()), ..Default::default() };
//! article.sections.push(dateline::article::Section { heading: None, paragraphs: vec!["The dam failed on 9 November 2022.".into()] });
//! let archive = Archive::in_memory(vec![article])?;
//! let parsed = Query::parse("why did the dam fail", &ParseOptions::new(jiff::civil::date(2025, 9, 18)))?;
//! let found = archive.search(&SearchRequest::new(parsed.query, "why did the dam fail", jiff::Timestamp::UNIX_EPOCH))?;
//! assert_eq!(found.hits[0].dates[0].from, "2022-11-09");
//! # Ok(())
//! # }
//! ```
//!
//! Data flows one way, and a module names only those before it: [`error`], [`article`], [`analyze`],
//! [`date`], [`entity`], [`read`], [`passage`], [`query`], [`snippet`], [`index`], [`backend`],
//! [`output`], [`batch`], [`eval`], [`export`], [`watch`], [`serve`], [`cli`].

#![forbid(unsafe_code)]
// No input may end the program: what can fail returns an error. Tests may.
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]
// Modules' pages name the private constants that they explain; `--document-private-items` shows them.
#![allow(rustdoc::private_intra_doc_links)]

pub mod analyze;
pub mod annotate;
pub mod article;
pub mod backend;
pub mod batch;
pub mod cli;
pub mod date;
pub mod entity;
pub mod error;
pub mod eval;
pub mod export;
pub mod index;
pub mod output;
pub mod passage;
pub mod query;
pub mod read;
pub mod serve;
pub mod snippet;
pub mod watch;

pub use article::Article;
pub use error::{Error, Result};
