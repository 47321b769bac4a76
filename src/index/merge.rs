//! Which segments are merged, and when.

use super::session::Session;
use super::throttle::Counted;
use crate::error::Result;
use std::sync::atomic::{AtomicBool, Ordering};
use tantivy::IndexWriter;
use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::indexer::{LogMergePolicy, MergePolicy};

/// Segments that a bulk load leaves behind: enough for the cores of a laptop to share a search, few
/// enough that each term is looked up a few times only.
const SEGMENTS_AFTER_LOAD: usize = 2;
/// Below this number of passages one segment is enough.
const SMALL: u64 = 50_000;

/// Merges after a commit: all of it after a bulk load, little by little after small updates.
pub(crate) fn settle(
    session: &Session,
    writer: &mut IndexWriter<Counted>,
    written: u64,
    cancel: &AtomicBool,
) -> Result<()> {
    let metas = session.index.searchable_segment_metas()?;
    let docs: u64 = metas.iter().map(|m| u64::from(m.num_docs())).sum();
    let groups = match written * 2 > docs {
        true => load_groups(metas, docs),
        false => log_groups(&metas),
    };
    merge_all(writer, groups, cancel)
}

/// Merges everything into one segment.
pub(crate) fn into_one(
    session: &Session,
    writer: &mut IndexWriter<Counted>,
    cancel: &AtomicBool,
) -> Result<()> {
    let metas = session.index.searchable_segment_metas()?;
    let needed = metas.len() > 1 || metas.iter().any(SegmentMeta::has_deletes);
    let ids = metas.iter().map(SegmentMeta::id).collect();
    match needed {
        true => merge_all(writer, vec![ids], cancel),
        false => Ok(()),
    }
}

/// Rewrites every segment that holds deleted documents.
pub(crate) fn without_deleted(
    session: &Session,
    writer: &mut IndexWriter<Counted>,
    cancel: &AtomicBool,
) -> Result<()> {
    let metas = session.index.searchable_segment_metas()?;
    let groups = metas
        .iter()
        .filter(|m| m.has_deletes())
        .map(|m| vec![m.id()])
        .collect();
    merge_all(writer, groups, cancel)
}

fn load_groups(mut metas: Vec<SegmentMeta>, docs: u64) -> Vec<Vec<SegmentId>> {
    let number = match docs > SMALL {
        true => SEGMENTS_AFTER_LOAD,
        false => 1,
    };
    let clean = metas.iter().all(|m| !m.has_deletes());
    if metas.len() <= number && clean {
        return Vec::new();
    }
    metas.sort_by_key(|m| std::cmp::Reverse(m.num_docs()));
    let mut groups = vec![(0u64, Vec::new()); number];
    for meta in metas {
        if let Some(group) = groups.iter_mut().min_by_key(|g| g.0) {
            group.0 += u64::from(meta.num_docs());
            group.1.push((meta.id(), meta.has_deletes()));
        }
    }
    groups
        .into_iter()
        .map(|(_, ids)| ids)
        .filter(|ids| ids.len() > 1 || ids.iter().any(|id| id.1))
        .map(|ids| ids.into_iter().map(|id| id.0).collect())
        .collect()
}

fn log_groups(metas: &[SegmentMeta]) -> Vec<Vec<SegmentId>> {
    let mut policy = LogMergePolicy::default();
    policy.set_del_docs_ratio_before_merge(0.3);
    policy
        .compute_merge_candidates(metas)
        .into_iter()
        .map(|candidate| candidate.0)
        .collect()
}

/// Merges two groups at a time: a merge keeps one core busy.
fn merge_all(
    writer: &mut IndexWriter<Counted>,
    groups: Vec<Vec<SegmentId>>,
    cancel: &AtomicBool,
) -> Result<()> {
    for pair in groups.chunks(2) {
        if cancel.load(Ordering::Relaxed) {
            return Ok(());
        }
        let merges: Vec<_> = pair.iter().map(|ids| writer.merge(ids)).collect();
        for merge in merges {
            merge.wait()?;
        }
    }
    Ok(())
}
