use jiff::civil::Date;

/// Bytes of the query text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

/// A parsed query. Equality ignores spans.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub root: Node,
}

/// A node and where it stood in the text.
#[derive(Clone, Debug)]
pub struct Node {
    pub kind: Kind,
    pub span: Span,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a node matches.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Everything (the empty query).
    All,
    /// A word as typed; the analyzer may make several tokens of it, which must then stand together.
    Word(String),
    /// `=Exact`: the spelling as typed, with its case and accents.
    Exact(String),
    /// `prefix*`, without the star; matched on folded surface forms.
    Prefix(String),
    /// `wild?card`: `*` any run, `?` one character; matched on folded surface forms.
    Wildcard(String),
    /// `/regex/`, matched on whole folded surface forms.
    Regex(String),
    /// `word~N`: at most N (1 or 2) edits from the folded surface form.
    Fuzzy {
        word: String,
        edits: u8,
    },
    /// `"…"~slop`: words as typed, in order, at most `slop` further words among all of them.
    Phrase {
        words: Vec<String>,
        slop: u32,
    },
    /// `a NEAR/n b` (`ordered` false) or `a ADJ/n b` (true): at most `distance` words between one and
    /// the next in the text.
    Near {
        operands: Vec<Node>,
        distance: u32,
        ordered: bool,
    },
    /// `a SENT b`: in the same sentence.
    Sentence(Vec<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    /// Words and clauses side by side; what an optional clause demands is [`Match`]'s.
    Bag(Vec<Clause>),
    /// `title:`, `heading:`, `lead:`, `text:` over a word, phrase or group.
    Within {
        field: Field,
        node: Box<Node>,
    },
    /// `source:`, `author:`, `lang:`, `path:`, `url:`, `id:`, `keyword:`, `person:`, `org:`, `place:`,
    /// `entity:` with a value (words that must stand together in the name; a trailing `*` is a prefix).
    Value {
        field: Field,
        value: String,
    },
    /// `date:` (published) or `about:` (mentioned); inclusive days, `None` is open.
    Dates {
        axis: Axis,
        from: Option<Date>,
        to: Option<Date>,
        /// As typed, for display: parse ∘ display = identity.
        text: String,
    },
    /// `date:none`.
    Undated,
    /// `copies:>N`: families with more than N further copies.
    Copies(u32),
    /// `like:ID`: articles like this one.
    Like(String),
}

/// One member of a [`Kind::Bag`].
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    pub occur: Occur,
    pub node: Node,
}

/// How a clause counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occur {
    Optional,
    Must,
    MustNot,
}

/// What the optional clauses of a bag demand together (`--match`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Match {
    #[default]
    Any,
    /// More than half of them.
    Most,
    All,
}

/// The two time axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Axis {
    Published,
    Mentioned,
}

/// The fields of the query language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    Title,
    Heading,
    Lead,
    Text,
    Author,
    Source,
    Lang,
    Path,
    Url,
    Id,
    Keyword,
    Person,
    Org,
    Place,
    Entity,
}

impl Query {
    /// The query that matches everything.
    pub fn all() -> Self {
        Self {
            root: Node {
                kind: Kind::All,
                span: Span::default(),
            },
        }
    }

    /// The query with a further demand on whatever it matches.
    #[must_use]
    pub fn and(self, demand: Node) -> Self {
        let span = self.root.span;
        let kind = match self.root.kind {
            Kind::All => return Self { root: demand },
            Kind::And(mut nodes) => {
                nodes.push(demand);
                Kind::And(nodes)
            }
            kind => Kind::And(vec![Node { kind, span }, demand]),
        };
        Self {
            root: Node { kind, span },
        }
    }
}
