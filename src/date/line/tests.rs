use super::*;

fn read(line: &str, lang: &str) -> Option<(String, String)> {
    let hint = (!lang.is_empty()).then_some(lang);
    date_line(line, hint).map(|(date, span)| (date.to_string(), line[span].to_string()))
}

#[test]
fn date_lines_of_many_papers() {
    for (line, lang, date, span) in [
        (
            "22 mai 2012. - Pour la première fois",
            "fr",
            "2012-05-22",
            "22 mai 2012",
        ),
        ("1er juin 2012", "fr", "2012-06-01", "1er juin 2012"),
        ("30 مارس 2021", "ar", "2021-03-30", "30 مارس 2021"),
        (
            "الثلاثاء، ٣٠ آذار ٢٠٢١",
            "ar",
            "2021-03-30",
            "الثلاثاء، ٣٠ آذار ٢٠٢١",
        ),
        (
            "Publié le mardi 3 août 2021 à 10h",
            "fr",
            "2021-08-03",
            "mardi 3 août 2021",
        ),
        ("3 March 2023", "en", "2023-03-03", "3 March 2023"),
        (
            "Friday, January 4, 2019",
            "en",
            "2019-01-04",
            "Friday, January 4, 2019",
        ),
        (
            "  (Sept. 5th, 2008) text",
            "en",
            "2008-09-05",
            "Sept. 5th, 2008",
        ),
        (
            "WASHINGTON, D.C., Dec. 1, 2005 - Senator",
            "en",
            "2005-12-01",
            "Dec. 1, 2005",
        ),
        (
            "Releases      12 01 2005 Statue",
            "en",
            "2005-12-01",
            "12 01 2005",
        ),
        ("2019-01-04", "", "2019-01-04", "2019-01-04"),
        ("2019-01-04T09:30:00Z", "", "2019-01-04", "2019-01-04"),
        (
            "วันศุกร์ที่ 3 มีนาคม 2566",
            "th",
            "2023-03-03",
            "วันศุกร์ที่ 3 มีนาคม 2566",
        ),
        (
            "วันพุธที่ ๑๕ มี.ค. พ.ศ. ๒๕๖๖",
            "",
            "2023-03-15",
            "วันพุธที่ ๑๕ มี.ค. พ.ศ. ๒๕๖๖",
        ),
        ("15/03/2566", "th", "2023-03-15", "15/03/2566"),
        ("2024年7月14日に", "ja", "2024-07-14", "2024年7月14日"),
        ("令和元年5月1日(水)", "ja", "2019-05-01", "令和元年5月1日"),
        ("平成23年4月7日", "", "2011-04-07", "平成23年4月7日"),
        (
            "Montag, den 3. März 2014",
            "de",
            "2014-03-03",
            "Montag, den 3. März 2014",
        ),
        ("03.12.2014", "", "2014-12-03", "03.12.2014"),
        ("03/12/2014", "en", "2014-03-12", "03/12/2014"),
        ("03/12/2014", "en-GB", "2014-12-03", "03/12/2014"),
        (
            "14 de marzo de 2024",
            "es",
            "2024-03-14",
            "14 de marzo de 2024",
        ),
        (
            "la 21-an de septembro 2015",
            "eo",
            "2015-09-21",
            "21-an de septembro 2015",
        ),
        ("3 stycznia 2021", "pl", "2021-01-03", "3 stycznia 2021"),
        ("2019. január 4.", "hu", "2019-01-04", "2019. január 4"),
        ("13/05/2014", "", "2014-05-13", "13/05/2014"),
    ] {
        assert_eq!(read(line, lang), Some((date.into(), span.into())), "{line}");
    }
}

#[test]
fn half_dates_impossible_dates_and_guesses_are_none() {
    for (line, lang) in [
        ("", ""),
        ("July 2024", "en"),
        ("14 July", "en"),
        ("30 February 2024", "en"),
        ("2023-02-29", ""),
        ("2024-13-45", ""),
        ("03/12/2014", ""),
        ("2000 people came to London", "en"),
        ("He was born on 4 July 1976", "en"),
        ("0800 12 34 2000", "en"),
        ("14 May 20245", "en"),
        ("2024-07-14-3", ""),
    ] {
        assert_eq!(read(line, lang), None, "{line}");
    }
}

#[test]
fn a_long_line_is_read_at_its_front_only() {
    let line = format!("{}14 July 2024", "x ".repeat(1_000_000));
    assert_eq!(date_line(&line, Some("en")), None);
}

proptest::proptest! {
    #[test]
    fn spans_are_on_character_boundaries(line in "\\PC{0,40}([0-9]{1,4}[-/. 年月日]?){0,4}\\PC{0,9}") {
        if let Some((_, span)) = date_line(&line, None) {
            proptest::prop_assert!(line.get(span).is_some_and(|s| !s.is_empty()));
        }
    }
}
