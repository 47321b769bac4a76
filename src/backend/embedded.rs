//! An index on this machine.

use super::{Backend, Shown};
use crate::article::Article;
use crate::error::Result;
use crate::index::document::{Head, reassemble};
use crate::index::packed::{Passages, Unpacker};
use crate::index::request::{
    Facets, FacetsRequest, Period, SearchRequest, SearchResults, Timeline, TimelineRequest,
};
use crate::index::{Archive, Snapshot, Status};
use crate::passage::Passage;
use crate::query::{Axis, Note};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, SegmentReader, TERMINATED, Term};

impl Backend for Archive {
    fn search(&self, request: &SearchRequest) -> Result<SearchResults> {
        let mut results = Archive::search(self, request)?;
        results.notes.extend(undated(self, request)?);
        Ok(results)
    }

    fn timeline(&self, request: &TimelineRequest) -> Result<Timeline> {
        let mut counts = self.guard(|| self.snapshot().view().timeline(request))?;
        counts.notes.extend(undated(self, &request.base)?);
        Ok(counts)
    }

    fn facets(&self, request: &FacetsRequest) -> Result<Facets> {
        let mut counts = self.guard(|| self.snapshot().view().facets(request))?;
        counts.notes.extend(undated(self, &request.base)?);
        Ok(counts)
    }

    fn article(&self, id: &str) -> Result<Option<Shown>> {
        self.guard(|| article(&self.snapshot(), self.fields().id, self.fields().stored, id))
    }

    fn related(&self, article: &Article, request: &SearchRequest) -> Result<SearchResults> {
        self.guard(|| self.snapshot().view().related(article, request))
    }

    fn status(&self) -> Result<Status> {
        self.guard(|| crate::index::status(self))
    }

    fn langs(&self) -> Vec<crate::analyze::Lang> {
        self.snapshot().view().langs.clone()
    }

    fn file(&self, path: &str) -> Option<PathBuf> {
        // Members of a container open with the container.
        let file = path.split("!/").next().unwrap_or(path);
        let snapshot = self.snapshot();
        let base = self.location().parent().unwrap_or(Path::new(""));
        let candidates = snapshot.payload.roots.iter().filter_map(|root| {
            let below = match root.prefix.as_str() {
                "" => file,
                prefix => file.strip_prefix(prefix)?.strip_prefix('/')?,
            };
            Some(root.folder(base).join(below))
        });
        // The first root has no prefix, so a path below a later one fits both.
        let mut candidates: Vec<PathBuf> = candidates.collect();
        let existing = candidates.iter().position(|c| c.exists());
        match existing {
            Some(at) => Some(candidates.swap_remove(at)),
            None => candidates.into_iter().next(),
        }
    }
}

fn undated(archive: &Archive, request: &SearchRequest) -> Result<Option<Note>> {
    let snapshot = archive.snapshot();
    if snapshot.payload.undated == 0 {
        return Ok(None);
    }
    super::undated::note(request, |base| {
        let request = TimelineRequest {
            base: base.clone(),
            axis: Axis::Published,
            by: Period::Year,
        };
        let counts = archive.guard(|| snapshot.view().partial_counts(&request, false))?;
        Ok(Some(counts.total()))
    })
}

/// Unpacked passages kept while an article is read, in bytes.
const KEPT_BYTES: usize = 128 << 10;

fn article(
    snapshot: &Snapshot,
    id_field: tantivy::schema::Field,
    stored_field: tantivy::schema::Field,
    id: &str,
) -> Result<Option<Shown>> {
    let bounded = crate::index::document::bounded(id);
    let term = Term::from_field_text(id_field, bounded);
    for segment in snapshot.searcher.segment_readers() {
        let Some(mut postings) = segment
            .inverted_index(id_field)?
            .read_postings(&term, IndexRecordOption::Basic)
            .map_err(tantivy::TantivyError::from)?
        else {
            continue;
        };
        let unpacker = Arc::new(Unpacker::of(snapshot));
        let store = Passages::open(segment, stored_field, unpacker, KEPT_BYTES)?;
        let mut head: Option<Head> = None;
        let mut passages: Vec<Passage> = Vec::new();
        while postings.doc() != TERMINATED {
            let doc = postings.doc();
            postings.advance();
            if !is_alive(segment, doc) {
                continue;
            }
            let stored = store.read(doc)?;
            head = stored.head.or(head);
            passages.push(stored.passage);
        }
        if let Some(head) = head {
            passages.sort_by_key(|p| p.ordinal);
            return Ok(Some(Shown {
                article: reassemble(&head, &passages),
                passages,
            }));
        }
    }
    Ok(None)
}

fn is_alive(segment: &SegmentReader, doc: u32) -> bool {
    segment
        .alive_bitset()
        .is_none_or(|alive| alive.is_alive(doc))
}
