//! Spellings of one name: what may differ without the name being another.

use crate::article::EntityKind;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Titles and forms of address that are no part of a name, folded.
const HONORIFICS: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "sir",
    "dame",
    "lord",
    "lady",
    "president",
    "chancellor",
    "senator",
    "sen",
    "representative",
    "rep",
    "congressman",
    "congresswoman",
    "governor",
    "gov",
    "general",
    "gen",
    "colonel",
    "col",
    "lieutenant",
    "lt",
    "major",
    "maj",
    "captain",
    "capt",
    "sergeant",
    "sgt",
    "constable",
    "judge",
    "justice",
    "reverend",
    "rev",
    "father",
    "sister",
    "bishop",
    "archbishop",
    "cardinal",
    "pope",
    "king",
    "queen",
    "prince",
    "princess",
    "sheikh",
    "sheik",
    "ayatollah",
    "imam",
    "mufti",
    "mayor",
    "minister",
    "secretary",
    "ambassador",
    "herr",
    "frau",
    "monsieur",
    "madame",
    "mme",
    "mlle",
    "señor",
    "señora",
    "hon",
    "adm",
    "admiral",
];
/// What follows a name without naming another person, folded; "jr" and "sr" do name another.
const DEGREES: &[&str] = &["qc", "kc", "mp", "md", "phd", "esq", "obe", "cbe", "mbe"];
/// Legal forms of companies, folded.
const LEGAL_FORMS: &[&str] = &[
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "ltd",
    "limited",
    "plc",
    "llc",
    "llp",
    "co",
    "company",
    "ag",
    "sa",
    "se",
    "nv",
    "gmbh",
    "ab",
    "asa",
    "spa",
    "bv",
    "kg",
    "kft",
    "oyj",
];

/// Lower case, without accents, apostrophes and dots; runs of other marks but hyphens are one space.
///
/// ```
/// assert_eq!(dateline::entity::fold("  Łukasz  O’Brien, Jr."), "lukasz obrien jr");
/// ```
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|c| fold_char(c, &mut out));
    } else {
        text.nfd().for_each(|c| fold_char(c, &mut out));
    }
    out.truncate(out.trim_end().len());
    out
}

fn fold_char(c: char, out: &mut String) {
    match c {
        'a'..='z' | '0'..='9' => out.push(c),
        'A'..='Z' => out.push(c.to_ascii_lowercase()),
        '\'' | '’' | '‘' | 'ʻ' | 'ʼ' | '.' | '`' => {}
        '‐' | '‑' | '–' | '-' => out.push('-'),
        'ł' | 'Ł' => out.push('l'),
        'ø' | 'Ø' => out.push('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
        'ı' => out.push('i'),
        'æ' | 'Æ' => out.push_str("ae"),
        'œ' | 'Œ' => out.push_str("oe"),
        'ß' => out.push_str("ss"),
        'þ' | 'Þ' => out.push_str("th"),
        '&' => {
            one_space(out);
            out.push_str("and ");
        }
        _ if is_combining_mark(c) => {}
        _ if c.is_alphanumeric() => out.extend(c.to_lowercase().filter(|c| !is_combining_mark(*c))),
        _ => one_space(out),
    }
}

fn one_space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// The folded words of a person's name, without titles before it and degrees behind it.
///
/// Never empty for a name that has a letter: a title alone stays.
pub(super) fn person_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = fold(name).split(' ').map(str::to_owned).collect();
    while words.len() > 1
        && words
            .first()
            .is_some_and(|w| HONORIFICS.contains(&w.as_str()))
    {
        words.remove(0);
    }
    while words.len() > 1 && words.last().is_some_and(|w| DEGREES.contains(&w.as_str())) {
        words.pop();
    }
    words
}

/// Bytes of `name` that are titles before the name proper.
pub(super) fn honorific_bytes(name: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &name[at..];
        let Some(space) = rest.find(char::is_whitespace) else {
            return at;
        };
        if !HONORIFICS.contains(&fold(&rest[..space]).as_str()) {
            return at;
        }
        at += space + (rest[space..].len() - rest[space..].trim_start().len());
    }
}

/// True for a legal form such as "Inc.", folded.
pub(super) fn is_legal_form(word: &str) -> bool {
    LEGAL_FORMS.contains(&word)
}

/// A key under which the spellings of one name meet, where it is safe across an archive.
///
/// Accents, case, dots, apostrophes and "&" do not count; for persons neither do titles, the order in
/// "Merkel, Angela", middle initials, the article in "al-Assad" and common transliterations; for organisations neither do "the"
/// and legal forms. Initials for first names, nicknames and acronyms do count: "A. Merkel" stays apart.
/// The key is empty if the name has no letter or digit.
///
/// ```
/// use dateline::{article::EntityKind, entity::variant_key};
/// assert_eq!(variant_key(EntityKind::Person, "Trump, Donald J."), variant_key(EntityKind::Person, "Donald Trump"));
/// assert_eq!(variant_key(EntityKind::Org, "The Boeing Company"), "boeing");
/// ```
pub fn variant_key(kind: EntityKind, name: &str) -> String {
    variant_parts(kind, name).0
}

/// The [`variant_key`] of a name, and the middle initials that it leaves out, in order and lower case.
///
/// Two names of one key are one person only where the initials of one begin those of the other.
pub fn variant_parts(kind: EntityKind, name: &str) -> (String, String) {
    let mut initials = String::new();
    let key = match kind {
        EntityKind::Person => {
            let ordered = match name.split_once(',') {
                Some((last, first)) if !first.trim().is_empty() && !is_generation(first) => {
                    format!("{first} {last}")
                }
                _ => name.to_owned(),
            };
            let mut words = person_words(&ordered);
            let last = words.len().saturating_sub(1);
            let mut i = 0;
            words.retain(|w| {
                i += 1;
                let inner = i > 1 && i <= last;
                let is_initial = inner && w.chars().nth(1).is_none();
                if is_initial {
                    initials.push_str(w);
                }
                !is_initial
            });
            for word in &mut words {
                for article in ["al-", "el-"] {
                    if word.len() > article.len() + 2 && word.starts_with(article) {
                        word.drain(..article.len());
                    }
                }
                transliterate(word);
            }
            words.join(" ")
        }
        EntityKind::Org => {
            let folded = fold(name);
            let mut words: Vec<&str> = folded.split(' ').collect();
            if words.len() > 1 && words[0] == "the" {
                words.remove(0);
            }
            while words.len() > 1 && words.last().is_some_and(|w| is_legal_form(w)) {
                words.pop();
            }
            words.join(" ")
        }
        EntityKind::Place => {
            let folded = fold(name);
            folded.strip_prefix("the ").unwrap_or(&folded).to_owned()
        }
    };
    (key, initials)
}

/// Brings the ways to write a name in Latin letters together: Zelenskyy, Zelenskiy and Zelensky;
/// Mueller and Müller (whose accent is gone already); Mohammed and Muhammad.
fn transliterate(word: &mut String) {
    const MUHAMMAD: &[&str] = &[
        "mohammed", "mohammad", "mohamed", "mohamad", "muhammed", "muhamad", "mohammod",
    ];
    if MUHAMMAD.contains(&word.as_str()) {
        *word = "muhammad".to_owned();
        return;
    }
    for ending in ["skyy", "skiy", "skij", "skii", "ski"] {
        if let Some(stem) = word.strip_suffix(ending) {
            *word = format!("{stem}sky");
            break;
        }
    }
    // "ue" and "oe" within a longer word, behind a consonant: "Mueller", but not "Joe" or "Samuel".
    for (pair, vowel) in [("ue", "u"), ("oe", "o")] {
        if let Some(at) = word.find(pair)
            && at > 0
            && word.len() > at + 4
            && !"aeiouyqg".contains(char::from(word.as_bytes()[at - 1]))
        {
            word.replace_range(at..at + 2, vowel);
        }
    }
}

/// "Jr." and its like, which name another person of the same name.
fn is_generation(text: &str) -> bool {
    matches!(fold(text).as_str(), "jr" | "sr" | "ii" | "iii" | "iv")
}

#[cfg(test)]
mod tests {
    use super::*;
    use EntityKind::{Org, Person, Place};

    fn same(kind: EntityKind, names: &[&str]) {
        for name in names {
            assert_eq!(
                variant_key(kind, name),
                variant_key(kind, names[0]),
                "{name}"
            );
        }
    }

    fn apart(kind: EntityKind, a: &str, b: &str) {
        assert_ne!(variant_key(kind, a), variant_key(kind, b), "{a} and {b}");
    }

    #[test]
    fn accents_titles_order_and_middle_initials_meet() {
        same(
            Person,
            &[
                "Angela Merkel",
                "angela merkel",
                "Merkel, Angela",
                "Chancellor Angela Merkel",
            ],
        );
        same(Person, &["Recep Tayyip Erdoğan", "Recep Tayyip Erdogan"]);
        same(
            Person,
            &["Donald Trump", "Donald J. Trump", "President Donald Trump"],
        );
        same(Person, &["Bashar al-Assad", "Bashar Assad"]);
        same(
            Person,
            &[
                "Volodymyr Zelenskyy",
                "Volodymyr Zelensky",
                "Volodymyr Zelenskiy",
            ],
        );
        same(Person, &["Robert Mueller", "Robert Müller"]);
        same(Person, &["Mohammed Morsi", "Muhammad Morsi"]);
        same(Place, &["São Paulo", "Sao Paulo", "SÃO PAULO"]);
        same(Org, &["Apple Inc.", "Apple", "Apple, Inc"]);
        same(Org, &["Johnson & Johnson", "Johnson and Johnson"]);
    }

    #[test]
    fn other_persons_of_a_like_name_stay_apart() {
        apart(Person, "Donald Trump", "Donald Trump Jr.");
        apart(Person, "Martin Luther King", "Martin Luther King, Jr.");
        apart(Person, "A. Merkel", "Angela Merkel");
        apart(Person, "George Bush", "Georgia Bush");
        apart(Person, "Joe Johnson", "Jo Johnson");
        apart(Person, "Michael Novak", "Michal Novak");
        let initials = |name| variant_parts(Person, name).1;
        assert_eq!(initials("George H. W. Bush"), "hw");
        assert_eq!(initials("George Bush"), "");
    }

    #[test]
    fn names_without_letters_have_no_key_and_a_title_alone_stays() {
        assert_eq!(variant_key(Person, "…"), "");
        assert_eq!(variant_key(Person, ""), "");
        assert_eq!(variant_key(Person, "King"), "king");
        assert_eq!(variant_key(Org, "The"), "the");
    }
}
