//! The second stage of ranking: everything that the pruned first stage cannot see, exactly, over
//! the candidates that it left.
//!
//! The score of an article is BM25 over the whole article with its title counted as further
//! occurrences; of a passage, the same over the passage; both are mixed. Pairs of query words that
//! stand together add a little (the sequential dependence model: D. Metzler and W. B. Croft, *A Markov
//! random field model for term dependencies*, SIGIR 2005). Time, where the query has one, multiplies.

use super::columns::Zone;
use super::evidence::{ArticleEvidence, PassageEvidence};
use super::plan::Scored;

/// The parameters of ranking. The defaults are the one configuration that is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// BM25 saturation and length normalisation (S. Robertson and H. Zaragoza, 2009).
    pub k1: f32,
    pub b: f32,
    /// How many occurrences in the body one in the title is worth.
    pub title: f32,
    pub heading: f32,
    /// The same for one in the first passage.
    pub lede: f32,
    /// Share of the article's score in a passage's, and of the best passage's in an article's.
    pub article_share: f32,
    /// Weight of a pair side by side in order, and of a pair within [`WINDOW`] words.
    pub ordered_pair: f32,
    pub window_pair: f32,
    /// Weight of a function word beside content words.
    pub stop_word: f32,
    /// Added for a word that stands in the exact spelling typed, as a share of its weight.
    pub exact: f32,
    /// How much a match of the query's dates may add, as a factor.
    pub about: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            k1: 1.2,
            b: 0.7,
            title: 3.0,
            heading: 1.0,
            lede: 1.2,
            article_share: 0.7,
            ordered_pair: 0.05,
            window_pair: 0.05,
            stop_word: 0.2,
            exact: 0.15,
            about: 1.0,
        }
    }
}

/// Words between which two query words count as together.
pub const WINDOW: u32 = 8;

/// What the archive says of the query's words.
pub struct Collection {
    /// Inverse document frequency of each scored word, over passages.
    pub idf: Vec<f32>,
    pub average_passage_words: f32,
    pub average_article_words: f32,
}

/// `ln(1 + (N − n + 0.5) / (n + 0.5))`, as in Lucene: never negative.
pub fn idf(holding: u64, all: u64) -> f32 {
    let (n, all) = (holding as f32, all.max(holding) as f32);
    (1.0 + (all - n + 0.5) / (n + 0.5)).ln()
}

/// Scores the candidates of one search.
pub struct Ranker<'a> {
    pub weights: Weights,
    pub words: &'a [Scored],
    pub collection: &'a Collection,
}

/// A score in its parts, for `--explain`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// What each word gave, in query order.
    pub words: Vec<f32>,
    pub pairs: f32,
}

impl Parts {
    pub fn total(&self) -> f32 {
        self.words.iter().sum::<f32>() + self.pairs
    }
}

/// Occurrences of each word and pair, weighted by where they stand.
struct Counts {
    words: Vec<f32>,
    exact: Vec<bool>,
    ordered: Vec<f32>,
    window: Vec<f32>,
    length: f32,
}

impl Ranker<'_> {
    /// The score of the whole article, and of each of its passages, in order.
    pub fn score(&self, article: &ArticleEvidence) -> (Parts, Vec<Parts>) {
        let n = self.words.len();
        let mut whole = Counts::new(n);
        let mut passages = Vec::with_capacity(article.passages.len());
        for (ordinal, passage) in article.passages.iter().enumerate() {
            let mut own = Counts::new(n);
            self.count_zone(
                passage,
                Zone::Text,
                if ordinal == 0 { self.weights.lede } else { 1.0 },
                &mut own,
            );
            own.length = passage.zones.words as f32;
            whole.add(&own);
            let mut title = Counts::new(n);
            self.count_zone(passage, Zone::Title, self.weights.title, &mut title);
            if ordinal == 0 {
                // The title stands in every passage, and once in the article.
                whole.add(&title);
            }
            own.add(&title);
            let mut heading = Counts::new(n);
            self.count_zone(passage, Zone::Heading, self.weights.heading, &mut heading);
            if starts_section(article, ordinal) {
                // Like the title: in every passage of its section, and once in the article.
                whole.add(&heading);
            }
            own.add(&heading);
            passages.push(self.parts(&own, self.collection.average_passage_words));
        }
        (
            self.parts(&whole, self.collection.average_article_words),
            passages,
        )
    }

    fn count_zone(&self, passage: &PassageEvidence, zone: Zone, weight: f32, out: &mut Counts) {
        let spots: Vec<_> = passage.in_zone(zone).collect();
        for spot in &spots {
            out.words[usize::from(spot.word)] += weight;
        }
        if zone == Zone::Text {
            for &(word, exact) in &passage.bare {
                if exact {
                    out.exact[usize::from(word)] = true;
                } else {
                    out.words[usize::from(word)] += weight;
                }
            }
        }
        for (i, left) in spots.iter().enumerate() {
            for right in &spots[i + 1..] {
                let distance = right.position - left.position;
                if distance > WINDOW {
                    break;
                }
                let (low, high) = (left.word.min(right.word), left.word.max(right.word));
                if high != low + 1 || distance == 0 {
                    continue;
                }
                let pair = usize::from(low);
                out.window[pair] += weight;
                if left.word == low && distance == 1 {
                    out.ordered[pair] += weight;
                }
            }
        }
    }

    fn parts(&self, counts: &Counts, average: f32) -> Parts {
        let w = &self.weights;
        let norm = w.k1 * (1.0 - w.b + w.b * counts.length / average.max(1.0));
        let saturated = |count: f32| count * (w.k1 + 1.0) / (count + norm);
        let weight = |n: usize| self.words[n].weight;
        let mut parts = Parts::default();
        for (n, &count) in counts.words.iter().enumerate() {
            let mut score = 0.0;
            if count > 0.0 {
                score = weight(n) * self.collection.idf[n] * saturated(count);
                if counts.exact[n] {
                    score *= 1.0 + w.exact;
                }
            }
            parts.words.push(score);
        }
        for n in 0..self.words.len().saturating_sub(1) {
            let rarity = (self.collection.idf[n] * weight(n))
                .min(self.collection.idf[n + 1] * weight(n + 1));
            for (count, share) in [
                (counts.ordered[n], w.ordered_pair),
                (counts.window[n], w.window_pair),
            ] {
                if count > 0.0 {
                    parts.pairs += 2.0 * share * rarity * saturated(count);
                }
            }
        }
        parts
    }
}

/// Whether a passage is the first below its heading, as far as the query's words tell: the one before
/// has none of them, or others, in its own.
fn starts_section(article: &ArticleEvidence, ordinal: usize) -> bool {
    let words = |n: usize| article.passages[n].in_zone(Zone::Heading).map(|s| s.word);
    match ordinal.checked_sub(1) {
        None => true,
        Some(before) => !words(before).eq(words(ordinal)),
    }
}

impl Counts {
    fn new(words: usize) -> Self {
        Self {
            words: vec![0.0; words],
            exact: vec![false; words],
            ordered: vec![0.0; words],
            window: vec![0.0; words],
            length: 0.0,
        }
    }

    fn add(&mut self, other: &Self) {
        for (to, from) in [
            (&mut self.words, &other.words),
            (&mut self.ordered, &other.ordered),
            (&mut self.window, &other.window),
        ] {
            for (to, from) in to.iter_mut().zip(from) {
                *to += from;
            }
        }
        for (to, from) in self.exact.iter_mut().zip(&other.exact) {
            *to |= from;
        }
        self.length += other.length;
    }
}
