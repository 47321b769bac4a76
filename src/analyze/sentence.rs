//! Sentence boundaries, tuned to news: abbreviations, initials, ordinals, quotations, and the full
//! stops of every script.
//!
//! A boundary is a line break, or a terminator with the closing quotes and brackets after it, if white
//! space and something that can begin a sentence follow. After `.` the word before and the word after
//! decide; where both are unclear (`U.S.`, `Inc.`, `3.`), only a word that mostly begins sentences
//! (`The`, `He`, `Der`) makes a boundary: joining two sentences costs less than cutting a name.

use std::ops::Range;

/// Thai, Lao, Khmer and Burmese put a space between clauses and mostly nothing between sentences: a
/// sentence ends at the first space after this many bytes, some 80 characters.
const MIN_SPACED_CLAUSE_BYTES: usize = 240;

/// Byte ranges of the sentences of `text`, in order, without the white space around them.
///
/// Together they hold every character that is not white space. Empty for blank text.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let (mut start, mut i) = (0, 0);
    while let Some(&byte) = bytes.get(i) {
        if !CANDIDATES[usize::from(byte)] {
            i += 1;
            continue;
        }
        let Some(c) = char_at(text, i) else {
            i += 1;
            continue;
        };
        let after = i + c.len_utf8();
        // Where reading goes on if there is no boundary: past all that was looked at as one mark.
        let mut resume = after;
        let end = match kind(c) {
            Kind::None => None,
            Kind::Line => Some(after),
            Kind::Space => {
                let is_long = i - start >= MIN_SPACED_CLAUSE_BYTES;
                (is_long && is_unspaced(char_at(text, after)) && is_unspaced(char_before(text, i)))
                    .then_some(after)
            }
            Kind::Wide => {
                resume = closed(text, after);
                wide_end(text, after, resume)
            }
            Kind::Stop => {
                resume = closed(text, after);
                stop_end(text, start, i, resume)
            }
        };
        if let Some(end) = end {
            push(text, start..end, &mut out);
            start = end;
            resume = end;
        }
        i = resume;
    }
    push(text, start..bytes.len(), &mut out);
    out
}

fn push(text: &str, range: Range<usize>, out: &mut Vec<Range<usize>>) {
    let Some(raw) = text.get(range.clone()) else {
        return;
    };
    let begun = raw.trim_start();
    let start = range.end - begun.len();
    let end = start + begun.trim_end().len();
    if start < end {
        out.push(start..end);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    Line,
    /// A plain space, of interest between unspaced scripts.
    Space,
    /// `.`, `!`, `?` and their like that want white space after them.
    Stop,
    /// Full stops of scripts that need no space after them.
    Wide,
}

/// First bytes of everything that [`kind`] knows.
static CANDIDATES: [bool; 256] = {
    let mut table = [false; 256];
    let known = [
        b'\n', b'\r', b' ', b'.', b'!', b'?', 0xC2, 0xD6, 0xD8, 0xDB, 0xE0, 0xE1, 0xE2, 0xE3, 0xEF,
    ];
    let mut i = 0;
    while i < known.len() {
        table[known[i] as usize] = true;
        i += 1;
    }
    table
};

fn kind(c: char) -> Kind {
    match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Kind::Line,
        ' ' => Kind::Space,
        '.' | '!' | '?' | '…' | '‥' | '‼' | '⁇' | '⁈' | '⁉' => Kind::Stop,
        // Arabic, Urdu and Armenian write a space after theirs, but not always.
        '؟' | '۔' | '։' | '।' | '॥' | '။' | '។' | '៕' | '።' | '。' | '．' | '！' | '？' | '｡' => {
            Kind::Wide
        }
        _ => Kind::None,
    }
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | ')'
            | ']'
            | '}'
            | '”'
            | '’'
            | '»'
            | '›'
            | '“'
            | '」'
            | '』'
            | '）'
            | '】'
            | '〉'
            | '》'
    )
}

fn is_opening(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '('
            | '['
            | '{'
            | '“'
            | '‘'
            | '„'
            | '‚'
            | '«'
            | '‹'
            | '¿'
            | '¡'
            | '»'
            | '”'
            | '-'
            | '–'
            | '—'
            | '•'
            | '*'
            | '「'
            | '『'
            | '（'
            | '【'
            | '《'
    )
}

fn char_at(text: &str, i: usize) -> Option<char> {
    text.get(i..)?.chars().next()
}

fn char_before(text: &str, i: usize) -> Option<char> {
    text.get(..i)?.chars().next_back()
}

fn is_unspaced(c: Option<char>) -> bool {
    matches!(
        c,
        Some('\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
    )
}

/// The end of the terminators and closing marks from `i`.
fn closed(text: &str, mut i: usize) -> usize {
    while let Some(c) = char_at(text, i) {
        if !is_closing(c) && !matches!(kind(c), Kind::Stop | Kind::Wide) {
            break;
        }
        i += c.len_utf8();
    }
    i
}

/// A full stop inside brackets or quotes that the sentence goes on after (`「…。」と述べた`) is none.
fn wide_end(text: &str, after: usize, end: usize) -> Option<usize> {
    let goes_on = text[after..end].chars().any(is_closing)
        && char_at(text, end).is_some_and(|c| !c.is_whitespace() && !is_opening(c));
    (!goes_on).then_some(end)
}

/// The end of the sentence whose stop at `at` has its closing marks up to `end`, if it is one.
fn stop_end(text: &str, start: usize, at: usize, mut end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    // French closes a quotation after a space: « Oui. »
    let tail = rest
        .strip_prefix([' ', '\u{A0}', '\u{202F}'])
        .unwrap_or(rest);
    if let Some(beyond) = tail.strip_prefix('»')
        && !beyond.starts_with(|c: char| c.is_alphanumeric())
    {
        end = text.len() - beyond.len();
    }
    let rest = text.get(end..)?;
    let Some(next) = rest.chars().next() else {
        return Some(end);
    };
    if !next.is_whitespace() {
        return None;
    }
    let begun = rest.trim_start();
    if rest[..rest.len() - begun.len()].contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
        return Some(end);
    }
    let body = begun.trim_start_matches(|c: char| is_opening(c) || c == ' ' || c == '\u{A0}');
    let Some(first) = body.chars().next() else {
        return Some(end);
    };
    let word = leading_word(body);
    if first.is_lowercase() && !word.chars().nth(1).is_some_and(char::is_uppercase) {
        return None;
    }
    // Only a lone full stop can be part of an abbreviation.
    if text[at..end] != *"." {
        return Some(end);
    }
    ends_at_stop(text, start, at, body, word).then_some(end)
}

/// The letters at the beginning of `text`, at most 24 bytes of them.
fn leading_word(text: &str) -> &str {
    let end = text
        .char_indices()
        .find(|&(i, c)| !c.is_alphanumeric() || i >= 24)
        .map_or(text.len(), |(i, _)| i);
    &text[..end]
}

/// Whether the full stop at `at` ends the sentence that began at `start`.
fn ends_at_stop(text: &str, start: usize, at: usize, body: &str, next: &str) -> bool {
    let before = &text[start..at];
    let from = before
        .char_indices()
        .rev()
        .take(20)
        .find(|&(_, c)| c.is_whitespace() || is_opening(c) || c == '/')
        .map_or(0, |(i, c)| i + c.len_utf8());
    let word = if at - start - from > 40 {
        return true;
    } else {
        &before[from..]
    };
    if word.is_empty() {
        return true;
    }
    let starts = is_starter(next);
    let next_is_digit = next.starts_with(|c: char| c.is_ascii_digit());
    let next_is_initial = next.chars().count() == 1 && body[next.len()..].starts_with('.');
    if word.chars().all(|c| c.is_ascii_digit()) {
        let is_item = before[..from].trim().is_empty() && !starts;
        return !is_item && (word.len() > 2 || !is_ordinal(&before[..from], next));
    }
    let mut letters = word.chars();
    if let (Some(letter), None) = (letters.next(), letters.next())
        && letter.is_alphabetic()
    {
        return match letter {
            'I' => true,
            'v' | 'M' => false,
            'p' | 'c' | 'n' | 's' if next_is_digit => false,
            _ if letter.is_uppercase() => starts && next.len() > 1 && !is_name_part(next),
            _ => !next_is_initial && !next_is_digit,
        };
    }
    if word.contains('.') {
        return starts;
    }
    let mut lower = String::with_capacity(word.len());
    lower.extend(word.chars().flat_map(char::to_lowercase));
    let lower = lower.as_str();
    if NUMBERED.binary_search(&lower).is_ok() {
        return !next_is_digit;
    }
    // In lower case "on", "gen", "ill", "mass" and their like are mostly words.
    if !word.starts_with(char::is_uppercase) && LOWER.binary_search(&lower).is_err() {
        return true;
    }
    if TITLES.binary_search(&lower).is_ok() {
        return false;
    }
    if SHORTENED.binary_search(&lower).is_ok() {
        return starts;
    }
    true
}

/// Whether a number with a stop is an ordinal ("am 3. Mai", "im 19. Jahrhundert"), by its neighbours.
fn is_ordinal(before: &str, next: &str) -> bool {
    let before = before.trim_end();
    let previous = before
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    BEFORE_ORDINAL.binary_search(&previous).is_ok() || AFTER_ORDINAL.binary_search(&next).is_ok()
}

/// German words that a number after them makes an ordinal.
const BEFORE_ORDINAL: [&str; 49] = [
    "Am", "Beim", "Bis", "Das", "Dem", "Den", "Der", "Des", "Die", "Ein", "Eine", "Ihr", "Im",
    "Sein", "Vom", "Zum", "Zur", "ab", "am", "beim", "bis", "das", "dem", "den", "der", "des",
    "die", "ein", "eine", "einem", "einen", "einer", "eines", "ihr", "ihre", "ihrem", "ihren",
    "ihrer", "im", "jeden", "jeder", "seine", "seinem", "seinen", "seiner", "seit", "vom", "zum",
    "zur",
];

/// What is counted or dated by ordinals: German nouns, and months of languages that write `3. maj`
/// but capitalise it.
const AFTER_ORDINAL: [&str; 60] = [
    "Absatz",
    "April",
    "Armee",
    "Auflage",
    "August",
    "Ausgabe",
    "Bezirk",
    "Bundesliga",
    "Dezember",
    "Etage",
    "Etappe",
    "Feber",
    "Februar",
    "Geburtstag",
    "Generation",
    "Halbjahr",
    "Jahr",
    "Jahrestag",
    "Jahrhundert",
    "Jahrhunderts",
    "Jahrtausend",
    "Januar",
    "Jh",
    "Juli",
    "Juni",
    "Jänner",
    "Kammer",
    "Kapitel",
    "Klasse",
    "Kongress",
    "Legislaturperiode",
    "Lesung",
    "Liga",
    "Mai",
    "Mal",
    "Mandat",
    "Minute",
    "März",
    "Nov",
    "November",
    "Oktober",
    "Platz",
    "Quartal",
    "Rang",
    "Reihe",
    "Runde",
    "Saison",
    "Sept",
    "September",
    "Sitzung",
    "Spieltag",
    "Stelle",
    "Stock",
    "Stufe",
    "Stunde",
    "Tag",
    "Todestag",
    "Welle",
    "Weltkrieg",
    "Weltkriegs",
];

/// Words that begin sentences, but surnames too: after an initial they do not count.
fn is_name_part(word: &str) -> bool {
    matches!(
        word,
        "Der" | "Des" | "Die" | "El" | "La" | "Le" | "Les" | "Los" | "So" | "Un" | "Will"
    )
}

/// Never the last word of a sentence: a name or noun follows.
const TITLES: [&str; 75] = [
    "abs", "adm", "bijv", "bzw", "ca", "capt", "cf", "cmdr", "cmte", "col", "cpl", "dhr", "dipl",
    "dott", "dr", "dra", "ed", "etw", "evtl", "fr", "frhr", "geb", "gen", "gen-maj", "gest", "ggf",
    "gov", "hon", "hr", "ing", "inkl", "insp", "lic", "lt", "maj", "messrs", "mevr", "mgr", "mlle",
    "mme", "mmes", "mr", "mrs", "ms", "msgr", "mt", "mx", "nr", "on", "pfc", "pres", "prof", "pvt",
    "rep", "reps", "rev", "sen", "sens", "sgt", "sig", "sog", "sogen", "spc", "sr", "sra", "srta",
    "ss", "ste", "supt", "tzw", "ul", "vgl", "vs", "zgl", "zzgl",
];

/// Before a number an abbreviation, else a word.
const NUMBERED: [&str; 16] = [
    "art", "ch", "chap", "fig", "figs", "kap", "no", "nos", "núm", "op", "p", "pp", "pág", "sec",
    "vol", "vols",
];

/// Abbreviations that may also end a sentence: the next word decides.
const SHORTENED: [&str; 75] = [
    "ala", "apr", "ariz", "ark", "assn", "asst", "aug", "av", "ave", "blvd", "bros", "calif",
    "cent", "cia", "co", "colo", "conn", "corp", "ct", "dec", "del", "dept", "dist", "ea", "est",
    "etc", "ext", "feb", "fla", "ft", "ga", "govt", "ill", "inc", "ind", "jan", "jr", "jul", "jun",
    "kan", "ky", "la", "ltd", "ltda", "mar", "mass", "md", "mich", "min", "minn", "mio", "miss",
    "mo", "mont", "mrd", "neb", "nev", "nov", "np", "oct", "okla", "ore", "pa", "plc", "rd", "sep",
    "sept", "st", "tenn", "tex", "univ", "usw", "va", "wash", "wis",
];

/// What is an abbreviation in lower case, too.
const LOWER: [&str; 35] = [
    "abs", "bijv", "bzw", "ca", "cf", "dhr", "dipl", "dott", "dr", "etc", "etw", "evtl", "geb",
    "gest", "ggf", "inc", "ing", "inkl", "mevr", "mgr", "mio", "mrd", "np", "nr", "prof", "sig",
    "sog", "spc", "tzw", "ul", "usw", "vgl", "vs", "zgl", "zzgl",
];

/// Words that, in capitals, stand at the beginning of a sentence far more often than after an abbreviation.
fn is_starter(word: &str) -> bool {
    STARTERS.binary_search(&word).is_ok()
}

const STARTERS: [&str; 134] = [
    "A",
    "About",
    "According",
    "After",
    "All",
    "Also",
    "Although",
    "Am",
    "An",
    "And",
    "Another",
    "Are",
    "As",
    "At",
    "Auch",
    "Auf",
    "Aus",
    "Bei",
    "Both",
    "But",
    "By",
    "Ce",
    "Cette",
    "Critics",
    "Das",
    "Der",
    "Des",
    "Despite",
    "Die",
    "Diese",
    "During",
    "Each",
    "Ein",
    "Eine",
    "El",
    "Elle",
    "En",
    "Er",
    "Es",
    "Even",
    "Every",
    "For",
    "Former",
    "From",
    "Für",
    "Had",
    "Has",
    "Have",
    "He",
    "Her",
    "Here",
    "His",
    "How",
    "However",
    "I",
    "If",
    "Il",
    "Ils",
    "Im",
    "In",
    "Instead",
    "Is",
    "It",
    "Its",
    "La",
    "Last",
    "Le",
    "Les",
    "Los",
    "Many",
    "Meanwhile",
    "Mit",
    "More",
    "Most",
    "Nach",
    "No",
    "Not",
    "Now",
    "Officials",
    "On",
    "One",
    "Only",
    "Or",
    "Other",
    "Our",
    "People",
    "Police",
    "Several",
    "She",
    "Sie",
    "Since",
    "So",
    "Some",
    "Such",
    "That",
    "The",
    "Their",
    "Then",
    "There",
    "These",
    "They",
    "This",
    "Those",
    "Though",
    "Three",
    "To",
    "Two",
    "Un",
    "Und",
    "Under",
    "Une",
    "Until",
    "Von",
    "Vor",
    "Was",
    "We",
    "Were",
    "What",
    "When",
    "Where",
    "Whether",
    "Which",
    "While",
    "Who",
    "Why",
    "Will",
    "Wir",
    "With",
    "Would",
    "Yet",
    "You",
    "Your",
    "Zu",
    "Zwei",
];
