//! Dates as pages print them, in the languages that the page sets hold.

use super::super::published;
use super::clutter::never;
use crate::article::{Precision, Provenance, Published};
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// Month names and their abbreviations, as they stand in dates.
const MONTHS: [&str; 12] = [
    "january|januar|janvier|enero|gennaio|janeiro|januari|stycznia|styczeń|января|январь|jänner|ocak|leden|ledna|січня|janv|jan|gen|ene|янв|sty|oca\
     |ianuarie|ιανουαρίου|ιαν|tammikuuta|januára|január|jaanuar|gener|janúar|siječnja|януари|sausio|janvāris|يناير|ינואר|जनवरी",
    "february|februar|février|febrero|febbraio|fevereiro|februari|lutego|luty|февраля|февраль|şubat|února|únor|лютого|févr|fév|feber|feb|fev|lut|фев|şub\
     |februarie|φεβρουαρίου|φεβ|helmikuuta|februára|február|veebruar|febrer|febrúar|veljače|февруари|vasario|februāris|فبراير|פברואר|फरवरी",
    "march|märz|mars|marzo|março|maart|marca|marzec|марта|март|mart|března|březen|березня|maerz|mar|mär|mrt|мар\
     |martie|μαρτίου|μαρ|maaliskuuta|március|märts|març|ožujka|marts|maret|marec|kovo|مارس|מרץ|मार्च",
    "april|avril|abril|aprile|kwietnia|kwiecień|апреля|апрель|nisan|dubna|duben|квітня|avr|apr|abr|kwi|апр|nis\
     |aprilie|απριλίου|απρ|huhtikuuta|apríla|április|aprill|apríl|travnja|април|balandžio|aprīlis|أبريل|ابريل|אפריל|अप्रैल",
    "may|mai|mayo|maggio|maio|mei|maja|maj|мая|май|mayıs|května|květen|травня|mag\
     |μαΐου|μαϊου|toukokuuta|mája|május|maig|maí|svibnja|gegužės|maijs|مايو|מאי|मई",
    "june|juni|juin|junio|giugno|junho|czerwca|czerwiec|июня|июнь|haziran|června|červen|червня|jun|giu|cze|июн|haz\
     |iunie|ιουνίου|ιουν|kesäkuuta|júna|június|juuni|juny|júní|lipnja|юни|junij|birželio|jūnijs|يونيو|יוני|जून",
    "july|juli|juillet|julio|luglio|julho|lipca|lipiec|июля|июль|temmuz|července|červenec|липня|juil|jul|lug|lip|июл|tem\
     |iulie|ιουλίου|ιουλ|heinäkuuta|júla|július|juuli|juliol|júlí|srpnja|юли|julij|liepos|jūlijs|يوليو|יולי|जुलाई",
    "august|août|aout|agosto|augustus|augusti|sierpnia|sierpień|августа|август|ağustos|srpna|srpen|серпня|aug|ago|sie|авг|ağu\
     |αυγούστου|αυγ|elokuuta|augusta|augusztus|agost|ágúst|kolovoza|avgust|agustus|rugpjūčio|augusts|أغسطس|אוגוסט|अगस्त",
    "september|septembre|septiembre|settembre|setembro|września|wrzesień|сентября|сентябрь|eylül|září|вересня|setiembre|sept|sep|set|wrz|сен|eyl\
     |septembrie|σεπτεμβρίου|σεπ|syyskuuta|septembra|szeptember|setembre|rujna|септември|septembar|rugsėjo|septembris|سبتمبر|ספטמבר|सितंबर",
    "october|oktober|octobre|octubre|ottobre|outubro|października|październik|октября|октябрь|ekim|října|říjen|жовтня|oct|okt|ott|out|paź|окт|eki\
     |octombrie|οκτωβρίου|οκτ|lokakuuta|októbra|október|oktoober|октомври|oktobar|spalio|oktobris|أكتوبر|اكتوبر|אוקטובר|अक्टूबर",
    "november|novembre|noviembre|novembro|listopada|listopad|ноября|ноябрь|kasım|listopadu|nov|lis|ноя|kas\
     |noiembrie|νοεμβρίου|νοε|marraskuuta|novembra|nóvember|studenoga|studenog|ноември|novembar|lapkričio|novembris|نوفمبر|נובמבר|नवंबर",
    "december|dezember|décembre|diciembre|dicembre|dezembro|grudnia|grudzień|декабря|декабрь|aralık|prosince|prosinec|грудня|déc|dec|dez|dic|gru|дек|ara\
     |decembrie|δεκεμβρίου|δεκ|joulukuuta|decembra|desember|detsember|desembre|prosinca|декември|decembar|gruodžio|decembris|ديسمبر|דצמבר|दिसंबर",
];

static PRINTED: LazyLock<Regex> = LazyLock::new(|| {
    let mut months: Vec<&str> = MONTHS.iter().flat_map(|m| m.split('|')).collect();
    // The first that fits is taken, so that of one beginning the longest has to come first.
    months.sort_by_key(|m| std::cmp::Reverse(m.len()));
    let months = months.join("|");
    let pattern = format!(
        concat!(
            r"(?x)\b(?:",
            r"(?P<iy>(?:19|20)\d\d)[-/.](?P<im>\d{{1,2}})[-/.](?P<id>\d{{1,2}})\b",
            r"|(?P<cy>(?:19|20)\d\d)\ ?[年년]\ ?(?P<cm>\d{{1,2}})\ ?[月월]\ ?(?P<cd>\d{{1,2}})\ ?[日일]",
            r"|(?P<dd>\d{{1,2}})(?:st|nd|rd|th|er|º|°)?\.?,?[\ \-/](?:de\ |d['’]|of\ |ב)?(?P<dm>{months})\.?,?[\ \-/](?:de\ |del\ )?(?P<dy>(?:19|20)\d\d)\b",
            r"|(?P<mm>{months})\.?[\ \-](?P<md>\d{{1,2}})(?:st|nd|rd|th)?\.?,?\ (?P<my>(?:19|20)\d\d)\b",
            r"|(?P<hy>(?:19|20)\d\d)(?:\.|\.\ gada|\ m\.)?\ (?P<hm>{months})\ (?P<hd>\d{{1,2}})\b",
            r"|(?P<vd>\d{{1,2}})\ tháng\ (?P<vm>\d{{1,2}}),?\ (?:năm\ )?(?P<vy>(?:19|20)\d\d)\b",
            r"|(?P<na>\d{{1,2}})(?P<ns>[./-])\ ?(?P<nb>\d{{1,2}})[./-]\ ?(?P<ny>(?:19|20)\d\d)\b",
            r"|(?P<ta>\d\d)(?P<ts>[./])(?P<tb>\d\d)[./](?P<ty>\d\d)\b",
            r")"
        ),
        months = months
    );
    Regex::new(&pattern).unwrap_or_else(|_| never())
});

/// What a page writes before a time to say of what it is.
static LABELS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<updated>updat|modified|last edit|revised|corrected|aktualisier|bearbeitet|geändert|änderung|mis à jour|màj|actualisé|modifié|actualizad|modificad|aggiorna|atualiza|",
        r"bijgewerkt|gewijzigd|uppdater|oppdater|opdater|päivitetty|zaktualiz|aktualizacj|modyfikacj|aktualizov|обновлен|оновлен|güncel|",
        r"ενημερώθηκε|frissít|actualizat|更新|수정|업데이트|tarih güncelle|عدل)",
        r"|(?P<published>publish|publié|publicad|publicación|publicação|publication date|mise? en ligne|posted|veröffentlicht|erstellt|erschienen|gepostet|geplaatst|gepubliceerd|parution|créé|pubblicato|publiceer|julkaistu|lagt ut|",
        r"udgivet|opublikowan|dodano|опубликован|опубліковано|yayın|δημοσ|kö?zzétéve|megjelent|公開|掲載|投稿|发布|發布|등록|입력|issued|released)",
    ))
    .unwrap_or_else(|_| never())
});

/// What a page says that a time of its is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Published,
    Nothing,
    Updated,
}

/// What the words before a time say of it; the last of them counts.
pub(super) fn label(before: &str) -> Says {
    let lower = before.to_lowercase();
    match LABELS.captures_iter(&lower).last() {
        Some(found) if found.name("updated").is_some() => Says::Updated,
        Some(_) => Says::Published,
        None => Says::Nothing,
    }
}

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[\s,;|•·–—\-(]*(?:t|at|um|à|às|as|a las|kl\.?|ore|o|-|в)?\s*([01]?\d|2[0-3])[:.h]([0-5]\d)(?::([0-5]\d))?\s*([ap])?\.?(?:m\b)?\.?\s*(?:uhr|hrs?\b)?,?\s*\(?(utc|gmt|z|est|edt|cst|cdt|mst|mdt|pst|pdt|bst|cet|cest|ist|et|ct|pt|[+-]\d\d:?\d\d)?\b",
    )
    .unwrap_or_else(|_| never())
});

/// The date that `text` prints as the publication's, with the time of day and zone that follow it, and what it says
/// of it: the first that it calls published, else the first that it says nothing of, else the first.
///
/// `lang` decides `03/04/2024`, which is April nowhere but in the United States; without it the
/// order must be certain. Never more precise than printed.
pub(super) fn stated(text: &str, lang: Option<&str>) -> Option<(Published, Says)> {
    let head = &text[..crate::analyze::floor_boundary(text, 2_000)];
    let lower = head.to_lowercase().replace('\u{a0}', " ");
    let mut best: Option<(Published, Says)> = None;
    let mut from = 0;
    for found in PRINTED.captures_iter(&lower) {
        let Some(whole) = found.get(0) else { continue };
        let says = label(lower.get(from..whole.start()).unwrap_or(""));
        from = whole.end();
        let Some(date) = date(&found, &lower, lang) else {
            continue;
        };
        if best.is_none_or(|(_, other)| (says as u8) < other as u8) {
            best = Some((with_clock(date, lower.get(from..).unwrap_or("")), says));
        }
    }
    best
}

/// The date of [`stated`], whatever is said of it.
pub(super) fn find(text: &str, lang: Option<&str>) -> Option<Published> {
    stated(text, lang).map(|(found, _)| found)
}

/// The day that a match of [`PRINTED`] in `text` names.
fn date(found: &regex::Captures<'_>, text: &str, lang: Option<&str>) -> Option<Date> {
    let number = |name: &str| {
        found
            .name(name)
            .and_then(|m| m.as_str().parse::<i16>().ok())
    };
    let month = |name: &str| found.name(name).and_then(|m| month(m.as_str(), lang));
    // Which of two numbers is the day.
    let ordered = |a: i16, b: i16, separator: &str| match lang {
        _ if a > 12 => Some((a, b)),
        _ if b > 12 => Some((b, a)),
        _ if a == b || separator == "." => Some((a, b)),
        Some("en-us") => Some((b, a)),
        Some(l) if !l.starts_with("en") || l.len() > 2 => Some((a, b)),
        _ => None,
    };
    let separator = |name: &str| found.name(name).map_or("", |m| m.as_str());
    let (year, month, day) = if let Some(y) = number("iy") {
        (y, number("im")?, number("id")?)
    } else if let Some(y) = number("cy") {
        (y, number("cm")?, number("cd")?)
    } else if let Some(y) = number("dy") {
        (y, month("dm")?, number("dd")?)
    } else if let Some(y) = number("my") {
        (y, month("mm")?, number("md")?)
    } else if let Some(y) = number("hy") {
        (y, month("hm")?, number("hd")?)
    } else if let Some(y) = number("vy") {
        (y, number("vm")?, number("vd")?)
    } else if let Some(y) = number("ny") {
        let (day, month) = ordered(number("na")?, number("nb")?, separator("ns"))?;
        (y, month, day)
    } else {
        // Two digits of a year, unless more numbers follow: a version, an address, a price.
        let rest = text.get(found.get(0)?.end()..)?;
        let mut next = rest.chars();
        let goes_on = matches!(next.next(), Some('.' | ',' | '/' | '-'))
            && next.next().is_some_and(|c| c.is_ascii_digit());
        let year = number("ty").filter(|_| !goes_on)?;
        let (day, month) = ordered(number("ta")?, number("tb")?, separator("ts"))?;
        (year + if year < 70 { 2000 } else { 1900 }, month, day)
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The day that opens a report: `27.1.2022 - The council …`, `Karlsruhe, (12.11.2021). …`.
///
/// Only a place and a break may stand before it (`On 3 June` begins a sentence), and a break must
/// follow: a sentence that begins with a date tells when something happened.
pub(super) fn opening(text: &str, lang: Option<&str>) -> Option<Published> {
    let text = text.replace('\u{a0}', " ");
    let head = &text[..crate::analyze::floor_boundary(&text, 80)];
    let lower = head.to_lowercase();
    let found = PRINTED.find(&lower)?;
    let before = lower.get(..found.start())?;
    let place = before.len() < 40 && before.split_whitespace().count() <= 4 && {
        let written = head.get(..before.len())?;
        let mut words = written.split(|c: char| !c.is_alphanumeric());
        let is_apart = written
            .trim_end()
            .ends_with([',', '(', '-', '–', '—', '/', ':', '|']);
        (is_apart || written.trim().is_empty())
            && words.all(|w| w.chars().next().is_none_or(char::is_uppercase))
    };
    let after = lower.get(found.end()..)?;
    let broken = after
        .trim_start_matches([')', ' '])
        .starts_with(['-', '–', '—', ':', '|'])
        || (after.starts_with(')') && !before.trim_end().ends_with(|c: char| c.is_alphanumeric()))
        // Place and day on a line of their own.
        || (after.trim().is_empty() && !before.trim().is_empty());
    find(head, lang).filter(|_| place && broken)
}

fn with_clock(date: Date, rest: &str) -> Published {
    let day = Published::day(date, Provenance::Text);
    let Some(clock) = CLOCK.captures(rest) else {
        return day;
    };
    let part = |n: usize| clock.get(n).map_or("", |m| m.as_str());
    let half = match part(4) {
        "a" => " am",
        "p" => " pm",
        _ => "",
    };
    let seconds = if part(3).is_empty() { "00" } else { part(3) };
    let written = |zone: &str| format!("{date} {}:{}:{seconds}{half} {zone}", part(1), part(2));
    published::parse(
        written(&part(5).to_uppercase()).trim(),
        None,
        Provenance::Text,
    )
    .or_else(|_| published::parse(written("").trim(), None, Provenance::Text))
    .unwrap_or(day)
}

/// The number of a month, given in lower case as [`MONTHS`] has it.
fn month(name: &str, lang: Option<&str>) -> Option<i16> {
    // "Falling leaves" is October in Croatian, November in Polish and Czech.
    if name.starts_with("listopad") && lang.is_some_and(|l| l.starts_with("hr")) {
        return Some(10);
    }
    (1..)
        .zip(MONTHS)
        .find_map(|(n, names)| names.split('|').any(|m| m == name).then_some(n))
}

/// Of times for one event in order of trust: the first's day, as precisely as any states that day.
pub(super) fn most_precise(times: impl IntoIterator<Item = Published>) -> Option<Published> {
    let mut times = times.into_iter();
    let mut best = times.next()?;
    for other in times {
        let same = other.days() == best.days()
            || (best.precision < Precision::Day && other.at.year() == best.at.year());
        let finer = (other.precision, other.offset_seconds.is_some())
            > (best.precision, best.offset_seconds.is_some());
        // Midnight is how systems write that they do not know.
        if same && finer && best.precision != Precision::Second {
            best = other;
        }
    }
    Some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, lang: &str) -> Option<String> {
        find(text, Some(lang).filter(|l| !l.is_empty())).map(|p| p.to_string())
    }

    #[test]
    fn printed_dates_are_read_in_many_languages() {
        for (text, lang, expected) in [
            ("Published July 14, 2024", "en", "2024-07-14"),
            ("14 July 2024", "", "2024-07-14"),
            (
                "Sonntag, 14. Juli 2024, 10:30 Uhr",
                "de",
                "2024-07-14T10:30:00",
            ),
            ("Stand: 14.07.2024 - 08:05", "de", "2024-07-14T08:05:00"),
            (
                "Publié le 1er août 2019 à 18h05",
                "fr",
                "2019-08-01T18:05:00",
            ),
            ("3 de marzo de 2021", "es", "2021-03-03"),
            ("14 lipca 2024", "pl", "2024-07-14"),
            ("14 июля 2024", "ru", "2024-07-14"),
            ("2024年7月14日", "ja", "2024-07-14"),
            ("14. marts 2024", "da", "2024-03-14"),
            ("14. maaliskuuta 2024", "fi", "2024-03-14"),
            ("14 Μαρτίου 2024", "el", "2024-03-14"),
            ("14 martie 2024", "ro", "2024-03-14"),
            ("2024. március 14.", "hu", "2024-03-14"),
            ("2024 m. kovo 14 d.", "lt", "2024-03-14"),
            ("14 de març de 2024", "ca", "2024-03-14"),
            ("14 tháng 3, 2024", "vi", "2024-03-14"),
            ("14 مارس 2024", "ar", "2024-03-14"),
            ("14 במרץ 2024", "he", "2024-03-14"),
            ("14 मार्च 2024", "hi", "2024-03-14"),
            ("14 listopada 2024", "pl", "2024-11-14"),
            ("14. listopada 2024.", "hr", "2024-10-14"),
            ("14.07.24", "de", "2024-07-14"),
            ("14.07.98, 10:30", "de", "1998-07-14T10:30:00"),
            ("7:15 p.m. ET, Nov. 3, 2020", "en", "2020-11-03"),
            ("Nov. 3, 2020 at 7:15 p.m.", "en", "2020-11-03T19:15:00"),
            ("Nov. 3, 2020, 7:15 PM GMT", "en", "2020-11-03T19:15:00Z"),
            ("03/04/2024", "fr", "2024-04-03"),
            ("03/04/2024", "en-us", "2024-03-04"),
            ("03/04/2024", "en-gb", "2024-04-03"),
            ("2020-02-30 and 2020-02-28", "", "2020-02-28"),
        ] {
            assert_eq!(found(text, lang).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_could_be_either_way_round_or_no_date_is_not_guessed() {
        for text in [
            "03/04/2024",
            "in 2024",
            "call 555-2024",
            "",
            "version 10.2.2020x",
            "31/31/2020",
            "host 10.02.20.5",
            "version 10.02.20-1",
        ] {
            assert_eq!(found(text, "en"), None, "{text}");
        }
    }

    #[test]
    fn of_two_dates_the_one_called_published_counts_and_an_updates_is_told() {
        for (text, expected, says) in [
            (
                "Updated 5 May 2024. First published 3 May 2024",
                "2024-05-03",
                Says::Published,
            ),
            (
                "3 May 2024, updated 5 May 2024",
                "2024-05-03",
                Says::Nothing,
            ),
            (
                "Zuletzt bearbeitet: 5. Mai 2024",
                "2024-05-05",
                Says::Updated,
            ),
            (
                "Veröffentlicht am 5. Mai 2024",
                "2024-05-05",
                Says::Published,
            ),
            ("最終更新日：2024年5月5日", "2024-05-05", Says::Updated),
        ] {
            let (found, said) = stated(text, None).unwrap();
            assert_eq!(
                (found.to_string().as_str(), said),
                (expected, says),
                "{text}"
            );
        }
    }

    #[test]
    fn a_day_opens_a_report_but_not_a_sentence() {
        for (text, expected) in [
            ("27.1.2022 - Bei der Erinnerung an", Some("2022-01-27")),
            ("Karlsruhe, (12.11.2021). Der Rat", Some("2021-11-12")),
            ("Berlin, 3. Juni 2017 – Der Rat", Some("2017-06-03")),
            ("(21. November 2022) Kunden erhalten", Some("2022-11-21")),
            (
                "Hofheim | Wiesbaden, 11. November\u{a0}2021\u{a0}",
                Some("2021-11-11"),
            ),
            ("3 June 2017 was the day on which", None),
            ("On 3 June 2017 - a Saturday - he", None),
            ("der 3. Juni 2017 - ein Samstag", None),
        ] {
            let found = opening(text, Some("de")).map(|p| p.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
