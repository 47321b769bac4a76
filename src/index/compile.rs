//! Query tree → plan: words become terms, expansions become the forms that the archive holds.

use super::columns::Zone;
use super::lexicon::Lexicon;
use super::plan::{Forms, Near, Operand, Plan, Slot};
use super::schema::Fields;
use crate::analyze::{Analyzer, Lang, QueryToken};
use crate::date::Interval;
use crate::error::{Error, Result};
use crate::query::{Axis, Field, Kind, Match, Node, Occur};
use jiff::civil::Date;
use std::sync::Arc;
use tantivy::Term;

/// The most words that NEAR or ADJ join: more are no question, and each is looked for around each other.
/// Sixteen times "the" within 1,000 words of each other take .64 s over 4,739 press releases, 31 times 2.3 s.
const MAX_NEAR: usize = 16;

/// What compiling needs to know.
pub struct Compiler<'a> {
    pub fields: Fields,
    pub lexicon: &'a Lexicon<'a>,
    pub langs: &'a [Lang],
    pub matching: Match,
    pub analyzer: &'a mut Analyzer,
    /// What was cut short on the way.
    pub partial: Vec<String>,
    /// The expansions made so far: matching and scoring ask for each.
    pub expansions: Vec<(Kind, Arc<Forms>)>,
    /// Resolves `copies:` and `like:`, which need side tables.
    pub keys: &'a dyn Fn(&Kind) -> Result<Vec<u64>>,
}

impl Compiler<'_> {
    /// The plan of a node.
    pub fn plan(&mut self, node: &Node) -> Result<Plan> {
        let plan = self.node(node, None)?;
        // Beside other words punctuation demands nothing; alone it is found nowhere.
        Ok(match (&node.kind, plan) {
            (Kind::Word(_) | Kind::Phrase { .. }, Plan::All) => Plan::None,
            (_, plan) => plan,
        })
    }

    fn node(&mut self, node: &Node, within: Option<Field>) -> Result<Plan> {
        Ok(match &node.kind {
            Kind::All => Plan::All,
            Kind::Word(word) => self.word(word, within)?,
            Kind::Phrase { words, slop } => {
                let plan = self.phrase(words, *slop, within)?;
                // Positions tell the words between two neighbours; among three, the text does.
                if *slop > 0 && words.len() > 2 {
                    seen(plan, node, within)
                } else {
                    plan
                }
            }
            Kind::Exact(spelling) => {
                let terms = self.exact(spelling);
                let is_single = terms.len() == 1;
                let all = and(terms.into_iter().map(|t| Plan::Terms(vec![t])).collect());
                if is_single && within.is_none() {
                    all
                } else {
                    // Spellings have no positions: whether they stand in a row, only the text tells.
                    seen(all, node, within)
                }
            }
            Kind::Prefix(_) | Kind::Wildcard(_) | Kind::Regex(_) | Kind::Fuzzy { .. } => {
                let forms = self.expand(node)?;
                let plan = if forms.terms.is_empty() {
                    Plan::None
                } else {
                    Plan::Forms(forms)
                };
                match within {
                    None => plan,
                    Some(_) => seen(plan, node, within),
                }
            }
            Kind::Near {
                operands,
                distance,
                ordered,
            } => self.near(node, operands, *distance, *ordered, within)?,
            Kind::Sentence(operands) => {
                let all = self.all(operands, within)?;
                seen(Plan::And(all), node, within)
            }
            Kind::And(nodes) => and(self.all(nodes, within)?),
            Kind::Or(nodes) => or(self.all(nodes, within)?),
            Kind::Not(inner) => Plan::Not(Box::new(self.node(inner, within)?)),
            Kind::Bag(clauses) => {
                let mut must = Vec::new();
                let mut optional = Vec::new();
                for clause in clauses {
                    let plan = self.node(&clause.node, within)?;
                    match clause.occur {
                        Occur::Must => must.push(plan),
                        Occur::MustNot => must.push(Plan::Not(Box::new(plan))),
                        Occur::Optional => optional.push(plan),
                    }
                }
                // Punctuation alone would make everything match.
                if optional.iter().any(|p| !matches!(p, Plan::All)) {
                    optional.retain(|p| !matches!(p, Plan::All));
                }
                let only_negative = clauses.iter().all(|c| c.occur == Occur::MustNot);
                let has_must = clauses
                    .iter()
                    .any(|c| c.occur == Occur::Must && !is_filter(&c.node));
                if !optional.is_empty() {
                    match self.matching {
                        Match::All => must.append(&mut optional),
                        Match::Most => must.push(Plan::AtLeast(optional.len() / 2 + 1, optional)),
                        // What is demanded matches; what is optional only ranks.
                        Match::Any if has_must => {}
                        Match::Any => must.push(or(optional)),
                    }
                }
                if only_negative {
                    must.push(Plan::All);
                }
                and(must)
            }
            Kind::Within { field, node } => self.node(node, Some(*field))?,
            Kind::Value { field, value } => self.value(*field, value)?,
            Kind::Dates { axis, from, to, .. } => match axis {
                Axis::Published => Plan::Published(*from, *to),
                Axis::Mentioned => {
                    let first = from.unwrap_or(Date::constant(1, 1, 1));
                    let last = to.unwrap_or(Date::MAX);
                    Interval::new(first, last).map_or(Plan::None, Plan::About)
                }
            },
            Kind::Undated => Plan::Undated,
            Kind::Copies(_) | Kind::Like(_) => {
                let keys = (self.keys)(&node.kind)?;
                if keys.is_empty() {
                    Plan::None
                } else {
                    Plan::Keys(keys)
                }
            }
        })
    }

    fn all(&mut self, nodes: &[Node], within: Option<Field>) -> Result<Vec<Plan>> {
        nodes.iter().map(|n| self.node(n, within)).collect()
    }

    /// A word as typed. Text of a script without spaces makes several, judged as a bag's are.
    fn word(&mut self, word: &str, within: Option<Field>) -> Result<Plan> {
        let mut plans = Vec::new();
        for typed in self.analyzer.query_words(word, self.langs) {
            let mut operand = Operand::default();
            for tokens in std::iter::once(&typed.tokens).chain(&typed.otherwise) {
                operand.alternatives.push(self.slots(tokens)?);
            }
            plans.push(self.place(Near::alone(operand), within));
        }
        Ok(match (plans.len(), self.matching) {
            // Punctuation alone: nothing to look for, nothing to rule out.
            (0, _) => Plan::All,
            (1, _) => plans.remove(0),
            (_, Match::Any) => or(plans),
            (n, Match::Most) => Plan::AtLeast(n / 2 + 1, plans),
            (_, Match::All) => and(plans),
        })
    }

    /// Words in order, at most `slop` further words among them.
    pub(super) fn phrase(
        &mut self,
        words: &[String],
        slop: u32,
        within: Option<Field>,
    ) -> Result<Plan> {
        let operands = if slop == 0 {
            vec![self.sequence(&words.join(" "))?]
        } else {
            let mut operands = Vec::with_capacity(words.len());
            for word in words {
                operands.push(self.sequence(word)?);
            }
            operands
        };
        let near = Near {
            operands: operands
                .into_iter()
                .filter(|o| !o.alternatives.is_empty())
                .collect(),
            distance: slop,
            ordered: true,
        };
        Ok(self.place(near, within))
    }

    fn place(&mut self, near: Near, within: Option<Field>) -> Plan {
        if near.operands.is_empty() {
            // Punctuation alone: nothing to look for, nothing to rule out.
            return Plan::All;
        }
        match within {
            Some(field) => {
                let zone = match field {
                    Field::Title => Zone::Title,
                    Field::Heading => Zone::Heading,
                    _ => Zone::Text,
                };
                Plan::InZone {
                    zone,
                    lead: field == Field::Lead,
                    near,
                }
            }
            None => match near.as_terms() {
                Some(terms) => Plan::Terms(terms),
                None => {
                    // A phrase may cross the cut between two passages of one paragraph.
                    let seam = self.fields.seam;
                    let crossing = Near {
                        operands: near.operands.iter().map(|o| o.in_field(seam)).collect(),
                        ..near.clone()
                    };
                    Plan::Or(vec![Plan::Near(near), Plan::Near(crossing)])
                }
            },
        }
    }

    /// The words of `text` in a row.
    fn sequence(&mut self, text: &str) -> Result<Operand> {
        let tokens = self.analyzer.query_forms(text, self.langs);
        if tokens.is_empty() {
            return Ok(Operand::default());
        }
        Ok(Operand {
            alternatives: vec![self.slots(&tokens)?],
        })
    }

    fn slots(&self, tokens: &[QueryToken]) -> Result<Vec<Slot>> {
        let mut slots = Vec::with_capacity(tokens.len());
        for token in tokens {
            let terms = if token.is_prefix {
                // A lone character of a script without spaces is indexed with what follows it; at
                // the end of a longer run the pair before holds it already.
                if tokens.len() > 1 {
                    continue;
                }
                self.lexicon.starting(self.fields.text, &token.surface)?
            } else {
                token
                    .stems
                    .iter()
                    .map(|stem| Term::from_field_text(self.fields.text, stem))
                    .collect()
            };
            slots.push(Slot {
                offset: token.offset,
                terms,
            });
        }
        Ok(slots)
    }

    fn near(
        &mut self,
        node: &Node,
        operands: &[Node],
        distance: u32,
        ordered: bool,
        within: Option<Field>,
    ) -> Result<Plan> {
        if operands.len() > MAX_NEAR {
            return Err(Error::Query {
                message: format!(
                    "{} words are joined by NEAR or ADJ; at most {MAX_NEAR} can be",
                    operands.len()
                ),
                start: node.span.start as usize,
                end: node.span.end as usize,
            });
        }
        let mut simple = Vec::with_capacity(operands.len());
        for operand in operands {
            match self.operand(operand)? {
                Some(operand) => simple.push(operand),
                None => {
                    // Patterns have no positions: narrow by all of them, then look.
                    let all = self.all(operands, within)?;
                    return Ok(seen(Plan::And(all), node, within));
                }
            }
        }
        let near = Near {
            operands: simple,
            distance,
            ordered,
        };
        if !ordered && near.operands.len() > 2 {
            // Joining from the left misses what stands between two operands joined before.
            let all = self.all(operands, within)?;
            return Ok(seen(Plan::And(all), node, within));
        }
        Ok(self.place(near, within))
    }

    /// A node as one operand, if it is made of words, exact phrases and alternatives of them.
    fn operand(&mut self, node: &Node) -> Result<Option<Operand>> {
        Ok(match &node.kind {
            Kind::Word(word) => Some(self.sequence(word)?),
            Kind::Phrase { words, slop: 0 } => Some(self.sequence(&words.join(" "))?),
            Kind::Or(nodes) => self.alternatives(nodes.iter())?,
            Kind::Bag(clauses)
                if clauses.iter().all(|c| c.occur == Occur::Optional)
                    && (self.matching == Match::Any || clauses.len() == 1) =>
            {
                self.alternatives(clauses.iter().map(|c| &c.node))?
            }
            _ => None,
        })
    }

    fn alternatives<'n>(
        &mut self,
        nodes: impl Iterator<Item = &'n Node>,
    ) -> Result<Option<Operand>> {
        let mut all = Operand::default();
        for node in nodes {
            match self.operand(node)? {
                Some(operand) => all.alternatives.extend(operand.alternatives),
                None => return Ok(None),
            }
        }
        Ok(Some(all))
    }

    /// The spellings of `text`, a term of `surface` for each of its words.
    pub(super) fn exact(&mut self, text: &str) -> Vec<Term> {
        let tokens = self.analyzer.query_forms(text, self.langs);
        let written = |t: &QueryToken| text.get(t.start as usize..t.end as usize);
        tokens
            .iter()
            .map(|token| {
                let term = match written(token) {
                    Some(written) if written != token.surface => {
                        format!("{}\0{written}", token.surface)
                    }
                    _ => token.surface.clone(),
                };
                Term::from_field_text(self.fields.surface, &term)
            })
            .collect()
    }

    /// The forms of the archive that an expansion stands for.
    pub(super) fn expand(&mut self, node: &Node) -> Result<Arc<Forms>> {
        if let Some((_, forms)) = self.expansions.iter().find(|(kind, _)| *kind == node.kind) {
            return Ok(Arc::clone(forms));
        }
        let expansion = self.lexicon.expand(node)?;
        // Where the time ran out meanwhile, that is what is said.
        if expansion.cut && !self.lexicon.is_over() {
            self.partial.push(format!(
                "{} stands for more than {} forms; only the first were searched",
                crate::query::Query { root: node.clone() },
                super::lexicon::MAX_FORMS
            ));
        }
        let forms = Forms::of(expansion);
        self.expansions
            .push((node.kind.clone(), Arc::clone(&forms)));
        Ok(forms)
    }
}

/// Whether a node narrows what words find, without being words itself.
fn is_filter(node: &Node) -> bool {
    match &node.kind {
        Kind::Value { .. }
        | Kind::Dates { .. }
        | Kind::Undated
        | Kind::Copies(_)
        | Kind::Like(_) => true,
        Kind::Not(inner) => is_filter(inner),
        Kind::And(nodes) | Kind::Or(nodes) => nodes.iter().all(is_filter),
        Kind::Bag(clauses) => clauses.iter().all(|c| is_filter(&c.node)),
        _ => false,
    }
}

fn enclose(field: Field, node: Node) -> Node {
    Node {
        span: node.span,
        kind: Kind::Within {
            field,
            node: Box::new(node),
        },
    }
}

/// All of the plans, without detours.
fn and(mut plans: Vec<Plan>) -> Plan {
    plans.retain(|p| !matches!(p, Plan::All));
    match plans.len() {
        0 => Plan::All,
        1 => plans.remove(0),
        _ => Plan::And(plans),
    }
}

/// The plan, where the text itself bears `node` out.
fn seen(plan: Plan, node: &Node, within: Option<Field>) -> Plan {
    Plan::Seen {
        plan: Box::new(plan),
        node: match within {
            None => node.clone(),
            Some(field) => enclose(field, node.clone()),
        },
    }
}

/// Any of the plans, without detours.
fn or(mut plans: Vec<Plan>) -> Plan {
    plans.retain(|p| !matches!(p, Plan::None));
    match plans.len() {
        0 => Plan::None,
        1 => plans.remove(0),
        _ => Plan::Or(plans),
    }
}
