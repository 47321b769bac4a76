//! The place line that opens a report: `LONDON, March 3 (Reuters) - `.

use super::text_lines::prefix;

/// A dateline and where the report begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dateline<'t> {
    /// Place and day, as in `LONDON, March 3`.
    pub line: &'t str,
    /// The agency in brackets.
    pub agency: Option<&'t str>,
    /// Byte where the text after the dash begins.
    pub body: usize,
}

/// Longest dateline looked for, in bytes.
const MAX_BYTES: usize = 100;

/// Finds the dateline that opens `text`: a place in capitals, perhaps a country, day and agency, then a dash.
pub(super) fn split(text: &str) -> Option<Dateline<'_>> {
    let front = prefix(text, MAX_BYTES);
    let (dash, width) = ["--", " - ", " – ", " — ", "—", " -- ", " ― "]
        .iter()
        .filter_map(|d| front.find(d).map(|at| (at, d.len())))
        .min_by_key(|(at, width)| (*at, usize::MAX - width))?;
    let before = front.get(..dash)?.trim();
    let (line, agency) = match before.rfind('(') {
        Some(open) if before.ends_with(')') => {
            let agency = before.get(open + 1..before.len() - 1)?.trim();
            (
                before.get(..open)?.trim(),
                Some(agency).filter(|a| !a.is_empty()),
            )
        }
        _ => (before, None),
    };
    let place = line.split([',', '(']).next()?.trim();
    let words = line.split_whitespace().count();
    let is_place = match is_capitals(place) {
        true => {
            let certain = agency.is_some() || line.contains(',');
            place.split_whitespace().count() <= 3 + usize::from(certain) && words <= 10
        }
        // In small letters a place is certain only with its state, day or agency.
        false => {
            words <= 6
                && (agency.is_some_and(is_agency) || (line.contains(',') && is_capitalised(line)))
        }
    };
    let ends_well = !line.ends_with([':', '?', '!']) && (!line.ends_with('.') || line.len() < 40);
    let body = dash + width + text.get(dash + width..)?.len()
        - text.get(dash + width..)?.trim_start().len();
    (is_place && ends_well).then_some(Dateline { line, agency, body })
}

/// Three letters or more, all capitals.
fn is_capitals(place: &str) -> bool {
    let letters = place.chars().filter(|c| c.is_alphabetic());
    let capitals = place.chars().filter(|c| c.is_uppercase()).count();
    capitals >= 3 && letters.count() == capitals
}

/// Every word begins with a capital or a digit (`Washington, D.C.`, `Sioux Falls, S.D., Jan. 3`).
fn is_capitalised(line: &str) -> bool {
    line.split_whitespace()
        .all(|w| w.starts_with(|c: char| c.is_uppercase() || c.is_numeric()))
}

/// `dpa`, `AFP`, `Reuters`: one or two words.
fn is_agency(text: &str) -> bool {
    text.split_whitespace().count() <= 2
        && text.chars().count() <= 20
        && text
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '/' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_day_and_agency_are_split() {
        let text = "LONDON, March 3 (Reuters) - The bank said";
        let found = split(text).unwrap();
        assert_eq!(found.line, "LONDON, March 3");
        assert_eq!(found.agency, Some("Reuters"));
        assert_eq!(&text[found.body..], "The bank said");
    }

    #[test]
    fn many_desks_write_many_dashes() {
        for (text, line) in [
            ("WASHINGTON -- The Senate", "WASHINGTON"),
            ("WASHINGTON, D.C. – Senator", "WASHINGTON, D.C."),
            ("SAN FRANCISCO (AP) — Fire", "SAN FRANCISCO"),
            ("NEW YORK, Jan. 5 - Stocks", "NEW YORK, Jan. 5"),
            ("BERLIN (dpa) – Der Bundestag", "BERLIN"),
            ("KYIV, Ukraine (AP) — Drones", "KYIV, Ukraine"),
            ("Berlin (dpa) - Der Bundestag", "Berlin"),
            ("Washington, D.C. – Senator", "Washington, D.C."),
        ] {
            assert_eq!(split(text).map(|d| d.line), Some(line), "{text}");
        }
    }

    #[test]
    fn sentences_with_dashes_have_none() {
        for text in [
            "The US - and its allies - agreed",
            "NATO said on Monday that it would send help to the town - again",
            "A man - unnamed - was hurt",
            "well-known",
            "",
        ] {
            assert_eq!(split(text), None, "{text}");
        }
    }
}
