//! Whether two runs differ.

use super::{Evaluation, Measure};
use serde::Serialize;

/// The difference between two runs over the topics that both have, with its paired randomisation test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    pub measure: String,
    /// Mean of the second run minus mean of the first, over the topics of both.
    pub difference: f64,
    /// Two-sided; `None` without a common topic.
    pub p: Option<f64>,
    /// Sign assignments looked at: all of them where there are no more than asked for, else a sample.
    pub permutations: u64,
    pub seed: u64,
    pub topics: usize,
}

/// Compares `second` with `first` by `measure`; `None` if either was not evaluated by it.
///
/// Fisher's randomisation test: under the null hypothesis the two values of a topic could have been
/// exchanged, so the observed mean difference is set against those of `permutations` random exchanges
/// (Smucker, Allan and Carterette, CIKM 2007). With so few topics that all exchanges fit into
/// `permutations`, p is exact; else it is (1 + as extreme) / (1 + permutations).
pub fn compare(
    first: &Evaluation,
    second: &Evaluation,
    measure: Measure,
    permutations: u64,
    seed: u64,
) -> Option<Comparison> {
    let column = |e: &Evaluation| e.measures.iter().position(|(m, _)| *m == measure);
    let (a, b) = (column(first)?, column(second)?);
    let differences: Vec<f64> = first
        .per_topic
        .iter()
        .filter_map(|(topic, row)| Some(second.per_topic.get(topic)?[b] - row[a]))
        .collect();
    let topics = differences.len();
    let sum: f64 = differences.iter().sum();
    // Sums that are equal but for the order of their additions count as equally extreme.
    let bound = sum.abs() - 1e-12 * topics as f64;
    let exhaustive = u32::try_from(topics)
        .ok()
        .and_then(|n| 1_u64.checked_shl(n))
        .filter(|count| *count <= permutations);
    let (looked_at, p) = match (topics, exhaustive) {
        (0, _) => (0, None),
        (_, Some(count)) => {
            let extreme = (0..count)
                .filter(|signs| signed_sum(&differences, |at| signs >> at & 1 == 1).abs() >= bound)
                .count();
            (count, Some(extreme as f64 / count as f64))
        }
        (_, None) => {
            let mut random = SplitMix64(seed);
            let mut extreme = 0_u64;
            for _ in 0..permutations {
                let mut bits = 0;
                let exchanged = signed_sum(&differences, |at| {
                    if at % 64 == 0 {
                        bits = random.next();
                    }
                    bits >> (at % 64) & 1 == 1
                });
                extreme += u64::from(exchanged.abs() >= bound);
            }
            let p = (extreme + 1) as f64 / (permutations + 1) as f64;
            (permutations, Some(p))
        }
    };
    Some(Comparison {
        measure: measure.to_string(),
        difference: if topics == 0 {
            0.0
        } else {
            sum / topics as f64
        },
        p,
        permutations: looked_at,
        seed,
        topics,
    })
}

fn signed_sum(differences: &[f64], mut negative: impl FnMut(usize) -> bool) -> f64 {
    let signed = differences.iter().enumerate();
    signed
        .map(|(at, d)| if negative(at) { -d } else { *d })
        .sum()
}

/// Steele, Lea and Flood's generator: the same numbers on every machine.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
