//! Queries that are lists of words: what can be pruned, with filters tried on what is left.

use super::columns::Between;
use super::docsets::Docs;
use super::matching::Segment;
use super::plan::{Near, Plan, Scored};
use super::request::Unit;
use super::words::Words;
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
    /// Of an intersection with a phrase: the documents in which it crosses the cut to a neighbour, which
    /// need not hold its words.
    pub crossing: Option<Crossing>,
}

/// A phrase across the cut between two passages.
pub struct Crossing {
    pub near: Near,
    /// What else must hold.
    pub others: Vec<Plan>,
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
                    crossing: None,
                });
            }
        }
        // An intersection: each word is demanded, by itself or in a phrase. Over an article the words may
        // stand in different passages, which no intersection of passages finds.
        if unit == Unit::Article {
            return None;
        }
        let phrase = |member: &Plan| match member {
            Plan::Or(ways) => match ways.as_slice() {
                [Plan::Near(within), Plan::Near(crossing)] => {
                    Some((within.clone(), crossing.clone()))
                }
                _ => None,
            },
            _ => None,
        };
        let mut gates = members.to_vec();
        let mut crossing = None;
        if let Some((n, (within, across))) = members
            .iter()
            .enumerate()
            .find_map(|(n, m)| Some((n, phrase(m)?)))
        {
            let mut others = members.to_vec();
            others.remove(n);
            crossing = Some(Crossing {
                near: across,
                others,
            });
            gates[n] = Plan::Near(within);
        }
        let are_demanded = words.iter().all(|word| match word.terms.as_slice() {
            [term] => gates.iter().any(|gate| demands(gate, term)),
            _ => false,
        });
        gates.retain(|gate| !matches!(gate, Plan::Terms(terms) if terms.len() == 1 && scored.contains(&terms[0])));
        are_demanded.then_some(Self {
            is_union: false,
            gates,
            crossing,
        })
    }

    /// The filters in one segment.
    pub fn open(&self, segment: &Segment<'_>) -> Result<Gates> {
        Gates::open(segment, &self.gates)
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

/// Whether what a plan matches must hold a term.
fn demands(plan: &Plan, term: &Term) -> bool {
    match plan {
        Plan::Terms(terms) => terms.iter().all(|one| one == term),
        Plan::Near(near) => near.operands.iter().any(|operand| {
            let mut ways = operand.alternatives.iter();
            ways.all(|way| {
                way.iter()
                    .any(|slot| slot.terms.iter().all(|one| one == term))
            })
        }),
        _ => false,
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
    pub fn open(segment: &Segment<'_>, plans: &[Plan]) -> Result<Self> {
        let gates: Result<Vec<Gate>> = plans.iter().map(|plan| Gate::open(segment, plan)).collect();
        Ok(Self(gates?))
    }

    #[inline]
    pub fn let_through(&mut self, segment: &Segment<'_>, doc: DocId) -> bool {
        self.0
            .iter_mut()
            .all(|gate| gate.lets_through(segment, doc))
    }
}

/// A filter that is tried on documents in ascending order.
enum Gate {
    Published(Between),
    Undated,
    /// Words in their order: asked of one document alone, so that no further positions are read.
    Near(Box<dyn FnMut(DocId) -> bool + Send>),
    Docs {
        docs: Docs,
        negated: bool,
    },
}

impl Gate {
    fn open(segment: &Segment<'_>, plan: &Plan) -> Result<Self> {
        Ok(match plan {
            Plan::Published(from, to) => {
                Self::Published(Between::new(&segment.columns, *from, *to))
            }
            Plan::Undated => Self::Undated,
            Plan::Near(near) if segment.unit == Unit::Passage => {
                Self::Near(Box::new(segment.stands(near, |_, _| true)?))
            }
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
            Self::Published(between) => between.holds(doc),
            Self::Undated => segment.columns.first_day.first(doc).is_none(),
            Self::Near(stands) => stands(doc),
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
