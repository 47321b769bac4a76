//! The measures.

use crate::error::{Error, Result};
use std::collections::HashMap;
use std::fmt;

/// The kinds of measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// `num_q`: topics evaluated.
    Topics,
    /// `num_ret`: documents retrieved.
    Retrieved,
    /// `num_rel`: relevant documents.
    Relevant,
    /// `num_rel_ret`: relevant documents retrieved.
    RelevantRetrieved,
    /// `map`: average precision; with a cutoff `map_cut_K`, still divided by all relevant documents.
    AveragePrecision,
    /// `gm_map`: geometric mean of average precision, floored at 0.00001.
    GeometricMap,
    /// `Rprec`: precision after as many documents as are relevant.
    RPrecision,
    /// `bpref`: relevant documents preferred to judged non-relevant ones.
    Bpref,
    /// `recip_rank`: 1 / rank of the first relevant document.
    ReciprocalRank,
    /// `iprec_at_recall_0.X`: interpolated precision; the cutoff is in tenths of recall.
    InterpolatedPrecision,
    /// `11pt_avg`: mean of the eleven.
    ElevenPoint,
    /// `P_K`.
    Precision,
    /// `recall_K`.
    Recall,
    /// `ndcg`, `ndcg_cut_K`: gains are the grades, the discount is log2(rank + 1).
    Ndcg,
    /// `success_K`: 1 if one of the first K is relevant.
    Success,
    /// `set_P`, `set_recall`, `set_F`: of all that was retrieved.
    SetPrecision,
    SetRecall,
    SetF,
}

/// One measure, its cutoff included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Measure {
    pub family: Family,
    /// Documents looked at (tenths of recall for [`Family::InterpolatedPrecision`]); `None`: all.
    pub cutoff: Option<u32>,
}

const CUTOFFS: [u32; 9] = [5, 10, 15, 20, 30, 100, 200, 500, 1000];
const SUCCESS_CUTOFFS: [u32; 3] = [1, 5, 10];
/// trec_eval's `MIN_GEO_MEAN`.
const GEOMETRIC_FLOOR: f64 = 0.000_01;

/// Every measure with trec_eval's own cutoffs: its official set first, in its order, then the others.
pub fn all() -> Vec<Measure> {
    let mut list = official();
    list.extend(with_cutoffs(Family::Recall, &CUTOFFS));
    list.push(plain(Family::ElevenPoint));
    list.push(plain(Family::Ndcg));
    list.extend(with_cutoffs(Family::Ndcg, &CUTOFFS));
    list.extend(with_cutoffs(Family::AveragePrecision, &CUTOFFS));
    list.extend(with_cutoffs(Family::Success, &SUCCESS_CUTOFFS));
    list.extend([Family::SetPrecision, Family::SetRecall, Family::SetF].map(plain));
    list
}

fn official() -> Vec<Measure> {
    let mut list: Vec<Measure> = [
        Family::Topics,
        Family::Retrieved,
        Family::Relevant,
        Family::RelevantRetrieved,
        Family::AveragePrecision,
        Family::GeometricMap,
        Family::RPrecision,
        Family::Bpref,
        Family::ReciprocalRank,
    ]
    .map(plain)
    .to_vec();
    let tenths: Vec<u32> = (0..=10).collect();
    list.extend(with_cutoffs(Family::InterpolatedPrecision, &tenths));
    list.extend(with_cutoffs(Family::Precision, &CUTOFFS));
    list
}

fn plain(family: Family) -> Measure {
    Measure {
        family,
        cutoff: None,
    }
}

fn with_cutoffs(family: Family, cutoffs: &[u32]) -> impl Iterator<Item = Measure> {
    cutoffs.iter().map(move |cutoff| Measure {
        family,
        cutoff: Some(*cutoff),
    })
}

/// Reads names as trec_eval takes (`ndcg_cut.10,100`, `P.5`) and prints (`ndcg_cut_10`) them;
/// `official` and `all` (also `all_trec`) are sets. Order is kept, repeats go.
pub fn parse_measures<S: AsRef<str>>(names: &[S]) -> Result<Vec<Measure>> {
    let mut list: Vec<Measure> = Vec::new();
    for name in names {
        for measure in parse_name(name.as_ref().trim())? {
            if !list.contains(&measure) {
                list.push(measure);
            }
        }
    }
    Ok(list)
}

fn parse_name(name: &str) -> Result<Vec<Measure>> {
    let family = match name {
        "official" => return Ok(official()),
        "all" | "all_trec" => return Ok(all()),
        "num_q" => Family::Topics,
        "num_ret" => Family::Retrieved,
        "num_rel" => Family::Relevant,
        "num_rel_ret" => Family::RelevantRetrieved,
        "map" => Family::AveragePrecision,
        "gm_map" => Family::GeometricMap,
        "Rprec" => Family::RPrecision,
        "bpref" => Family::Bpref,
        "recip_rank" => Family::ReciprocalRank,
        "11pt_avg" => Family::ElevenPoint,
        "ndcg" => Family::Ndcg,
        "set_P" => Family::SetPrecision,
        "set_recall" => Family::SetRecall,
        "set_F" => Family::SetF,
        _ => return parse_cut(name),
    };
    Ok(vec![plain(family)])
}

fn parse_cut(name: &str) -> Result<Vec<Measure>> {
    const FAMILIES: [(&str, Family, &[u32]); 6] = [
        ("map_cut", Family::AveragePrecision, &CUTOFFS),
        ("ndcg_cut", Family::Ndcg, &CUTOFFS),
        ("P", Family::Precision, &CUTOFFS),
        ("recall", Family::Recall, &CUTOFFS),
        ("success", Family::Success, &SUCCESS_CUTOFFS),
        (
            "iprec_at_recall",
            Family::InterpolatedPrecision,
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        ),
    ];
    let unknown = || {
        Error::Usage(format!(
            "measure {name:?} is not known; expected one of map, ndcg, ndcg_cut_K, recip_rank, P_K, \
             recall_K, success_K, map_cut_K, bpref, Rprec, gm_map, 11pt_avg, iprec_at_recall, set_P, \
             set_recall, set_F, num_q, num_ret, num_rel, num_rel_ret, official, all"
        ))
    };
    for (prefix, family, defaults) in FAMILIES {
        let Some(rest) = name.strip_prefix(prefix) else {
            continue;
        };
        if rest.is_empty() {
            return Ok(with_cutoffs(family, defaults).collect());
        }
        let Some(cutoffs) = rest.strip_prefix(['_', '.']) else {
            continue;
        };
        let mut list = Vec::new();
        for part in cutoffs.split(',') {
            let cutoff = if family == Family::InterpolatedPrecision {
                let level: f64 = part.parse().map_err(|_| unknown())?;
                let tenths = (level * 10.0).round();
                if !(0.0..=10.0).contains(&tenths) || (tenths / 10.0 - level).abs() > 1e-9 {
                    return Err(unknown());
                }
                tenths as u32
            } else {
                part.parse().ok().filter(|k| *k > 0).ok_or_else(unknown)?
            };
            list.push(Measure {
                family,
                cutoff: Some(cutoff),
            });
        }
        return Ok(list);
    }
    Err(unknown())
}

impl fmt::Display for Measure {
    /// As trec_eval prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match (self.family, self.cutoff) {
            (Family::Topics, _) => "num_q",
            (Family::Retrieved, _) => "num_ret",
            (Family::Relevant, _) => "num_rel",
            (Family::RelevantRetrieved, _) => "num_rel_ret",
            (Family::AveragePrecision, None) => "map",
            (Family::AveragePrecision, Some(_)) => "map_cut",
            (Family::GeometricMap, _) => "gm_map",
            (Family::RPrecision, _) => "Rprec",
            (Family::Bpref, _) => "bpref",
            (Family::ReciprocalRank, _) => "recip_rank",
            (Family::InterpolatedPrecision, tenths) => {
                let level = f64::from(tenths.unwrap_or(0)) / 10.0;
                return write!(f, "iprec_at_recall_{level:.2}");
            }
            (Family::ElevenPoint, _) => "11pt_avg",
            (Family::Precision, _) => "P",
            (Family::Recall, _) => "recall",
            (Family::Ndcg, None) => "ndcg",
            (Family::Ndcg, Some(_)) => "ndcg_cut",
            (Family::Success, _) => "success",
            (Family::SetPrecision, _) => "set_P",
            (Family::SetRecall, _) => "set_recall",
            (Family::SetF, _) => "set_F",
        };
        f.write_str(name)?;
        self.cutoff.map_or(Ok(()), |k| write!(f, "_{k}"))
    }
}

impl Measure {
    /// Whether it counts: printed as a whole number, summed over topics.
    pub fn is_count(&self) -> bool {
        matches!(
            self.family,
            Family::Topics | Family::Retrieved | Family::Relevant | Family::RelevantRetrieved
        )
    }

    /// Whether it has no value for a single topic in trec_eval's output.
    pub fn is_summary_only(&self) -> bool {
        matches!(self.family, Family::Topics | Family::GeometricMap)
    }

    /// The value over all topics; `absent` topics count 0.
    pub(super) fn total(&self, values: &[f64], absent: usize) -> f64 {
        let sum: f64 = values.iter().sum();
        let topics = (values.len() + absent) as f64;
        if self.is_count() {
            sum
        } else if topics == 0.0 {
            0.0
        } else if self.family == Family::GeometricMap {
            let logs: f64 = values.iter().map(|v| v.max(GEOMETRIC_FLOOR).ln()).sum();
            ((logs + absent as f64 * GEOMETRIC_FLOOR.ln()) / topics).exp()
        } else {
            sum / topics
        }
    }
}

/// One topic's documents in trec_eval's order, as grades.
pub(super) struct Ranking {
    /// The grade of each document retrieved; `None` where it was not judged.
    grades: Vec<Option<i64>>,
    /// Positive grades of the judgments, descending.
    ideal: Vec<i64>,
    judged_nonrelevant: usize,
}

impl Ranking {
    pub(super) fn new(judged: &HashMap<String, i64>, retrieved: &[(String, f32)]) -> Self {
        let mut order: Vec<&(String, f32)> = retrieved.iter().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| b.0.cmp(&a.0)));
        let grades = order
            .iter()
            .map(|(docno, _)| judged.get(docno).copied().filter(|grade| *grade >= 0))
            .collect();
        let mut ideal: Vec<i64> = judged.values().copied().filter(|g| *g >= 1).collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        Self {
            grades,
            ideal,
            judged_nonrelevant: judged.values().filter(|g| **g == 0).count(),
        }
    }

    fn relevant(&self) -> usize {
        self.ideal.len()
    }

    /// Whether each document is relevant, at most `cutoff` of them.
    fn hits(&self, cutoff: Option<u32>) -> impl Iterator<Item = bool> + '_ {
        let limit = cutoff.map_or(usize::MAX, |k| k as usize);
        let grades = self.grades.iter().take(limit);
        grades.map(|grade| grade.is_some_and(|g| g >= 1))
    }

    fn found(&self, cutoff: Option<u32>) -> usize {
        self.hits(cutoff).filter(|hit| *hit).count()
    }

    pub(super) fn value(&self, measure: Measure) -> f64 {
        let cutoff = measure.cutoff;
        let found = self.found(cutoff);
        let retrieved = self.grades.len();
        match measure.family {
            Family::Topics => 1.0,
            Family::Retrieved => retrieved as f64,
            Family::Relevant => self.relevant() as f64,
            Family::RelevantRetrieved => found as f64,
            Family::AveragePrecision | Family::GeometricMap => self.average_precision(cutoff),
            Family::RPrecision => {
                let first = u32::try_from(self.relevant()).unwrap_or(u32::MAX);
                ratio(self.found(Some(first)), self.relevant())
            }
            Family::Bpref => self.bpref(),
            Family::ReciprocalRank => self
                .hits(None)
                .position(|hit| hit)
                .map_or(0.0, |at| 1.0 / (at + 1) as f64),
            Family::InterpolatedPrecision => {
                self.interpolated()[cutoff.unwrap_or(0).min(10) as usize]
            }
            Family::ElevenPoint => self.interpolated().iter().sum::<f64>() / 11.0,
            Family::Precision => ratio(found, cutoff.unwrap_or(0) as usize),
            Family::Recall | Family::SetRecall => ratio(found, self.relevant()),
            Family::Ndcg => self.ndcg(cutoff),
            Family::Success => f64::from(u8::from(found > 0)),
            Family::SetPrecision => ratio(found, retrieved),
            // The harmonic mean of set precision and recall.
            Family::SetF => ratio(2 * found, retrieved + self.relevant()),
        }
    }

    fn average_precision(&self, cutoff: Option<u32>) -> f64 {
        let mut found = 0;
        let mut sum = 0.0;
        for (at, hit) in self.hits(cutoff).enumerate() {
            if hit {
                found += 1;
                sum += ratio(found, at + 1);
            }
        }
        if found == 0 {
            return 0.0;
        }
        sum / self.relevant() as f64
    }

    fn bpref(&self) -> f64 {
        let relevant = self.relevant();
        let mut nonrelevant = 0;
        let mut sum = 0.0;
        for grade in self.grades.iter().flatten() {
            if *grade == 0 {
                nonrelevant += 1;
            } else if nonrelevant == 0 {
                sum += 1.0;
            } else {
                let bound = self.judged_nonrelevant.min(relevant);
                sum += 1.0 - ratio(nonrelevant.min(relevant), bound);
            }
        }
        if relevant == 0 {
            return 0.0;
        }
        sum / relevant as f64
    }

    /// The greatest precision at or after each tenth of recall.
    fn interpolated(&self) -> [f64; 11] {
        let relevant = self.relevant();
        let found = self.found(None);
        let mut best_at = vec![0.0_f64; found + 1];
        let mut count = 0;
        for (at, hit) in self.hits(None).enumerate() {
            if hit {
                count += 1;
                best_at[count] = ratio(count, at + 1);
            }
        }
        for at in (0..found).rev() {
            best_at[at] = best_at[at].max(best_at[at + 1]);
        }
        let mut levels = [0.0; 11];
        for (tenths, level) in levels.iter_mut().enumerate() {
            // Version 9's cutoff in documents, with its arithmetic.
            let needed = (tenths as f64 / 10.0 * relevant as f64 + 0.9) as usize;
            *level = best_at.get(needed).copied().unwrap_or(0.0);
        }
        levels
    }

    fn ndcg(&self, cutoff: Option<u32>) -> f64 {
        let limit = cutoff.map_or(usize::MAX, |k| k as usize);
        let gain = |at: usize, grade: i64| grade as f64 / ((at + 2) as f64).log2();
        let ideal: f64 = (self.ideal.iter().take(limit).enumerate())
            .map(|(at, grade)| gain(at, *grade))
            .sum();
        if ideal == 0.0 {
            return 0.0;
        }
        let graded = self.grades.iter().take(limit).enumerate();
        let found: f64 = graded.map(|(at, g)| gain(at, g.unwrap_or(0))).sum();
        found / ideal
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}
