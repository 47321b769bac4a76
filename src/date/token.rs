//! What the lexer makes of a text: words that matter for dates, numbers, marks, and the rest.

/// What a token is for the rules. Comments give the meaning of a token's `value` where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Any word or mark that no rule knows.
    Other,
    /// A sentence ends here.
    Stop,
    /// Digits: their number.
    Number,
    /// "seven": 7; "hundred": 100.
    NumberWord,
    /// "7th", "seventh": 7.
    Ordinal,
    /// From 1.
    Month,
    /// From 0, Monday.
    Weekday,
    /// "Montagabend": weekday × 8 + part of day.
    WeekdayPart,
    /// [`Unit`](super::value::Unit), or [`PERIOD`].
    Unit,
    /// [`Season`](super::value::Season).
    Season,
    /// "last", "next" …: see [`relative`].
    Relative,
    The,
    A,
    That,
    Of,
    In,
    /// "and": 0, "or": 1.
    And,
    /// "to": 0, "until": 1, "through": 2.
    To,
    Dash,
    Comma,
    Slash,
    Colon,
    /// An opening bracket.
    Open,
    /// A currency sign.
    Money,
    /// An apostrophe, with its "s" if there is one.
    Possessive,
    From,
    Between,
    /// Days from the reference: "yesterday" −1.
    NearDay,
    /// "heuer" 0, "Vorjahr" −1: a year from the reference year.
    ThisYear,
    /// Days from the reference: "anoche" −1.
    Tonight,
    Overnight,
    /// [`Part`](super::value::Part).
    Part,
    /// "early" 0, "late" 1, "mid" 2, "sometime" 3.
    Modifier,
    Earlier,
    Later,
    Ago,
    /// "vor", "hace": stands before the amount.
    AgoBefore,
    /// The "il" of "il y a".
    AgoHead,
    /// "beginning" 0, "end" 1, "middle" 2.
    Bound,
    Each,
    /// "daily": the unit.
    Frequency,
    /// "about", "nearly": may stand before an amount.
    Approximately,
    /// "several" 0, "couple" 2.
    Several,
    Dozen,
    Fiscal,
    /// "half"; "zweieinhalb" 2: so many and a half.
    Half,
    /// "now" 0, "recently" 1, "soon" 2, "future" 3, "Vergangenheit" 4, "moment" 5,
    /// "these" 6.
    Reference,
    /// See [`holidays`](super::holidays).
    Holiday,
    /// "veille" −1, "lendemain" 1: days from the one spoken of.
    NeighbourDay,
    /// Hours to add: "p.m." 12.
    AmPm,
    /// "o'clock", "Uhr", "heures".
    OClock,
    Old,
    /// "1990s", "nineties": the year divided by ten.
    Decade,
    /// "nineties": as above, but only with "the" or a modifier before it.
    DecadeWord,
    Weekend,
    /// The "week" of French "week-end", the "fin" of "fin de semana".
    WeekendHead,
    /// A word of the future: "will", "scheduled". See [`future`].
    Future,
    /// A verb in the past.
    Past,
    /// A verb in the present as timetables use it: "opens".
    Timetable,
    /// "is", "are": what is said of a day in the present is to come.
    Present,
    Be,
    /// See [`preposition`].
    Preposition,
    /// What a number counts: "people", "miles".
    Counted,
    /// "percent", "per", "twice": a unit after it is a rate.
    Rate,
    /// "Flight", "Room": the number after it is a name.
    Numbered,
    /// "Times", "Post": the weekday before it is a newspaper.
    Paper,
    /// "full", "consecutive": may stand between an amount and its unit.
    Filler,
    More,
    Than,
    Near,
    /// "just", "only": may stand before an amount that is "ago".
    Only,
    So,
    /// "ended", "ending": after "the year".
    Ended,
    /// "other": "every other week".
    Alternate,
    New,
    TimeZone,
    /// The letter of "W28" 0, "Q3" 1, "H1" 2; a word for a numbered week 3.
    Period,
}

/// The value of a [`Class::Unit`] token that is the word "period".
pub const PERIOD: i32 = 20;

/// Values of [`Class::Relative`].
pub mod relative {
    pub const LAST: i32 = 0;
    pub const PAST: i32 = 1;
    pub const THIS: i32 = 2;
    pub const NEXT: i32 = 3;
    pub const COMING: i32 = 4;
    pub const PREVIOUS: i32 = 5;
    pub const LATEST: i32 = 6;
    pub const RECENT: i32 = 7;
    pub const SAME: i32 = 8;
    pub const FOLLOWING: i32 = 9;
    pub const CURRENT: i32 = 10;
}

/// Values of [`Class::Preposition`].
pub mod preposition {
    pub const OTHER: i32 = 0;
    pub const BY: i32 = 1;
    pub const SINCE: i32 = 2;
    pub const DURING: i32 = 3;
    pub const FOR: i32 = 4;
    pub const ON: i32 = 5;
    pub const AT: i32 = 6;
    pub const BEFORE: i32 = 7;
    pub const AFTER: i32 = 8;
}

/// Values of [`Class::Future`].
pub mod future {
    pub const PLAIN: i32 = 0;
    /// "effective": dates right after it are to come unless long past.
    pub const EFFECTIVE: i32 = 1;
    /// "hopes", "agreed": with an infinitive.
    pub const PROSPECT: i32 = 2;
    /// "could": unless it is "could have" or "could not".
    pub const MODAL: i32 = 3;
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Byte range in the text.
    pub start: u32,
    pub end: u32,
    pub class: Class,
    pub value: i32,
    flags: u16,
}

/// Begins with a capital.
pub const CAPITAL: u16 = 1;
pub const PLURAL: u16 = 2;
/// Also an everyday word ("may", "sun").
pub const AMBIGUOUS: u16 = 4;
/// No white space before it.
pub const GLUED: u16 = 8;
/// First of its sentence.
pub const FIRST: u16 = 16;
/// A number that is no day or year: "2,000", "3.5", "$7", "4%".
pub const QUANTITY: u16 = 32;
/// Exactly four digits.
pub const FOUR_DIGITS: u16 = 64;
/// Abbreviated with a full stop, or a year after an apostrophe.
pub const ABBREVIATED: u16 = 128;
/// Stands after what it modifies ("dernier", "pasado").
pub const AFTER: u16 = 256;
/// A German ordinal: digits and a full stop.
pub const ORDINAL_DOT: u16 = 512;
/// Holds an article ("im", "au", "del").
pub const CONTRACTED: u16 = 2048;
/// An article in the genitive ("des").
pub const GENITIVE: u16 = 4096;
/// A short month that is no abbreviation ("May", "June"): a stop after it ends the sentence.
pub const WHOLE: u16 = 1024;

impl Token {
    /// Beyond either end of the text.
    pub const NONE: Token = Token {
        start: 0,
        end: 0,
        class: Class::Stop,
        value: 0,
        flags: 0,
    };

    pub fn new(start: usize, end: usize, class: Class, value: i32, flags: u16) -> Token {
        Token {
            start: start as u32,
            end: end as u32,
            class,
            value,
            flags,
        }
    }

    pub fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub fn is(&self, class: Class) -> bool {
        self.class == class
    }

    /// Of this class with this value.
    pub fn is_valued(&self, class: Class, value: i32) -> bool {
        self.class == class && self.value == value
    }

    pub fn len(&self) -> u32 {
        self.end - self.start
    }
}
