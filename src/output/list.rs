//! Ids and paths, one a line.

use super::{Answer, Printer};
use crate::index::request::{Hit, Shown, Unit};
use std::collections::HashSet;
use std::io::{self, Write};

/// Prints article ids, by passage `ARTICLE#PASSAGE`, as `show` takes them.
#[derive(Clone, Debug)]
pub struct Ids {
    /// NUL instead of a line feed at the end (`-0`).
    pub nul: bool,
}

impl Printer for Ids {
    fn shows(&self) -> Shown {
        Shown::PLACE
    }

    fn answer(&self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        for hit in &answer.results.hits {
            match answer.unit {
                Unit::Article => write!(out, "{}", hit.article)?,
                Unit::Passage => write!(out, "{}#{}", hit.article, hit.passage)?,
            }
            out.write_all(end(self.nul))?;
        }
        Ok(())
    }
}

/// Prints the files of hits, once each and query, as they open from the current folder.
pub struct Paths<'a> {
    /// The file of a hit.
    pub locate: Box<dyn Fn(&Hit) -> String + Sync + 'a>,
    /// NUL instead of a line feed at the end (`-0`).
    pub nul: bool,
}

impl Printer for Paths<'_> {
    fn shows(&self) -> Shown {
        Shown {
            stored: true,
            ..Shown::PLACE
        }
    }

    fn answer(&self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut seen = HashSet::new();
        for hit in &answer.results.hits {
            let path = (self.locate)(hit);
            if !seen.contains(&path) {
                out.write_all(path.as_bytes())?;
                out.write_all(end(self.nul))?;
                seen.insert(path);
            }
        }
        Ok(())
    }
}

fn end(nul: bool) -> &'static [u8] {
    if nul { b"\0" } else { b"\n" }
}
