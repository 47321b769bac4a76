//! A linear-chain conditional random field over BILOU labels (Lafferty, McCallum and Pereira 2001).
//!
//! A chain is a run of tokens that could be part of a name; the tokens around it are outside every
//! name, so each chain begins and ends beside the label [`OUTSIDE`].

/// Number of labels: outside, and first, inner, last, single of four types.
pub(super) const LABELS: usize = 17;
/// The label of a token outside every name; its emission is always 0.
pub(super) const OUTSIDE: usize = 0;
/// Types that are told apart: person, organisation, place, other (which is not reported).
pub(super) const TYPES: usize = 4;

/// A label for each of these positions in a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub(super) enum Position {
    First = 0,
    Inner = 1,
    Last = 2,
    Single = 3,
}

impl Position {
    /// Where word `k` stands in a name of `length` words.
    pub(super) fn of(k: usize, length: usize) -> Self {
        match (length, k) {
            (1, _) => Self::Single,
            (_, 0) => Self::First,
            _ if k + 1 == length => Self::Last,
            _ => Self::Inner,
        }
    }
}

pub(super) const fn label(kind: usize, position: Position) -> usize {
    1 + 4 * kind + position as usize
}

/// Type and position of a label; `None` outside.
pub(super) fn parts(label: usize) -> Option<(usize, usize)> {
    (label != OUTSIDE).then(|| ((label - 1) / 4, (label - 1) % 4))
}

/// Scores of one token's labels.
pub(super) type Scores = [f32; LABELS];
/// Scores of a label (second) after another (first).
pub(super) type Transitions = [[f32; LABELS]; LABELS];

/// Labels that may end a name or lie outside, and labels that may begin one or lie outside.
const ENDS: [usize; 9] = [0, 3, 4, 7, 8, 11, 12, 15, 16];
const BEGINS: [usize; 9] = [0, 1, 4, 5, 8, 9, 12, 13, 16];

/// Calls `f(from, to)` for every transition that makes sense.
#[inline]
fn each_transition(mut f: impl FnMut(usize, usize)) {
    for &a in &ENDS {
        for &b in &BEGINS {
            f(a, b);
        }
    }
    each_inner(f);
}

/// Calls `f(from, to)` for every transition within a name.
#[inline]
fn each_inner(mut f: impl FnMut(usize, usize)) {
    for first in [1, 5, 9, 13] {
        for a in [first, first + 1] {
            f(a, first + 1);
            f(a, first + 2);
        }
    }
}

/// e^x by the same arithmetic on every platform, within 2 units in the last place for |x| < 80.
///
/// The library's function differs from platform to platform, and a model must not.
#[inline]
pub(super) fn exp(x: f32) -> f32 {
    // Adding 1.5 · 2²³ leaves the nearest integer in the low bits: no call and no branch, so that a row of
    // scores is worked on at once.
    const INTEGERS: f32 = 12_582_912.0;
    let x = x.clamp(-80.0, 80.0);
    let rounded = x * std::f32::consts::LOG2_E + INTEGERS;
    let n = rounded - INTEGERS;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let p = p * r * r + r + 1.0;
    let exponent = rounded.to_bits().wrapping_sub(INTEGERS.to_bits());
    p * f32::from_bits(exponent.wrapping_add(127) << 23)
}

/// Forward and backward sums of a chain, scaled to sum to 1 at each token (Rabiner 1989).
#[derive(Default, Debug)]
pub(super) struct Lattice {
    forward: Vec<Scores>,
    backward: Vec<Scores>,
    emission: Vec<Scores>,
    scale: Vec<f32>,
    best: Vec<Scores>,
    /// P(label of token), the row of a token sums to 1.
    pub marginal: Vec<Scores>,
}

impl Lattice {
    /// Emission times backward sum of each label of token `i`, scaled.
    fn after(&self, i: usize) -> Scores {
        let mut after = self.backward[i];
        for (value, factor) in after.iter_mut().zip(&self.emission[i]) {
            *value *= factor / self.scale[i];
        }
        after
    }
}

/// Transition scores with their exponentials.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub scores: Transitions,
    /// Scores with -∞ for what makes no sense, by the label before.
    steps: Transitions,
    /// Exponentials of the scores, 0 for what makes no sense; and by the label behind.
    factors: Transitions,
    factors_into: Transitions,
}

impl Chain {
    pub(super) fn new(scores: Transitions) -> Self {
        let mut steps = [[f32::NEG_INFINITY; LABELS]; LABELS];
        let mut factors = [[0.0; LABELS]; LABELS];
        let mut factors_into = [[0.0; LABELS]; LABELS];
        each_transition(|a, b| {
            steps[a][b] = scores[a][b];
            factors[a][b] = exp(scores[a][b]);
            factors_into[b][a] = factors[a][b];
        });
        Self {
            scores,
            steps,
            factors,
            factors_into,
        }
    }

    /// Fills `lattice` for a chain of these emissions.
    pub(super) fn run(&self, emissions: &[Scores], lattice: &mut Lattice) {
        let n = emissions.len();
        let Lattice {
            forward,
            backward,
            emission,
            scale,
            marginal,
            ..
        } = lattice;
        for rows in [
            &mut *forward,
            &mut *backward,
            &mut *emission,
            &mut *marginal,
        ] {
            rows.clear();
            rows.resize(n, [0.0; LABELS]);
        }
        scale.clear();
        scale.resize(n, 1.0);
        for (row, scores) in emission.iter_mut().zip(emissions) {
            let top = scores.iter().fold(f32::MIN, |m, &s| m.max(s));
            for (factor, &score) in row.iter_mut().zip(scores) {
                *factor = exp(score - top);
            }
        }
        for i in 0..n {
            let mut row = [0.0; LABELS];
            if i == 0 {
                for &b in &BEGINS {
                    row[b] = self.factors[OUTSIDE][b];
                }
            } else {
                let before = forward[i - 1];
                for &a in &ENDS {
                    for (value, factor) in row.iter_mut().zip(&self.factors[a]) {
                        *value += before[a] * factor;
                    }
                }
                each_inner(|a, b| row[b] += before[a] * self.factors[a][b]);
            }
            if i + 1 == n {
                let mut last = [0.0; LABELS];
                for &a in &ENDS {
                    last[a] = row[a];
                }
                row = last;
            }
            let mut sum = 0.0;
            for (value, factor) in row.iter_mut().zip(&emission[i]) {
                *value *= factor;
                sum += *value;
            }
            let sum = sum.max(1e-30);
            row.iter_mut().for_each(|v| *v /= sum);
            scale[i] = sum;
            forward[i] = row;
        }
        for i in (0..n).rev() {
            let mut row = [0.0; LABELS];
            if i + 1 == n {
                for &a in &ENDS {
                    row[a] = self.factors[a][OUTSIDE];
                }
            } else {
                let mut after = [0.0; LABELS];
                for b in 0..LABELS {
                    after[b] = emission[i + 1][b] * backward[i + 1][b] / scale[i + 1];
                }
                for &b in &BEGINS {
                    for (value, factor) in row.iter_mut().zip(&self.factors_into[b]) {
                        *value += factor * after[b];
                    }
                }
                each_inner(|a, b| row[a] += self.factors[a][b] * after[b]);
            }
            backward[i] = row;
            let mut sum = 0.0;
            for l in 0..LABELS {
                marginal[i][l] = forward[i][l] * row[l];
                sum += marginal[i][l];
            }
            let sum = sum.max(1e-30);
            marginal[i].iter_mut().for_each(|m| *m /= sum);
        }
    }

    /// P(tokens `first..first + labels.len()` have exactly these labels), after [`Chain::run`].
    pub(super) fn span(&self, lattice: &Lattice, first: usize, labels: &[u8]) -> f32 {
        let Some((&head, tail)) = labels.split_first() else {
            return 1.0;
        };
        let mut p = lattice.forward[first][head as usize];
        let mut before = head as usize;
        for (k, &label) in tail.iter().enumerate() {
            let (i, label) = (first + 1 + k, label as usize);
            p *= self.factors[before][label] * lattice.emission[i][label] / lattice.scale[i];
            before = label;
        }
        let last = first + labels.len() - 1;
        let total: f32 = (0..LABELS)
            .map(|l| lattice.forward[last][l] * lattice.backward[last][l])
            .sum::<f32>();
        (p * lattice.backward[last][before] / total.max(1e-30)).clamp(0.0, 1.0)
    }

    /// Sets `labels` to the most probable ones (Viterbi); ties go to the smaller label.
    pub(super) fn best(&self, emissions: &[Scores], lattice: &mut Lattice, labels: &mut Vec<u8>) {
        let n = emissions.len();
        labels.clear();
        labels.resize(n, OUTSIDE as u8);
        let Some(first) = emissions.first() else {
            return;
        };
        // The best score of each label; which label was before is worked out on the way back, for one
        // label a word.
        let best = &mut lattice.best;
        best.clear();
        let mut now = [f32::NEG_INFINITY; LABELS];
        for &b in &BEGINS {
            now[b] = self.scores[OUTSIDE][b] + first[b];
        }
        best.push(now);
        for emission in &emissions[1..] {
            let mut next = [f32::NEG_INFINITY; LABELS];
            for &a in &ENDS {
                for (value, step) in next.iter_mut().zip(&self.steps[a]) {
                    let score = now[a] + step;
                    *value = if score > *value { score } else { *value };
                }
            }
            each_inner(|a, b| next[b] = next[b].max(now[a] + self.steps[a][b]));
            for (value, emission) in next.iter_mut().zip(emission) {
                *value += emission;
            }
            now = next;
            best.push(now);
        }
        let mut behind = OUTSIDE;
        for (label, scores) in labels.iter_mut().zip(best.iter()).rev() {
            let mut top = (f32::NEG_INFINITY, OUTSIDE);
            for (a, score) in scores.iter().enumerate() {
                let score = score + self.steps[a][behind];
                if score > top.0 {
                    top = (score, a);
                }
            }
            behind = top.1;
            *label = behind as u8;
        }
    }

    /// Adds expected minus observed transitions of a labelled chain to `gradient`, after [`Chain::run`].
    pub(super) fn transition_gradient(
        &self,
        lattice: &Lattice,
        labels: &[u8],
        gradient: &mut Transitions,
    ) {
        let n = labels.len();
        let (Some(&first), Some(&last)) = (labels.first(), labels.last()) else {
            return;
        };
        for &b in &BEGINS {
            gradient[OUTSIDE][b] += lattice.marginal[0][b];
        }
        for &a in &ENDS {
            gradient[a][OUTSIDE] += lattice.marginal[n - 1][a];
        }
        gradient[OUTSIDE][first as usize] -= 1.0;
        gradient[last as usize][OUTSIDE] -= 1.0;
        for i in 0..n - 1 {
            let after = lattice.after(i + 1);
            let total: f32 = (0..LABELS)
                .map(|l| lattice.forward[i][l] * lattice.backward[i][l])
                .sum();
            let total = total.max(1e-30);
            each_transition(|a, b| {
                gradient[a][b] += lattice.forward[i][a] * self.factors[a][b] * after[b] / total
            });
            gradient[labels[i] as usize][labels[i + 1] as usize] -= 1.0;
        }
    }
}
