//! trec_eval's measures, computed and named as trec_eval 9 does, and a paired test for two runs.
//!
//! Documents are ordered by score as a 32-bit float, descending, and among equals by descending
//! document number; the rank column of a run counts for nothing. A judgment of 1 or more is relevant,
//! 0 is judged and not relevant, a negative one is in the pool and unjudged. Interpolated precision
//! takes the cutoffs of version 9 (`R · level + 0.9`, cut); version 10 rounds instead.

mod compare;
mod measure;
mod trec;

pub use compare::{Comparison, compare};
pub use measure::{Family, Measure, all, parse_measures};
pub use trec::{Qrels, Run};

use measure::Ranking;
use std::collections::BTreeMap;

/// What one run is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    pub tag: String,
    /// Topics that the averages are over.
    pub topics: usize,
    /// The average (or sum, for counts) of each measure asked for, in that order.
    pub measures: Vec<(Measure, f64)>,
    /// Topic → one value a measure, in the same order; topics in byte order, as trec_eval prints them.
    pub per_topic: BTreeMap<String, Vec<f64>>,
    /// Judged topics that the run does not answer.
    pub missing: usize,
    /// Topics of the run that have no judgments; they are left out.
    pub unjudged: usize,
}

/// Scores `run` against `qrels`.
///
/// Averages are over the topics that both have; with `complete` (trec_eval's `-c`) over all judged
/// topics, those that the run lacks counting 0 in every measure. Topics without a relevant document
/// count 0, as in trec_eval. Without a common topic every average is 0.
pub fn evaluate(qrels: &Qrels, run: &Run, measures: &[Measure], complete: bool) -> Evaluation {
    let mut per_topic = BTreeMap::new();
    let mut missing = 0;
    for (topic, judged) in &qrels.topics {
        let Some(retrieved) = run.topics.get(topic) else {
            missing += 1;
            continue;
        };
        let ranking = Ranking::new(judged, retrieved);
        let values: Vec<f64> = measures.iter().map(|m| ranking.value(*m)).collect();
        per_topic.insert(topic.clone(), values);
    }
    let unjudged = run
        .topics
        .keys()
        .filter(|topic| !qrels.topics.contains_key(*topic))
        .count();
    let topics = per_topic.len() + if complete { missing } else { 0 };
    let totals = measures
        .iter()
        .enumerate()
        .map(|(column, measure)| {
            let values: Vec<f64> = per_topic.values().map(|row| row[column]).collect();
            let absent = topics - values.len();
            let total = match measure.family {
                Family::Topics => topics as f64,
                Family::Relevant if complete => qrels.relevant() as f64,
                _ => measure.total(&values, absent),
            };
            (*measure, total)
        })
        .collect();
    Evaluation {
        tag: run.tag.clone(),
        topics,
        measures: totals,
        per_topic,
        missing,
        unjudged,
    }
}

#[cfg(test)]
mod tests;
