//! Background for an article, and queries that grow from what they find.
//!
//! Both are lists of weighted words. For an article they are its own, by frequency and rarity, with
//! the title's counted several times (the background linking task of TREC News, 2018–2021, in which
//! weighted terms of the whole article were the strongest simple run). For `--expand` they are those
//! of the first hits: RM3 (N. Abdul-Jaleel et al., *UMass at TREC 2004*), with 3 documents, 20 words
//! and .7 of the weight left to the words typed, which helped on queries for all stories of an event.

use super::hits;
use super::plan::{Plan, Scored};
use super::request::{SearchRequest, SearchResults, Shown, Unit};
use super::view::View;
use crate::analyze::{self, Analyzer, Lang, Tokens};
use crate::article::Article;
use crate::error::Result;
use crate::query::{Axis, Kind, Node, Query, Span};
use rustc_hash::FxHashMap;
use tantivy::Term;

/// Words that stand for an article.
const ARTICLE_WORDS: usize = 40;
/// Occurrences that one in the title is worth.
const TITLE_OCCURRENCES: u32 = 6;
/// Articles that expansion takes its words from.
const EXPANSION_ARTICLES: usize = 3;
/// Words that expansion adds.
const EXPANSION_WORDS: usize = 20;
/// Share of the weight that the words typed keep.
const ORIGINAL_SHARE: f32 = 0.7;

/// A word of a text with its share of the text's weight.
struct Weighted {
    stem: String,
    label: String,
    weight: f32,
}

/// `query`, and nothing later than an article whose day is known.
pub(crate) fn written_before(article: &Article, query: &Query) -> Query {
    let Some(published) = &article.published else {
        return query.clone();
    };
    let (_, last) = published.days();
    query.clone().and(Node {
        span: Span::default(),
        kind: Kind::Dates {
            axis: Axis::Published,
            from: None,
            to: Some(last),
            text: format!("..{last}"),
        },
    })
}

impl View {
    /// Articles like `article`, written before it where its day is known; not itself nor its copies.
    ///
    /// `request` gives filters, unit, limit and so on; its query restricts what is found.
    pub fn related(&self, article: &Article, request: &SearchRequest) -> Result<SearchResults> {
        let mut request = request.clone();
        request.query = written_before(article, &request.query);
        let own = self.copies_of(&article.id)?;
        self.search_words(&request, self.words_for(article)?, own)
    }

    /// Adds the words of the best hits to a request's own.
    pub(crate) fn expanded(
        &self,
        request: &SearchRequest,
        words: &[Scored],
    ) -> Result<Vec<Scored>> {
        let mut first = request.clone();
        first.expand = false;
        first.explain = false;
        first.unit = Unit::Article;
        first.limit = EXPANSION_ARTICLES;
        first.offset = 0;
        first.shown = Shown::PLACE;
        let found = self.search(&first)?;
        let mut articles = Vec::new();
        for hit in &found.hits {
            articles.extend(self.article(&hit.article)?);
        }
        let articles: Vec<&Article> = articles.iter().collect();
        let mut all: Vec<Scored> = words.to_vec();
        let total: f32 = all.iter().map(|w| w.weight).sum();
        for word in &mut all {
            word.weight *= ORIGINAL_SHARE;
        }
        let added = self.words_of(&articles, EXPANSION_WORDS)?;
        for word in scored(self, added, total * (1.0 - ORIGINAL_SHARE)) {
            match all.iter_mut().find(|w| w.terms.contains(&word.terms[0])) {
                Some(same) => same.weight += word.weight,
                None => all.push(word),
            }
        }
        Ok(all)
    }

    /// The terms whose frequency ranking by these articles asks for.
    pub fn terms_of(&self, articles: &[&Article]) -> Vec<Term> {
        let term = |stem: &String| Term::from_field_text(self.fields.text, stem);
        counted(articles).keys().map(term).collect()
    }

    /// The words that [`related`](Self::related) ranks by.
    pub fn words_for(&self, article: &Article) -> Result<Vec<Scored>> {
        let words = self.words_of(&[article], ARTICLE_WORDS)?;
        Ok(scored(self, words, 1.0))
    }

    /// The heaviest words of some articles; weights sum to 1.
    fn words_of(&self, articles: &[&Article], most: usize) -> Result<Vec<Weighted>> {
        let counts = counted(articles);
        let documents = self.documents();
        let mut weighted = Vec::with_capacity(counts.len());
        for (stem, (count, label)) in counts {
            let term = Term::from_field_text(self.fields.text, &stem);
            let holding = self.doc_freq(&term)?;
            if holding == 0 {
                continue;
            }
            let weight = weight(count, super::rank::idf(holding, documents));
            weighted.push(Weighted {
                stem,
                label,
                weight,
            });
        }
        weighted.sort_by(|a, b| {
            b.weight
                .total_cmp(&a.weight)
                .then_with(|| a.stem.cmp(&b.stem))
        });
        weighted.truncate(most);
        let sum: f32 = weighted.iter().map(|w| w.weight).sum();
        for word in &mut weighted {
            word.weight /= sum.max(f32::MIN_POSITIVE);
        }
        Ok(weighted)
    }

    /// The keys of the record with this id and of its copies.
    fn copies_of(&self, id: &str) -> Result<Vec<u64>> {
        let Some((segment, doc)) = self.first_passage(id)? else {
            return Ok(Vec::new());
        };
        let columns = self.columns(segment as usize)?;
        let Some(key) = columns.key.first(doc) else {
            return Ok(Vec::new());
        };
        Ok(match self.families.family(key) {
            Some(family) => self.families.members(family).collect(),
            None => vec![key],
        })
    }

    /// The keys of articles like one of the archive, for `like:`.
    pub(super) fn keys_like(&self, id: &str) -> Result<Vec<u64>> {
        let Some(article) = self.article(id)? else {
            return Ok(Vec::new());
        };
        let mut request = SearchRequest::new(Query::all(), String::new(), jiff::Timestamp::MAX);
        request.unit = Unit::Article;
        request.limit = LIKE_ARTICLES;
        request.shown = Shown::PLACE;
        let words = self.words_of(&[&article], ARTICLE_WORDS)?;
        let own = self.copies_of(id)?;
        let found = self.search_words(&request, scored(self, words, 1.0), own)?;
        let mut keys = Vec::with_capacity(found.hits.len());
        for hit in &found.hits {
            if let Some((segment, doc)) = self.first_passage(&hit.article)? {
                keys.extend(self.columns(segment as usize)?.key.first(doc));
            }
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// The article with this id, put together from its passages.
    pub fn article(&self, id: &str) -> Result<Option<Article>> {
        Ok(self
            .article_with_passages(id)?
            .map(|(head, passages)| super::document::reassemble(&head, &passages)))
    }

    /// The head and the passages of the article with this id.
    pub fn article_with_passages(
        &self,
        id: &str,
    ) -> Result<Option<(super::document::Head, Vec<crate::passage::Passage>)>> {
        let Some((segment, first)) = self.first_passage(id)? else {
            return Ok(None);
        };
        let head = hits::head(self, segment, first)?;
        let mut passages = Vec::with_capacity(head.passages as usize);
        for doc in first..first.saturating_add(head.passages) {
            passages.push(hits::stored(self, segment, doc)?.passage);
        }
        Ok(Some((head, passages)))
    }

    /// Where the article with this id begins.
    fn first_passage(&self, id: &str) -> Result<Option<(u32, tantivy::DocId)>> {
        use tantivy::DocSet;
        let term = Term::from_field_text(self.fields.id, id);
        for (ord, reader) in self.searcher.segment_readers().iter().enumerate() {
            let inverted = reader.inverted_index(self.fields.id)?;
            let Some(mut docs) = inverted
                .read_postings(&term, tantivy::schema::IndexRecordOption::Basic)
                .map_err(tantivy::TantivyError::from)?
            else {
                continue;
            };
            while docs.doc() != tantivy::TERMINATED {
                if !reader.is_deleted(docs.doc()) {
                    return Ok(Some((u32::try_from(ord).unwrap_or(u32::MAX), docs.doc())));
                }
                docs.advance();
            }
        }
        Ok(None)
    }
}

/// What a word weighs that stands so often in the articles that speak for it.
///
/// BM25 multiplies by rarity once more when it looks for the word, hence the root of it here. nDCG@10 of
/// the articles on an article's topic, on those held back, with `ln` and rarity as they are and with
/// these: .882 and .909 over Wikinews, .167 and .175 over press releases that name the same bills or places;
/// .722 and .728 by the likeness that readers saw between 50 news items.
fn weight(count: u32, rarity: f32) -> f32 {
    (1.0 + (count as f32).ln()).powi(2) * rarity.sqrt()
}

/// How often each stem stands in the articles, a title's counted as several, and a form of it; no
/// function words and numbers.
fn counted(articles: &[&Article]) -> FxHashMap<String, (u32, String)> {
    let mut analyzer = Analyzer::default();
    let mut tokens = Tokens::default();
    let mut counts: FxHashMap<String, (u32, String)> = FxHashMap::default();
    for article in articles {
        let lang = article
            .lang
            .as_deref()
            .and_then(Lang::new)
            .unwrap_or(Lang::ENGLISH);
        let body = article.text();
        let title = article.title.as_deref().unwrap_or("");
        for (text, occurrences) in [(title, TITLE_OCCURRENCES), (body.as_str(), 1)] {
            analyzer.tokenize(text, lang, &mut tokens);
            for token in &tokens.list {
                let surface = tokens.surface(token);
                let is_number = surface.bytes().all(|b| b.is_ascii_digit());
                if surface.len() < 2 || is_number || analyze::is_stop_word(surface, lang) {
                    continue;
                }
                let slot = counts
                    .entry(tokens.stem(token).to_owned())
                    .or_insert_with(|| (0, surface.to_owned()));
                slot.0 += occurrences;
            }
        }
    }
    counts
}

/// How many articles `like:` stands for.
const LIKE_ARTICLES: usize = 100;

fn scored(view: &View, words: Vec<Weighted>, total: f32) -> Vec<Scored> {
    words
        .into_iter()
        .map(|word| Scored {
            label: word.label,
            span: Span::default(),
            terms: vec![Term::from_field_text(view.fields.text, &word.stem)],
            exact: None,
            weight: word.weight * total,
            is_function: false,
            in_phrase: true,
            forms: None,
        })
        .collect()
}

/// What weighted words match: any of them, but not the records left out.
pub(super) fn any_of(words: &[Scored], without: Vec<u64>, also: Plan) -> Plan {
    let terms = words.iter().flat_map(|w| w.terms.iter().cloned()).collect();
    let mut all = vec![Plan::Terms(terms)];
    if !matches!(also, Plan::All) {
        all.push(also);
    }
    if !without.is_empty() {
        all.push(Plan::Not(Box::new(Plan::Keys(without))));
    }
    Plan::And(all)
}
