//! Training: labelled texts and word lists → the files that ship.
//!
//! The same input gives the same bytes on any number of threads and any platform: sentences are worked on
//! in parallel, but every sum is taken in the order of the input, and e^x is this module's own.

use super::crf::{Chain, LABELS, Lattice, OUTSIDE, Position, Scores, TYPES, Transitions, label};
use super::document::{Document, title_case};
use super::features::features;
use super::hash;
use super::lexicon::{self, Lexicon, PHRASE_KINDS, WORD_KINDS, extend};
use super::model::{self, COLUMNS};
use super::token::tokens;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;

/// Type of a labelled span. `Other` (works, events, nationalities) is learned to keep it apart, and never reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    Person = 0,
    Org = 1,
    Place = 2,
    Other = 3,
}

/// A text with its names.
#[derive(Clone, Debug)]
pub struct Sample {
    pub text: String,
    /// Byte ranges; where two overlap the first counts.
    pub entities: Vec<(Range<usize>, Label)>,
    /// How much its errors count; 1 for hand-labelled news.
    pub weight: f32,
}

/// How to train.
#[derive(Clone, Debug)]
pub struct Options {
    pub epochs: u32,
    pub rate: f32,
    /// Share of a token's features that are left out at each visit.
    pub dropout: f32,
    pub l2: f32,
    /// Features seen less often are dropped.
    pub min_count: u32,
    /// Features whose largest weight stays below are dropped.
    pub prune: f32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            epochs: 12,
            rate: 0.15,
            dropout: 0.6,
            l2: 1e-6,
            min_count: 3,
            prune: 0.06,
        }
    }
}

/// Sentences whose gradients are taken at the same weights.
const BATCH: usize = 32;
/// Largest weight; larger ones are cut when packed.
const LARGEST_WEIGHT: f32 = 6.0;

struct Instance {
    /// Features of all tokens, one after the other.
    features: Vec<u32>,
    /// End of each token's features.
    ends: Vec<u32>,
    labels: Vec<u8>,
    weight: f32,
}

/// Trains on `samples` and returns the model's bytes; `None` for a lexicon that is none.
pub fn train(samples: &[Sample], lexicon: &[u8], options: &Options) -> Option<Vec<u8>> {
    let lexicon = Lexicon::new(lexicon)?;
    let mut instances: Vec<Instance> = samples
        .par_iter()
        .flat_map_iter(|sample| instances(sample, &lexicon))
        .collect();
    let vocabulary = number_features(&mut instances, options.min_count);
    let (weights, transitions) = optimise(&instances, vocabulary.len(), options);
    let step = LARGEST_WEIGHT / 127.0;
    let mut rows = Vec::new();
    for (hash, row) in vocabulary.iter().zip(&weights) {
        let largest = row.iter().fold(0.0f32, |m, w| m.max(w.abs()));
        if largest < options.prune {
            continue;
        }
        let mut packed = [0i8; COLUMNS];
        for (slot, &weight) in packed.iter_mut().zip(row) {
            if weight.abs() >= options.prune * 0.5 {
                *slot = (weight / step).round().clamp(-127.0, 127.0) as i8;
            }
        }
        if packed.iter().any(|&w| w != 0) {
            rows.push((*hash, packed));
        }
    }
    model::pack(&rows, step, &transitions)
}

fn instances(sample: &Sample, lexicon: &Lexicon<'_>) -> Vec<Instance> {
    let blocks = [sample.text.as_str()];
    let document = Document::new(&blocks, lexicon);
    let mut labels = vec![OUTSIDE as u8; document.words.len()];
    for (span, kind) in &sample.entities {
        let inside = |w: &super::document::Word| {
            (w.token.start as usize) < span.end && (w.token.end as usize) > span.start
        };
        let first = document
            .words
            .partition_point(|w| w.token.end as usize <= span.start);
        let count = document.words[first..]
            .iter()
            .take_while(|w| inside(w))
            .count();
        if count == 0
            || labels[first..first + count]
                .iter()
                .any(|&l| l != OUTSIDE as u8)
        {
            continue;
        }
        for k in 0..count {
            labels[first + k] = label(*kind as usize, Position::of(k, count)) as u8;
        }
    }
    document
        .chains
        .iter()
        .map(|(chain, sentence)| {
            let mut instance = Instance {
                features: Vec::with_capacity(chain.len() * 110),
                ends: Vec::with_capacity(chain.len()),
                labels: mend(&labels[chain.clone()]),
                weight: sample.weight,
            };
            let sentence = &document.sentences[*sentence as usize];
            let place = (
                sentence.words.start,
                sentence.words.end,
                sentence.casing as u64,
            );
            for i in chain.clone() {
                features(
                    &document,
                    document.slice(&blocks, i),
                    i,
                    place,
                    &mut instance.features,
                );
                instance.ends.push(instance.features.len() as u32);
            }
            instance
        })
        .collect()
}

/// Labels of a chain made well-formed where it cuts a name (a name's part outside any chain is lost).
fn mend(labels: &[u8]) -> Vec<u8> {
    let kind = |l: u8| (l != OUTSIDE as u8).then(|| (l as usize - 1) / 4);
    let position = |l: u8| (l as usize + 3) % 4;
    let mut out = labels.to_vec();
    for i in 0..labels.len() {
        let Some(k) = kind(labels[i]) else { continue };
        let opens =
            matches!(position(labels[i]), 0 | 3) || i == 0 || kind(labels[i - 1]) != Some(k);
        let closes = matches!(position(labels[i]), 2 | 3)
            || i + 1 == labels.len()
            || kind(labels[i + 1]) != Some(k);
        out[i] = label(
            k,
            match (opens, closes) {
                (true, true) => Position::Single,
                (true, false) => Position::First,
                (false, true) => Position::Last,
                (false, false) => Position::Inner,
            },
        ) as u8;
    }
    out
}

/// Replaces hashes by numbers, drops rare ones; returns the hash of each number, ascending.
fn number_features(instances: &mut [Instance], min_count: u32) -> Vec<u32> {
    let mut all: Vec<u32> = Vec::with_capacity(instances.iter().map(|i| i.features.len()).sum());
    for instance in instances.iter() {
        all.extend_from_slice(&instance.features);
    }
    all.par_sort_unstable();
    let vocabulary: Vec<u32> = all
        .chunk_by(|a, b| a == b)
        .filter(|same| same.len() >= min_count as usize)
        .map(|same| same[0])
        .collect();
    drop(all);
    instances.par_iter_mut().for_each(|instance| {
        let mut kept = Vec::new();
        let mut begin = 0;
        for end in &mut instance.ends {
            let range = begin as usize..*end as usize;
            begin = *end;
            kept.extend(
                instance.features[range]
                    .iter()
                    .filter_map(|f| vocabulary.binary_search(f).ok())
                    .map(|n| n as u32),
            );
            *end = kept.len() as u32;
        }
        instance.features = kept;
    });
    vocabulary
}

type Weights = [f32; COLUMNS];

/// What one chain asks to be changed.
struct Gradient {
    kept: Vec<u32>,
    ends: Vec<u32>,
    tokens: Vec<Weights>,
    transitions: Box<Transitions>,
}

/// AdaGrad (Duchi, Hazan and Singer 2011) with feature dropout, averaged over the later half.
fn optimise(
    instances: &[Instance],
    features: usize,
    options: &Options,
) -> (Vec<Weights>, Transitions) {
    let mut weights = vec![[0.0f32; COLUMNS]; features];
    let mut squares = vec![[1e-2f32; COLUMNS]; features];
    let mut transitions: Transitions = [[0.0; LABELS]; LABELS];
    let mut transition_squares: Transitions = [[1e-1; LABELS]; LABELS];
    let mut average = vec![[0.0f32; COLUMNS]; features];
    let mut average_transitions: Transitions = [[0.0; LABELS]; LABELS];
    let mut averaged = 0.0;
    let mut order: Vec<u32> = (0..instances.len() as u32).collect();
    let mut random = 88_172_645_463_325_252u64;
    for epoch in 0..options.epochs {
        for i in (1..order.len()).rev() {
            let j = (next(&mut random) % (i as u64 + 1)) as usize;
            order.swap(i, j);
        }
        let rate = options.rate * (1.0 - 0.9 * epoch as f32 / options.epochs as f32);
        for batch in order.chunks(BATCH) {
            let chain = Chain::new(transitions);
            let gradients: Vec<Gradient> = batch
                .par_iter()
                .map(|&i| {
                    let seed = hash::pair(11, u64::from(epoch) + 1, u64::from(i) + 1) | 1;
                    gradient(
                        &instances[i as usize],
                        &weights,
                        &chain,
                        options.dropout,
                        seed,
                    )
                })
                .collect();
            for g in &gradients {
                let mut begin = 0;
                for (end, token) in g.ends.iter().zip(&g.tokens) {
                    for &feature in &g.kept[begin as usize..*end as usize] {
                        let (w, q) = (
                            &mut weights[feature as usize],
                            &mut squares[feature as usize],
                        );
                        for l in 0..COLUMNS {
                            let slope = token[l] + options.l2 * w[l];
                            q[l] += slope * slope;
                            w[l] -= rate * slope / q[l].sqrt();
                        }
                    }
                    begin = *end;
                }
                for a in 0..LABELS {
                    for b in 0..LABELS {
                        let slope = g.transitions[a][b];
                        if slope != 0.0 {
                            transition_squares[a][b] += slope * slope;
                            transitions[a][b] -=
                                rate * 0.3 * slope / transition_squares[a][b].sqrt();
                        }
                    }
                }
            }
        }
        if epoch * 2 >= options.epochs {
            for (sum, w) in average.iter_mut().flatten().zip(weights.iter().flatten()) {
                *sum += w;
            }
            for (sum, t) in average_transitions
                .iter_mut()
                .flatten()
                .zip(transitions.iter().flatten())
            {
                *sum += t;
            }
            averaged += 1.0;
        }
    }
    if averaged > 0.0 {
        average.iter_mut().flatten().for_each(|w| *w /= averaged);
        average_transitions
            .iter_mut()
            .flatten()
            .for_each(|t| *t /= averaged);
    }
    (average, average_transitions)
}

fn gradient(
    instance: &Instance,
    weights: &[Weights],
    chain: &Chain,
    dropout: f32,
    seed: u64,
) -> Gradient {
    let mut random = seed;
    let threshold = (f64::from(dropout) * 4_294_967_296.0) as u64;
    let scale = 1.0 / (1.0 - dropout);
    let mut kept = Vec::with_capacity(instance.features.len());
    let mut ends = Vec::with_capacity(instance.ends.len());
    let mut emissions: Vec<Scores> = Vec::with_capacity(instance.ends.len());
    let mut begin = 0;
    for &end in &instance.ends {
        let mut scores = [0.0; LABELS];
        for &feature in &instance.features[begin as usize..end as usize] {
            if next(&mut random) & 0xffff_ffff < threshold {
                continue;
            }
            kept.push(feature);
            for (score, weight) in scores[1..].iter_mut().zip(&weights[feature as usize]) {
                *score += weight;
            }
        }
        scores.iter_mut().for_each(|s| *s *= scale);
        emissions.push(scores);
        ends.push(kept.len() as u32);
        begin = end;
    }
    let mut lattice = Lattice::default();
    chain.run(&emissions, &mut lattice);
    let mut transitions = Box::new([[0.0; LABELS]; LABELS]);
    chain.transition_gradient(&lattice, &instance.labels, &mut transitions);
    transitions
        .iter_mut()
        .flatten()
        .for_each(|t| *t *= instance.weight);
    let tokens = lattice
        .marginal
        .iter()
        .zip(&instance.labels)
        .map(|(marginal, &gold)| {
            let mut row = [0.0; COLUMNS];
            for (l, slot) in row.iter_mut().enumerate() {
                let hit = f32::from(u8::from(l + 1 == gold as usize));
                *slot = (marginal[l + 1] - hit) * scale * instance.weight;
            }
            row
        })
        .collect();
    Gradient {
        kept,
        ends,
        tokens,
        transitions,
    }
}

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Word lists and clusters to be packed into a lexicon.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Kind (COUNTRY, ORG …) and phrase.
    pub phrases: Vec<(String, String)>,
    /// Kind (FIRST, TITLE …) and word.
    pub words: Vec<(String, String)>,
    /// Word and its clusters among 64, 512 and 2048.
    pub clusters: Vec<(String, [u16; 3])>,
}

/// Packs word lists; unknown kinds are passed over. `None` only if the clusters are too many.
pub fn lexicon(lists: &Lists) -> Option<Vec<u8>> {
    let mut phrases: BTreeMap<u64, u32> = BTreeMap::new();
    for (kind, phrase) in &lists.phrases {
        let Some(bit) = PHRASE_KINDS.iter().position(|k| k == kind) else {
            continue;
        };
        let tokens = tokens(phrase);
        let mut hash = 0;
        for (i, token) in tokens.iter().enumerate() {
            hash = extend(
                hash,
                hash::word(&phrase.as_bytes()[token.start as usize..token.end as usize]),
            );
            let mark = if i + 1 == tokens.len() {
                1 << bit
            } else {
                lexicon::prefix_mark()
            };
            *phrases.entry(hash).or_insert(0) |= mark;
        }
    }
    let mut words: BTreeMap<u64, u32> = BTreeMap::new();
    for (kind, word) in &lists.words {
        let Some(bit) = WORD_KINDS.iter().position(|k| k == kind) else {
            continue;
        };
        *words.entry(hash::word(word.as_bytes())).or_insert(0) |= 1 << bit;
    }
    let (clusters, rows) = clusters(&lists.clusters);
    let phrases: Vec<(u64, u32)> = phrases.into_iter().collect();
    let words: Vec<(u64, u32)> = words.into_iter().collect();
    lexicon::pack(&phrases, &words, &clusters, &rows)
}

/// Words that the tokenizer can produce, without those whose other spellings say the same.
fn clusters(list: &[(String, [u16; 3])]) -> (Vec<(u64, u32)>, Vec<[u16; 3]>) {
    let by_word: BTreeMap<&str, [u16; 3]> = list.iter().map(|(w, c)| (w.as_str(), *c)).collect();
    let mut rows: BTreeMap<[u16; 3], u32> = BTreeMap::new();
    let mut kept: Vec<(u64, [u16; 3])> = Vec::new();
    for (&word, &row) in &by_word {
        let found = tokens(word);
        let single = found.len() == 1 && found[0].end as usize == word.len() && found[0].start == 0;
        if !single || word.bytes().any(|b| b.is_ascii_digit()) {
            continue;
        }
        let lower = word.to_lowercase();
        if lower != word {
            let title = title_case(word);
            let other = (title != word && word.chars().count() > 4)
                .then(|| by_word.get(title.as_str()))
                .flatten()
                .or_else(|| by_word.get(lower.as_str()));
            if other == Some(&row) {
                continue;
            }
        }
        rows.insert(row, 0);
        kept.push((hash::word(word.as_bytes()), row));
    }
    for (number, slot) in rows.values_mut().enumerate() {
        *slot = number as u32;
    }
    kept.sort_unstable();
    kept.dedup_by_key(|k| k.0);
    let keyed = kept.iter().map(|(hash, row)| (*hash, rows[row])).collect();
    (keyed, rows.into_keys().collect())
}

const _: () = assert!(TYPES == 4);
