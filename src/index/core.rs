//! Queries that are lists of words: what can be pruned, with filters tried on what is left.

use super::docsets::Docs;
use super::matching::{Segment, published_between};
use super::plan::{Plan, Scored};
use super::request::Unit;
use super::words::Words;
use crate::date;
use crate::error::Result;
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::query::{
    Bm25StatisticsProvider, BooleanQuery, BoostQuery, EnableScoring, Occur, Query, TermQuery,
    Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Searcher, Term};

/// A union or intersection of words, and what else must hold.
pub struct Core {
    pub is_union: bool,
    pub gates: Vec<Plan>,
}

impl Core {
    pub fn of(plan: &Plan, words: &[Scored], unit: Unit) -> Option<Self> {
        let scored: FxHashSet<&Term> = words.iter().flat_map(|w| &w.terms).collect();
        let members = match plan {
            Plan::And(plans) => plans.as_slice(),
            other => std::slice::from_ref(other),
        };
        // A union: one member holds just the words that are scored.
        for (n, member) in members.iter().enumerate() {
            if let Some(terms) = union_terms(member)
                && terms.iter().copied().collect::<FxHashSet<_>>() == scored
            {
                let mut gates = members.to_vec();
                gates.remove(n);
                return Some(Self {
                    is_union: true,
                    gates,
                });
            }
        }
        // An intersection: each word is a member of its own. Over an article the words may stand in
        // different passages, which no intersection of passages finds.
        if unit == Unit::Article || words.iter().any(|w| w.terms.len() != 1) {
            return None;
        }
        let (demanded, gates): (Vec<_>, Vec<_>) = members.iter().cloned().partition(|member| {
            matches!(member, Plan::Terms(terms) if terms.len() == 1 && scored.contains(&terms[0]))
        });
        (demanded.len() == words.len()).then_some(Self {
            is_union: false,
            gates,
        })
    }

    /// The filters in one segment.
    pub fn open(&self, segment: &Segment<'_>) -> Result<Gates> {
        let gates: Result<Vec<Gate>> = self.gates.iter().map(|g| Gate::open(segment, g)).collect();
        Ok(Gates(gates?))
    }

    /// The words of an intersection as tantivy's query, whose scorers prune.
    pub fn weight(&self, searcher: &Searcher, words: &Words<'_>) -> Result<Box<dyn Weight>> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for word in words.scored {
            for term in &word.terms {
                let query = Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs));
                clauses.push((
                    Occur::Must,
                    if word.weight == 1.0 {
                        query
                    } else {
                        Box::new(BoostQuery::new(query, word.weight))
                    },
                ));
            }
        }
        let query: Box<dyn Query> = if clauses.len() == 1 {
            clauses.remove(0).1
        } else {
            Box::new(BooleanQuery::new(clauses))
        };
        let statistics = Statistics::new(words);
        let scoring = EnableScoring::enabled_from_statistics_provider(&statistics, searcher);
        Ok(query.weight(scoring)?)
    }
}

/// The terms of a plan that matches whatever holds one of them.
pub fn union_terms(plan: &Plan) -> Option<Vec<&Term>> {
    match plan {
        Plan::Terms(terms) => Some(terms.iter().collect()),
        Plan::Or(plans) => {
            let mut all = Vec::new();
            for plan in plans {
                let Plan::Terms(terms) = plan else {
                    return None;
                };
                all.extend(terms);
            }
            Some(all)
        }
        _ => None,
    }
}

/// Filters that are tried on documents in ascending order.
pub struct Gates(Vec<Gate>);

impl Gates {
    #[inline]
    pub fn let_through(&mut self, segment: &Segment<'_>, doc: DocId) -> bool {
        self.0
            .iter_mut()
            .all(|gate| gate.lets_through(segment, doc))
    }
}

/// A filter that is tried on documents in ascending order.
enum Gate {
    Published(i64, i64),
    Undated,
    Docs { docs: Docs, negated: bool },
}

impl Gate {
    fn open(segment: &Segment<'_>, plan: &Plan) -> Result<Self> {
        Ok(match plan {
            Plan::Published(from, to) => Self::Published(
                from.map_or(i64::MIN, |d| i64::from(date::day_number(d))),
                to.map_or(i64::MAX, |d| i64::from(date::day_number(d))),
            ),
            Plan::Undated => Self::Undated,
            Plan::Not(inner) => Self::Docs {
                docs: segment.docs(inner)?,
                negated: true,
            },
            other => Self::Docs {
                docs: segment.docs(other)?,
                negated: false,
            },
        })
    }

    fn lets_through(&mut self, segment: &Segment<'_>, doc: DocId) -> bool {
        match self {
            Self::Published(from, to) => published_between(&segment.columns, doc, *from, *to),
            Self::Undated => segment.columns.first_day.first(doc).is_none(),
            Self::Docs { docs, negated } => {
                let unit = match segment.unit {
                    Unit::Passage => doc,
                    Unit::Article => segment.columns.head(doc),
                };
                if docs.doc() < unit {
                    docs.seek(unit);
                }
                (docs.doc() == unit) != *negated
            }
        }
    }
}

/// Collection statistics in which all stems of one word share one document frequency.
struct Statistics {
    passages: u64,
    tokens: u64,
    holding: FxHashMap<Term, u64>,
}

impl Statistics {
    fn new(words: &Words<'_>) -> Self {
        let mut holding = FxHashMap::default();
        for (word, &passages) in words.scored.iter().zip(&words.holding) {
            for term in &word.terms {
                holding.insert(term.clone(), passages);
            }
        }
        Self {
            passages: words.passages,
            tokens: words.tokens,
            holding,
        }
    }
}

impl Bm25StatisticsProvider for Statistics {
    fn total_num_tokens(&self, _: Field) -> tantivy::Result<u64> {
        Ok(self.tokens)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.passages)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        Ok(self.holding.get(term).copied().unwrap_or(0))
    }
}
