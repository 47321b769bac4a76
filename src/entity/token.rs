//! The recogniser's tokens: words with their case and dots kept, and every mark of punctuation.
//!
//! The index's tokens are folded and drop punctuation, which is most of what tells a name from a
//! word; hence a tokenizer of its own. It is one pass without allocation beyond the list.

/// A word, number or single mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Byte range in its block.
    pub start: u32,
    pub end: u32,
    /// A sentence, line or block begins here.
    pub opens: bool,
}

/// Abbreviations that keep their dot, in lower case.
const ABBREVIATIONS: &[&str] = &[
    "adm", "al", "apr", "assn", "aug", "brig", "bros", "capt", "cf", "cmdr", "co", "col", "corp",
    "dec", "dept", "dr", "etc", "feb", "ft", "gen", "gov", "hon", "inc", "jan", "jr", "jul", "jun",
    "lt", "ltd", "maj", "mar", "messrs", "mr", "mrs", "ms", "mt", "no", "nov", "oct", "op", "pres",
    "prof", "pvt", "rep", "reps", "rev", "sen", "sens", "sep", "sept", "sgt", "sr", "st", "ste",
    "supt", "univ", "vs",
];

/// States and provinces, in lower case, that keep their dot behind a comma ("Durango, Colo.").
const STATES: &[&str] = &[
    "ala", "ariz", "ark", "calif", "colo", "conn", "del", "fla", "ga", "ill", "ind", "kan", "kans",
    "ky", "la", "mass", "md", "mich", "minn", "miss", "mo", "mont", "neb", "nev", "okla", "ont",
    "ore", "pa", "penn", "que", "tenn", "tex", "va", "vt", "wash", "wis", "wisc", "wyo",
];

/// Ends of domain names: "Amazon.com" is one word.
const DOMAINS: &[&str] = &[
    "com", "org", "net", "co", "gov", "edu", "io", "ai", "tv", "info", "uk", "au", "ca", "de",
    "fr", "es", "it", "nl", "ru", "in", "br", "hu", "at", "ch", "eu", "me",
];

const CLITICS: &[&str] = &["s", "re", "ve", "ll", "d", "m", "t"];

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘')
}

/// The tokens of one block, in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(text.len() / 5 + 4);
    let mut at = 0;
    let mut opens = true;
    while let Some(c) = text[at..].chars().next() {
        if c == ' ' {
            at += 1;
            continue;
        }
        if c.is_whitespace() {
            opens |= c == '\n';
            at += c.len_utf8();
            continue;
        }
        let end = if c.is_alphanumeric() {
            word_end(text, at)
        } else {
            clitic_end(text, at, c).unwrap_or(at + c.len_utf8())
        };
        let opens_here = opens || ends_sentence(text, &out, at, c);
        out.push(Token {
            start: at as u32,
            end: end as u32,
            opens: opens_here,
        });
        opens = false;
        at = end;
    }
    out
}

/// `'s` and its like directly behind a word.
fn clitic_end(text: &str, at: usize, c: char) -> Option<usize> {
    if !is_apostrophe(c)
        || !text[..at]
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric)
    {
        return None;
    }
    let rest = &text[at + c.len_utf8()..];
    let letters = clitic(rest)?;
    Some(at + c.len_utf8() + letters)
}

/// Bytes of a clitic's letters at the beginning of `rest`, if it begins with one.
fn clitic(rest: &str) -> Option<usize> {
    let len = rest
        .bytes()
        .take(3)
        .take_while(u8::is_ascii_alphabetic)
        .count();
    let known = CLITICS.iter().any(|c| rest[..len].eq_ignore_ascii_case(c));
    let ends = !rest[len..]
        .chars()
        .next()
        .is_some_and(char::is_alphanumeric);
    (known && ends).then_some(len)
}

fn word_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = start;
    let mut dotted = false;
    loop {
        while bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            end += 1;
        }
        // What most words end with.
        if let Some(b' ' | b'\n' | b'"' | b')' | b';' | b':') = bytes.get(end) {
            break;
        }
        let Some(c) = text[end..].chars().next() else {
            break;
        };
        let after = end + c.len_utf8();
        if c.is_alphanumeric() || is_mark(c) {
            end = after;
            continue;
        }
        let next = text[after..].chars().next();
        match c {
            '.' | ','
                if next.is_some_and(|n| n.is_ascii_digit())
                    && end > start
                    && bytes[end - 1].is_ascii_digit() =>
            {
                end = after;
            }
            '&' if next.is_some_and(char::is_alphabetic) => end = after,
            '.' => {
                let word = &text[start..end];
                let last = word.rsplit('.').next().unwrap_or(word);
                let short = last.chars().take(3).count() <= 2;
                let joins = next.is_some_and(char::is_alphabetic) && short;
                let initial = word.chars().next().is_some_and(char::is_uppercase)
                    && word.chars().nth(1).is_none();
                let closes_dotted = dotted && !next.is_some_and(char::is_alphabetic);
                if domain(&text[after..]) {
                    end = after;
                    continue;
                }
                if joins {
                    dotted = true;
                    end = after;
                    continue;
                }
                // "no." ends more sentences than it abbreviates "number".
                let number = !word.eq_ignore_ascii_case("no")
                    || text[after..]
                        .trim_start()
                        .starts_with(|c: char| c.is_ascii_digit());
                let known = number
                    && word.len() <= 6
                    && ABBREVIATIONS.iter().any(|a| word.eq_ignore_ascii_case(a));
                let state = word.len() <= 5
                    && word.starts_with(|c: char| c.is_ascii_uppercase())
                    && text[..start].ends_with(", ")
                    && STATES.iter().any(|a| word.eq_ignore_ascii_case(a));
                if initial || closes_dotted || known || state {
                    return after;
                }
                return end;
            }
            _ if is_apostrophe(c) && next.is_some_and(char::is_alphabetic) => {
                if clitic(&text[after..]).is_some() {
                    return end;
                }
                // French and Italian elision: "l'Afghanistan" is two words, "O'Brien" is one.
                if next.is_some_and(char::is_uppercase) && is_elided(&text[start..end]) {
                    return after;
                }
                end = after;
            }
            _ => return end,
        }
    }
    end
}

/// Whether `rest` begins with the end of a domain name, in lower case.
fn domain(rest: &str) -> bool {
    let len = rest
        .bytes()
        .take(5)
        .take_while(u8::is_ascii_lowercase)
        .count();
    DOMAINS.contains(&&rest[..len]) && !rest[len..].starts_with(|c: char| c.is_alphanumeric())
}

/// The lower-case remains of an article or preposition before an apostrophe.
fn is_elided(word: &str) -> bool {
    matches!(
        word,
        "l" | "d"
            | "j"
            | "n"
            | "s"
            | "c"
            | "m"
            | "t"
            | "qu"
            | "dell"
            | "all"
            | "nell"
            | "sull"
            | "dall"
            | "un"
            | "jusqu"
            | "lorsqu"
    )
}

/// Combining marks belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}'
        | '\u{93a}'..='\u{94f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{200d}')
}

/// Whether the token that begins with `c` at `at` opens a sentence after those in `before`.
fn ends_sentence(text: &str, before: &[Token], at: usize, c: char) -> bool {
    let Some(last) = before.last() else {
        return true;
    };
    let begins =
        c.is_uppercase() || c.is_ascii_digit() || matches!(c, '"' | '“' | '‘' | '(' | '«' | '„');
    if !begins || at == last.end as usize {
        return false;
    }
    let slice = |t: &Token| &text[t.start as usize..t.end as usize];
    let stops = |t: &Token| matches!(slice(t), "." | "!" | "?" | "…");
    let closes = matches!(slice(last), "\"" | "”" | "’" | "'" | ")" | "»" | "“");
    stops(last) || closes && before.len() >= 2 && stops(&before[before.len() - 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text)
            .iter()
            .map(|t| &text[t.start as usize..t.end as usize])
            .collect()
    }

    fn openings(text: &str) -> Vec<&str> {
        tokens(text)
            .iter()
            .filter(|t| t.opens)
            .map(|t| &text[t.start as usize..t.end as usize])
            .collect()
    }

    #[test]
    fn dots_stay_in_abbreviations_and_initials_only() {
        assert_eq!(
            words("Mr. John F. Kennedy of the U.S. left."),
            [
                "Mr.", "John", "F.", "Kennedy", "of", "the", "U.S.", "left", "."
            ]
        );
        assert_eq!(
            words("l'Afghanistan d’Iran"),
            ["l'", "Afghanistan", "d’", "Iran"]
        );
        assert_eq!(
            words("AT&T paid 1,200.5 to O'Brien."),
            ["AT&T", "paid", "1,200.5", "to", "O'Brien", "."]
        );
    }

    #[test]
    fn domain_names_and_states_are_one_word() {
        assert_eq!(
            words("Amazon.com and UOL.com.br. Come."),
            ["Amazon.com", "and", "UOL.com.br", ".", "Come", "."]
        );
        assert_eq!(
            words("in Durango, Colo. He"),
            ["in", "Durango", ",", "Colo.", "He"]
        );
        assert_eq!(
            words("They fell ill. He"),
            ["They", "fell", "ill", ".", "He"]
        );
    }

    #[test]
    fn possessives_are_tokens() {
        assert_eq!(
            words("Trump's and Iran’s don't"),
            ["Trump", "'s", "and", "Iran", "’s", "don", "'t"]
        );
    }

    #[test]
    fn sentences_open_after_stops_and_closing_quotes() {
        assert_eq!(
            openings("He left. \"She stayed,\" he said. Iran won."),
            ["He", "\"", "Iran"]
        );
        assert_eq!(
            openings("He said “No.” They left.\nNew line"),
            ["He", "They", "New"]
        );
        assert_eq!(openings("Mr. Smith and the U.S. Army"), ["Mr."]);
    }

    proptest! {
        #[test]
        fn tokens_are_in_order_on_boundaries_and_cover_all_but_space(text in "\\PC*") {
            let mut at = 0usize;
            for token in tokens(&text) {
                let (start, end) = (token.start as usize, token.end as usize);
                prop_assert!(at <= start && start < end);
                prop_assert!(text[at..start].chars().all(char::is_whitespace));
                at = end;
                prop_assert!(text.is_char_boundary(end));
            }
            prop_assert!(text[at..].chars().all(char::is_whitespace));
        }
    }
}
