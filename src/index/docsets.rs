//! Document sets that tantivy does not have.

use super::columns::Columns;
use std::sync::Arc;
use tantivy::query::{ConstScorer, EmptyScorer, Scorer};
use tantivy::{DocId, DocSet, TERMINATED};

/// A set of documents of one segment, in ascending order.
pub type Docs = Box<dyn Scorer>;

/// Boxes a document set.
pub fn boxed<D: DocSet + 'static>(docs: D) -> Docs {
    Box::new(ConstScorer::new(docs, 0.0))
}

/// The empty set.
pub fn none() -> Docs {
    Box::new(EmptyScorer)
}

/// Maps passages to the first document of their article, each article once.
pub struct Lift {
    inner: Docs,
    columns: Arc<Columns>,
    doc: DocId,
}

impl Lift {
    pub fn new(inner: Docs, columns: Arc<Columns>) -> Self {
        let mut lift = Self {
            inner,
            columns,
            doc: TERMINATED,
        };
        lift.settle();
        lift
    }

    fn settle(&mut self) -> DocId {
        let doc = self.inner.doc();
        self.doc = if doc == TERMINATED {
            TERMINATED
        } else {
            self.columns.head(doc)
        };
        self.doc
    }
}

impl DocSet for Lift {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        let end = self.columns.end(self.doc);
        if self.inner.doc() < end {
            self.inner.seek(end);
        }
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        if self.inner.doc() < target {
            self.inner.seek(target);
        }
        self.settle();
        // A target inside an article (none of ours, but allowed) must not move backwards.
        while self.doc < target {
            self.advance();
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }
}

/// Keeps the documents for which a check holds.
pub struct Checked<F> {
    inner: Docs,
    check: F,
}

impl<F: FnMut(DocId) -> bool + Send + 'static> Checked<F> {
    pub fn new(inner: Docs, check: F) -> Self {
        let mut checked = Self { inner, check };
        checked.settle();
        checked
    }

    fn settle(&mut self) -> DocId {
        loop {
            let doc = self.inner.doc();
            if doc == TERMINATED || (self.check)(doc) {
                return doc;
            }
            self.inner.advance();
        }
    }
}

impl<F: FnMut(DocId) -> bool + Send + 'static> DocSet for Checked<F> {
    fn advance(&mut self) -> DocId {
        self.inner.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.inner.doc() < target {
            self.inner.seek(target);
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.inner.doc()
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }
}

/// Every document of a segment, or every first document of an article.
pub struct Every {
    doc: DocId,
    max_doc: DocId,
    heads: Option<Arc<Columns>>,
}

impl Every {
    pub fn passage(max_doc: DocId) -> Self {
        Self {
            doc: if max_doc == 0 { TERMINATED } else { 0 },
            max_doc,
            heads: None,
        }
    }

    pub fn article(max_doc: DocId, columns: Arc<Columns>) -> Self {
        let mut every = Self::passage(max_doc);
        every.heads = Some(columns);
        if every.doc != TERMINATED {
            every.seek_from(0);
        }
        every
    }

    fn seek_from(&mut self, mut doc: DocId) -> DocId {
        if let Some(columns) = &self.heads {
            while doc < self.max_doc && columns.ordinal(doc) != 0 {
                doc += 1;
            }
        }
        self.doc = if doc < self.max_doc { doc } else { TERMINATED };
        self.doc
    }
}

impl DocSet for Every {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.seek_from(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.seek_from(target.min(self.max_doc))
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.max_doc
    }
}

/// Documents that at least `need` of the sets hold.
pub struct AtLeast {
    sets: Vec<Docs>,
    need: usize,
    doc: DocId,
}

impl AtLeast {
    pub fn new(sets: Vec<Docs>, need: usize) -> Self {
        let mut at_least = Self {
            sets,
            need: need.max(1),
            doc: 0,
        };
        at_least.settle(0);
        at_least
    }

    fn settle(&mut self, mut target: DocId) -> DocId {
        loop {
            for set in &mut self.sets {
                if set.doc() < target {
                    set.seek(target);
                }
            }
            let lowest = self.sets.iter().map(|s| s.doc()).min();
            let lowest = lowest.unwrap_or(TERMINATED);
            if lowest == TERMINATED {
                self.doc = TERMINATED;
                return TERMINATED;
            }
            let holders = self.sets.iter().filter(|s| s.doc() == lowest).count();
            if holders >= self.need {
                self.doc = lowest;
                return lowest;
            }
            target = lowest + 1;
        }
    }
}

impl DocSet for AtLeast {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.settle(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.settle(target)
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.sets.iter().map(|s| s.size_hint()).max().unwrap_or(0)
    }
}
