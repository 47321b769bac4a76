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
use super::request::Unit;
use super::words::Words;
use crate::query::Span;

/// The parameters of ranking. The defaults are the one configuration that is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// BM25 saturation and length normalisation (S. Robertson and H. Zaragoza, 2009).
    pub k1: f32,
    pub b: f32,
    /// The same as `b` for one passage. The title stands in every passage of its article, so that a
    /// headline's words alone would find the shortest. Right passage first, of 229 words-of-a-sentence
    /// queries over Wikinews and 450 over press releases: .908 and .844 at .7, .912 and .842 at .4.
    pub passage_b: f32,
    /// How many occurrences in the body one in the title is worth.
    pub title: f32,
    pub heading: f32,
    /// What an article's first word is worth beyond 1; further on it falls by half in 14 words. A report
    /// says in its first sentence what it is about, whether or not it has a title. nDCG@10 with this and
    /// with a fifth more for the whole first passage, on topics that were held back: articles without
    /// titles .950 and .937, in capitals .968 and .949, 200 press releases .943 and .930.
    pub lede: f32,
    /// Share of the article's score in a passage's, and of the best passage's in an article's.
    pub article_share: f32,
    /// Weight of a pair in its order and distance, and of a pair within [`WINDOW`] words.
    pub ordered_pair: f32,
    pub window_pair: f32,
    /// Weight of a function word beside content words.
    pub stop_word: f32,
    /// What a number or month weighs that writes a date, beside other words: that something speaks of
    /// those days counts by itself, and most news of any year holds the year's number. Of 568 dated
    /// questions over press releases nDCG@10 is .928 at .35, .933 at .25 and .15, the answer in the first
    /// passage .810, .819, .827; MAP@5 of 798 claims .870, .870, .867.
    pub date_word: f32,
    /// Added for a word that stands in the exact spelling typed, as a share of its weight.
    pub exact: f32,
    /// How much a match of the query's dates may add, as a factor.
    pub about: f32,
    /// How many candidates the second stage looks at, at least.
    ///
    /// MAP@5 over 798 claims: .8679 at 40, .8695 at 60, .8702 at 100, .8698 at 200 and 400; nothing
    /// moves from 40 on over 645 known items and topics of Wikinews and of press releases.
    pub depth: usize,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            k1: 1.2,
            b: 0.7,
            passage_b: 0.4,
            title: 3.0,
            heading: 1.0,
            lede: 1.5,
            article_share: 0.7,
            ordered_pair: 0.075,
            window_pair: 0.05,
            stop_word: 0.2,
            date_word: 0.25,
            exact: 0.15,
            about: 1.0,
            depth: 100,
        }
    }
}

/// Words in which [`Weights::lede`] falls to 1/e.
const LEDE_WORDS: f32 = 20.0;

/// Words between which two query words count as together.
pub const WINDOW: u32 = 8;

/// `ln(1 + (N − n + 0.5) / (n + 0.5))`, as in Lucene: never negative.
pub fn idf(holding: u64, all: u64) -> f32 {
    let (n, all) = (holding as f32, all.max(holding) as f32);
    (1.0 + (all - n + 0.5) / (n + 0.5)).ln()
}

/// Scores the candidates of one search; keeps its buffers from article to article.
pub struct Ranker {
    weights: Weights,
    /// By word its weight and its weight times rarity.
    words: Vec<(f32, f32)>,
    pairs: Vec<Pair>,
    /// [`Weights::lede`] within a passage's own score.
    passage_lede: f32,
    average_passage_words: f32,
    average_article_words: f32,
    whole: Counts,
    own: Counts,
    zone: Counts,
}

/// Two content words that follow each other in the query, with nothing but function words between.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pair {
    left: u16,
    right: u16,
    /// Words from the one to the other as typed: 2 in "war in Iraq".
    distance: u32,
}

/// The pairs of a query in its order; of a query of function words alone, all neighbours.
/// Words that stand nowhere in it (of `--expand`, of an article) follow each other by weight: they make none.
///
/// Neighbours alone would pair "war" with "in" and "in" with "Iraq": over 568 dated questions about
/// press releases nDCG@10 is .872 with them, .879 with these, .884 at a weight of .075 in place of .05.
fn pairs(scored: &[Scored]) -> Vec<Pair> {
    let number = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let stands_in_query = |word: &Scored| word.span != Span::default();
    let content =
        (0..scored.len()).filter(|&n| !scored[n].is_function && stands_in_query(&scored[n]));
    let content: Vec<usize> = content.collect();
    let pair = |two: &[usize]| Pair {
        left: number(two[0]),
        right: number(two[1]),
        distance: number(two[1] - two[0]).into(),
    };
    content.windows(2).map(pair).collect()
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

impl Ranker {
    /// A ranker of such units for one query, over an archive of so many articles.
    pub fn new(weights: Weights, words: &Words<'_>, articles: u64, unit: Unit) -> Self {
        let n = words.scored.len();
        // The lede tells what an article is about. Which of its passages answers is another matter: right
        // passage first, of 309 dated questions over Wikinews, .880 with the lede counted and .896 without.
        let passage_lede = match unit {
            Unit::Article => weights.lede,
            Unit::Passage => 0.0,
        };
        Self {
            weights,
            words: (0..n)
                .map(|n| (words.scored[n].weight, words.idf(n)))
                .collect(),
            pairs: pairs(words.scored),
            passage_lede,
            average_passage_words: words.average_passage_words(),
            average_article_words: words.tokens as f32 / articles.max(1) as f32,
            whole: Counts::new(n),
            own: Counts::new(n),
            zone: Counts::new(n),
        }
    }

    /// The score of the whole article.
    pub fn article(&mut self, article: &ArticleEvidence<'_>) -> Parts {
        let weights = self.weights;
        self.whole.clear();
        for ordinal in 0..article.len() {
            let passage = article.passage(ordinal);
            self.whole.length += passage.zones.words as f32;
            if passage.spots.is_empty() && passage.bare.is_empty() {
                continue;
            }
            let worth = Worth::in_text(weights.lede, ordinal);
            self.zone.count(&self.pairs, &passage, Zone::Text, worth);
            self.whole.add(&self.zone);
            if ordinal == 0 {
                // The title stands in every passage, and once in the article.
                let worth = Worth::even(weights.title);
                self.zone.count(&self.pairs, &passage, Zone::Title, worth);
                self.whole.add(&self.zone);
            }
            if starts_section(article, ordinal) {
                // Like the title: in every passage of its section, and once in the article.
                let worth = Worth::even(weights.heading);
                self.zone.count(&self.pairs, &passage, Zone::Heading, worth);
                self.whole.add(&self.zone);
            }
        }
        self.parts(&self.whole, self.average_article_words, weights.b)
    }

    /// The score of one of its passages alone.
    pub fn passage(&mut self, article: &ArticleEvidence<'_>, ordinal: usize) -> Parts {
        let weights = self.weights;
        let passage = article.passage(ordinal);
        self.own.clear();
        self.own.length = passage.zones.words as f32;
        for (zone, worth) in [
            (Zone::Text, Worth::in_text(self.passage_lede, ordinal)),
            (Zone::Title, Worth::even(weights.title)),
            (Zone::Heading, Worth::even(weights.heading)),
        ] {
            self.zone.count(&self.pairs, &passage, zone, worth);
            self.own.add(&self.zone);
        }
        self.parts(&self.own, self.average_passage_words, weights.passage_b)
    }

    /// The best of its passages, the first among equals, and its score.
    pub fn best_passage(&mut self, article: &ArticleEvidence<'_>) -> (usize, f32) {
        let mut best = (0, 0.0);
        for ordinal in 0..article.len() {
            let passage = article.passage(ordinal);
            if passage.spots.is_empty() && passage.bare.is_empty() {
                continue;
            }
            let score = self.passage(article, ordinal).total();
            if score > best.1 {
                best = (ordinal, score);
            }
        }
        best
    }

    fn parts(&self, counts: &Counts, average: f32, b: f32) -> Parts {
        let w = &self.weights;
        let norm = w.k1 * (1.0 - b + b * counts.length / average.max(1.0));
        let saturated = |count: f32| count * (w.k1 + 1.0) / (count + norm);
        let mut parts = Parts {
            words: Vec::with_capacity(self.words.len()),
            pairs: 0.0,
        };
        for (n, &count) in counts.words.iter().enumerate() {
            let mut score = 0.0;
            if count > 0.0 {
                let (weight, idf) = self.words[n];
                score = weight * idf * saturated(count);
                if counts.exact[n] {
                    score *= 1.0 + w.exact;
                }
            }
            parts.words.push(score);
        }
        let rarity = |word: u16| {
            let (weight, idf) = self.words[usize::from(word)];
            weight * idf
        };
        for (n, pair) in self.pairs.iter().enumerate() {
            let rarity = rarity(pair.left).min(rarity(pair.right));
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

/// How many occurrences one is worth by where it stands.
#[derive(Clone, Copy)]
struct Worth {
    base: f32,
    /// What the first word is worth beyond `base`.
    lede: f32,
}

impl Worth {
    fn even(base: f32) -> Self {
        Self { base, lede: 0.0 }
    }

    /// In a passage's text. What is left of the lede's weight after the first passage is nothing.
    fn in_text(lede: f32, ordinal: usize) -> Self {
        let lede = if ordinal == 0 { lede } else { 0.0 };
        Self { base: 1.0, lede }
    }

    fn at(self, position: u32) -> f32 {
        if self.lede == 0.0 {
            return self.base;
        }
        self.base + self.lede * (-(position as f32) / LEDE_WORDS).exp()
    }
}

/// Whether a passage is the first below its heading, as far as the query's words tell: the one before
/// has none of them, or others, in its own.
fn starts_section(article: &ArticleEvidence<'_>, ordinal: usize) -> bool {
    let words = |n: usize| {
        let heading = article.passage(n).in_zone(Zone::Heading);
        heading.iter().map(|s| s.word)
    };
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

    fn clear(&mut self) {
        self.words.fill(0.0);
        self.exact.fill(false);
        self.ordered.fill(0.0);
        self.window.fill(0.0);
        self.length = 0.0;
    }

    /// Counts what stands in one zone of a passage, and nothing else.
    fn count(&mut self, pairs: &[Pair], passage: &PassageEvidence<'_>, zone: Zone, worth: Worth) {
        self.clear();
        let spots = passage.in_zone(zone);
        for spot in spots {
            self.words[usize::from(spot.word)] += worth.at(spot.position);
        }
        if zone == Zone::Text {
            for bare in passage.bare {
                if bare.is_exact {
                    self.exact[usize::from(bare.word)] = true;
                } else {
                    self.words[usize::from(bare.word)] += worth.base;
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
                if distance == 0 || low == high {
                    continue;
                }
                let Ok(n) = pairs.binary_search_by_key(&(low, high), |p| (p.left, p.right)) else {
                    continue;
                };
                let worth = worth.at(left.position);
                self.window[n] += worth;
                if left.word == low && (distance == 1 || distance == pairs[n].distance) {
                    self.ordered[n] += worth;
                }
            }
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
    }
}
