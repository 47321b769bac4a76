//! Dateline turns a folder of news into an archive that answers who, what, where and when.

#![forbid(unsafe_code)]

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
