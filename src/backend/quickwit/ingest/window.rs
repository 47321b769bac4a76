//! Articles as they are read, a window at a time: which of them must be sent, and as what.

use super::send::{BATCHES_A_COMMIT, Pending, encoded};
use super::there::Held;
use super::{Root, Run};
use crate::article::Article;
use crate::backend::quickwit::document::{Encoder, key_of};
use crate::error::{Error, Result};
use crate::index::article_hash;
use crate::read::identify;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

/// Articles that are looked up, and worked on by all threads, at once.
const WINDOW_ARTICLES: usize = 400;
const WINDOW_BYTES: usize = 16 << 20;

/// Which of several records of one id wins: the greatest.
pub(super) type Rank = (Option<u64>, Option<i64>, Option<i64>, String, u32);

pub(super) fn rank_of(article: &Article) -> Rank {
    (
        article.version,
        article.updated.as_ref().map(|p| p.instant().as_second()),
        article.published.as_ref().map(|p| p.instant().as_second()),
        article.path.clone(),
        article.record,
    )
}

/// An article that was read.
pub(super) struct Read {
    pub article: Article,
    pub key: u64,
    pub hash: u64,
    pub root: usize,
}

impl Run<'_> {
    pub(super) fn take(&mut self, mut article: Article, root: usize) -> Result<()> {
        article.id = identify(&article, &article.path);
        for id in &article.kills {
            self.killed.insert(key_of(id), id.clone());
        }
        let own = article_hash(&article)?;
        let mut bytes = own.to_le_bytes().to_vec();
        bytes.extend_from_slice(&self.fingerprint.to_le_bytes());
        let paragraphs = article.sections.iter().flat_map(|s| &s.paragraphs);
        let size = 1024 + paragraphs.map(|p| p.len() + 24).sum::<usize>();
        self.window.push(Read {
            key: key_of(&article.id),
            hash: xxh3_64(&bytes) >> 1,
            article,
            root,
        });
        self.window_bytes += size;
        // A file of many records must not be held whole.
        if self.window.len() >= WINDOW_ARTICLES || self.window_bytes >= WINDOW_BYTES {
            self.send_window()?;
        }
        Ok(())
    }

    /// Sends what differs of the articles read.
    pub(super) fn send_window(&mut self) -> Result<()> {
        let window = std::mem::take(&mut self.window);
        self.window_bytes = 0;
        let window = self.winners(window);
        if window.is_empty() {
            return Ok(());
        }
        let keys: Vec<u64> = window.iter().map(|r| r.key).collect();
        let mut held = self.held(&keys)?;
        if !self.settled {
            let is_new = |r: &Read| self.wanted(r, &held).is_some();
            if window.iter().any(is_new) && !self.options.dry_run {
                self.settle()?;
                held = self.held(&keys)?;
            }
        }
        let killed = self.killed_there(&keys)?;
        let mut chosen: Vec<(Read, u64, bool)> = Vec::new();
        for read in window {
            if killed.contains(&read.key) || self.killed.contains_key(&read.key) {
                self.supersede(&read.article, "was removed by a kill notice");
                continue;
            }
            match self.wanted(&read, &held) {
                None => {}
                Some(None) => self.supersede(&read.article, "is taken from another file"),
                Some(Some((version, replaces))) => chosen.push((read, version, replaces)),
            }
        }
        let roots: Vec<String> = self.roots.iter().map(Root::value).collect();
        let authority = self.options.authority.as_deref();
        let encoded: Vec<(Read, u64, bool, Result<Vec<String>>)> = self.pool.install(|| {
            chosen
                .into_par_iter()
                .map_init(Encoder::default, |encoder, (read, version, replaces)| {
                    let root = roots.get(read.root).map_or("", String::as_str);
                    let lines = encoded(encoder, &read, version, root, authority);
                    (read, version, replaces, lines)
                })
                .collect()
        });
        for (read, version, replaces, lines) in encoded {
            let lines = match lines {
                Ok(lines) => lines,
                Err(Error::Record { message, .. }) => {
                    self.fail(&read.article, message);
                    continue;
                }
                Err(e) => return Err(e),
            };
            match replaces {
                true => self.report.replaced += 1,
                false => self.report.added += 1,
            }
            self.report.passages += lines.len() as u64;
            self.push(&lines)?;
            self.pending.push(Pending {
                key: read.key,
                version,
                passages: lines.len() as u64,
                replaces,
                read: Some(read),
            });
            if self.batches >= BATCHES_A_COMMIT {
                self.commit()?;
            }
        }
        Ok(())
    }

    /// The records that win their id so far in this run, in order.
    fn winners(&mut self, window: Vec<Read>) -> Vec<Read> {
        let mut out: Vec<Read> = Vec::with_capacity(window.len());
        let mut at: FxHashMap<u64, usize> = FxHashMap::default();
        for read in window {
            let rank = rank_of(&read.article);
            if self.claims.get(&read.key).is_some_and(|best| *best > rank) {
                self.supersede(&read.article, "is taken from another record");
                continue;
            }
            let before = self.claims.insert(read.key, rank);
            if let Some(loser) = at.get(&read.key).and_then(|&n| out.get_mut(n)) {
                let loser = std::mem::replace(loser, read);
                self.supersede(&loser.article, "is taken from another record");
                continue;
            }
            if before.is_some() {
                self.report.superseded += 1;
            }
            at.insert(read.key, out.len());
            out.push(read);
        }
        out
    }

    /// Whether an article must be sent, as which version, and whether it replaces one; `Some(None)`
    /// where another record holds its id by right.
    #[allow(clippy::option_option)]
    fn wanted(&self, read: &Read, held: &FxHashMap<u64, Vec<Held>>) -> Option<Option<(u64, bool)>> {
        let Some(versions) = held.get(&read.key) else {
            return Some(Some((1, false)));
        };
        let newest = versions.iter().max_by_key(|h| h.version)?;
        let next = newest.version.saturating_add(1);
        if newest.passages == 0 {
            return Some(Some((next, false)));
        }
        let is_whole = newest.found == newest.passages;
        if is_whole && newest.hash == read.hash && !self.options.rebuild {
            return None;
        }
        let rank = rank_of(&read.article);
        if let Some(other) = &newest.rank
            && is_whole
            && (&other.3, other.4) != (&rank.3, rank.4)
            && *other > rank
        {
            return Some(None);
        }
        Some(Some((next, true)))
    }
}
