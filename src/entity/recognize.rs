//! The recogniser: an article's blocks → mentions.

use super::Mention;
use super::consistency;
use super::crf::{self, Lattice, Scores};
use super::datelines;
use super::document::{Casing, Document};
use super::features::{Group, in_context, neighbours, of_run, of_word, run_groups, word_groups};
use super::given::{self, Given, LESS_THAN_GIVEN};
use super::hash;
use super::languages;
use super::lexicon::{Lexicon, extend, kind};
use super::model::{KeptSums, Model, Sums};
use super::names;
use super::token::tokens;
use super::vetoes;
use crate::article::EntityKind;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) static LEXICON: &[u8] = include_bytes!("../../models/lexicon.bin");
static MODEL: &[u8] = include_bytes!("../../models/names.bin");

/// The recogniser with its model; loaded once, shared by threads.
#[derive(Debug)]
pub struct Recognizer {
    lexicon: Cow<'static, [u8]>,
    model: Model,
}

thread_local! {
    /// Sums of the shipped model's weights that were needed lately.
    static SUMS: std::cell::RefCell<Kept> = std::cell::RefCell::default();
}

/// Two kinds of sums, kept apart because words are many and would push the groups out.
///
/// Over 1,500 press releases 98 of 100 groups were found, and five of six words, the first time that each is
/// met counted.
#[derive(Debug)]
struct Kept {
    words: KeptSums,
    groups: KeptSums,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            words: KeptSums::new(15),
            groups: KeptSums::new(12),
        }
    }
}

/// A labelled span of words, before it becomes a [`Mention`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    /// First word and the one after the last.
    pub begin: usize,
    pub end: usize,
    /// Type as the model counts them; 3 is "other".
    pub kind: usize,
    pub confidence: f32,
}

/// A chain and what was read from its scores.
#[derive(Debug)]
pub(super) struct Reading {
    /// Range of [`Document::words`].
    pub chain: Range<usize>,
    /// Where its scores are in [`Readings`].
    pub scores: Range<usize>,
    pub casing: Casing,
    pub spans: Vec<Span>,
    /// Whether the article's other places moved its emissions.
    pub moved: bool,
}

/// An article's chains, their scores one after the other.
#[derive(Debug, Default)]
pub(super) struct Readings {
    pub list: Vec<Reading>,
    pub emissions: Vec<Scores>,
    pub marginals: Vec<Scores>,
}

impl Recognizer {
    /// The recogniser that ships in the binary; the model is unpacked at the first call.
    pub fn shipped() -> &'static Recognizer {
        static SHIPPED: LazyLock<Recognizer> = LazyLock::new(|| Recognizer {
            lexicon: Cow::Borrowed(LEXICON),
            model: Model::unpack(MODEL).unwrap_or_default(),
        });
        &SHIPPED
    }

    /// Hash of the lexicon and the model that ship: with others, the same text has other names.
    pub fn shipped_hash() -> u64 {
        use xxhash_rust::xxh3::xxh3_64;
        xxh3_64(LEXICON) ^ xxh3_64(MODEL).rotate_left(1)
    }

    /// A recogniser from a lexicon's and a model's bytes, as [`super::train`] writes them; `None` for others.
    pub fn from_bytes(lexicon: &[u8], model: &[u8]) -> Option<Self> {
        Lexicon::new(lexicon)?;
        Some(Self {
            lexicon: Cow::Owned(lexicon.to_vec()),
            model: Model::unpack(model)?,
        })
    }

    /// Finds the names of a whole article, given as consecutive blocks of text (title, passages …).
    ///
    /// Evidence and names are shared by all blocks. Returns one list of mentions a block, sorted by
    /// start, never overlapping. `lang` is an ISO 639 code; in languages other than English less is found,
    /// with less confidence, and nothing in other scripts than the Latin one.
    pub fn find(&self, blocks: &[&str], lang: &str) -> Vec<Vec<Mention>> {
        self.find_given(blocks, lang, &Given::default())
    }

    /// As [`Recognizer::find`]; where a given name stands, it wins over what is recognised there.
    pub fn find_given(&self, blocks: &[&str], lang: &str, given: &Given<'_>) -> Vec<Vec<Mention>> {
        let mut out = vec![Vec::new(); blocks.len()];
        let Some(lexicon) = Lexicon::new(&self.lexicon) else {
            return out;
        };
        let document = Document::new(blocks, &lexicon);
        let mut spans = self.spans(&document, blocks);
        if languages::is_english(lang) {
            vetoes::screen(&document, blocks, &mut spans);
        } else {
            spans = languages::screen(&document, blocks, lang, spans);
        }
        datelines::apply(&document, &mut spans);
        for span in spans {
            let entity = match span.kind {
                0 => EntityKind::Person,
                1 => EntityKind::Org,
                2 => EntityKind::Place,
                _ => continue,
            };
            let (first, last) = (&document.words[span.begin], &document.words[span.end - 1]);
            let block = first.block as usize;
            let (start, end) = (first.token.start, last.token.end);
            out[block].push(Mention {
                start,
                end,
                kind: entity,
                name: blocks[block][start as usize..end as usize].to_owned(),
                confidence: span.confidence.min(LESS_THAN_GIVEN),
            });
        }
        let listed = given.find(&document, blocks);
        for (found, listed) in out.iter_mut().zip(&listed) {
            given::replace(found, listed);
        }
        self.join_names(blocks, &mut out);
        given::rename(&mut out, &listed);
        for mention in out.iter_mut().flatten() {
            if given.vouches_for(&mention.name) {
                mention.confidence = 1.0;
            }
        }
        out
    }

    /// Sets each mention's `name` to the fullest name that the article gives it; `mentions` holds one list a
    /// block, sorted by start. An acronym that the article explains gets the kind of what it stands for.
    pub fn join_names(&self, blocks: &[&str], mentions: &mut [Vec<Mention>]) {
        names::join(blocks, mentions, &Lexicon::new(&self.lexicon));
    }

    /// Labels the article twice: first each chain by itself, then with what the first pass found elsewhere.
    fn spans(&self, document: &Document, blocks: &[&str]) -> Vec<Span> {
        match std::ptr::eq(self, Self::shipped()) {
            true => SUMS.with_borrow_mut(|kept| self.spans_with(document, blocks, kept)),
            false => self.spans_with(document, blocks, &mut Kept::default()),
        }
    }

    fn spans_with(
        &self,
        document: &Document,
        blocks: &[&str],
        Kept { words, groups }: &mut Kept,
    ) -> Vec<Span> {
        let mut readings = Readings::default();
        readings.list.reserve(document.chains.len());
        let mut hashes = Vec::with_capacity(128);
        let add = |sums: &mut Sums, more: &Sums| {
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum += more;
            }
        };
        for (chain, sentence) in &document.chains {
            let sentence = &document.sentences[*sentence as usize];
            let bounds = (sentence.words.start, sentence.words.end);
            let place = (bounds.0, bounds.1, sentence.casing as u64);
            let at = readings.emissions.len();
            let mut run = ((u32::MAX, u32::MAX), Sums::default());
            for i in chain.clone() {
                hashes.clear();
                in_context(document, i, bounds, &mut hashes);
                let mut sums = self.model.sums(&mut hashes);
                let mut of_group = |group: Group, hashes: &mut Vec<u32>, sums: &mut Sums| {
                    let more = groups.of_group(group, || {
                        hashes.clear();
                        group.features(hashes);
                        self.model.sums(hashes)
                    });
                    add(sums, more);
                };
                for group in word_groups(document, i, place).into_iter().flatten() {
                    of_group(group, &mut hashes, &mut sums);
                }
                let word = &document.words[i];
                if word.capital {
                    if word.run != run.0 {
                        hashes.clear();
                        of_run(document, word.run, bounds.1, &mut hashes);
                        run = (word.run, self.model.sums(&mut hashes));
                        for group in run_groups(document, word.run, bounds) {
                            of_group(group, &mut hashes, &mut run.1);
                        }
                    }
                    add(&mut sums, &run.1);
                }
                let text = document.slice(blocks, i);
                let around = neighbours(document, i, bounds);
                for (at, word) in around.into_iter().enumerate() {
                    let Some(word) = word else { continue };
                    let own = words.of_word(word, at, || {
                        hashes.clear();
                        of_word(word, text, at, &mut hashes);
                        self.model.sums(&mut hashes)
                    });
                    add(&mut sums, own);
                }
                readings.emissions.push(self.model.emission(&sums));
            }
            readings.list.push(Reading {
                chain: chain.clone(),
                scores: at..readings.emissions.len(),
                casing: sentence.casing,
                spans: Vec::new(),
                moved: true,
            });
        }
        let mut lattice = Lattice::default();
        self.label(&mut readings, &mut lattice);
        consistency::adjust(document, blocks, &mut readings);
        self.label(&mut readings, &mut lattice);
        readings.list.into_iter().flat_map(|r| r.spans).collect()
    }

    /// Fills marginals and spans of the readings that moved from their emissions.
    fn label(&self, readings: &mut Readings, lattice: &mut Lattice) {
        let Readings {
            list,
            emissions,
            marginals,
        } = readings;
        marginals.resize(emissions.len(), [0.0; crf::LABELS]);
        let chain = &self.model.chain;
        let mut labels = Vec::new();
        for reading in list.iter_mut().filter(|r| r.moved) {
            reading.moved = false;
            reading.spans.clear();
            let emissions = &emissions[reading.scores.clone()];
            chain.best(emissions, lattice, &mut labels);
            chain.run(emissions, lattice);
            marginals[reading.scores.clone()].copy_from_slice(&lattice.marginal);
            let mut at = 0;
            while at < labels.len() {
                let Some((kind, position)) = crf::parts(labels[at] as usize) else {
                    at += 1;
                    continue;
                };
                let mut end = at + 1;
                if position == 0 {
                    while end < labels.len()
                        && crf::parts(labels[end] as usize).is_some_and(|(_, p)| p == 1)
                    {
                        end += 1;
                    }
                    end = (end + 1).min(labels.len());
                }
                reading.spans.push(Span {
                    begin: reading.chain.start + at,
                    end: reading.chain.start + end,
                    kind,
                    confidence: chain.span(lattice, at, &labels[at..end]),
                });
                at = end;
            }
        }
    }
}

impl names::Known for Option<Lexicon<'_>> {
    fn is_given(&self, word: &str) -> bool {
        let kinds = self.and_then(|l| l.word(hash::word(word.as_bytes())));
        kinds.is_some_and(|kinds| kinds & kind::FIRST != 0)
    }

    fn is_club(&self, name: &str) -> bool {
        let hash = tokens(name).iter().fold(0, |h, t| {
            extend(
                h,
                hash::word(&name.as_bytes()[t.start as usize..t.end as usize]),
            )
        });
        self.is_some_and(|l| l.phrase(hash).0 & kind::CLUB != 0)
    }
}
