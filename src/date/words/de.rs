//! German, with the words of Austria, Switzerland and South Tyrol ("Jänner", "heuer").

use crate::date::holidays::Holiday;
use crate::date::lexicon::{Habits, Lexicon, MAX_WORD_BYTES, Verbs};
use crate::date::token::{
    AMBIGUOUS, CONTRACTED, Class, GENITIVE, PLURAL, WHOLE, preposition, relative,
};
use crate::date::value::Unit;

pub fn lexicon() -> Lexicon {
    let mut l = Lexicon::new(Habits {
        capitals: true,
        nouns_in_capitals: true,
        decimal_comma: true,
        ordinal_dot: true,
        verbs: Verbs::German,
        ..Habits::default()
    });
    calendar(&mut l);
    weekdays(&mut l);
    numbers(&mut l);
    relations(&mut l);
    grammar(&mut l);
    l
}

fn calendar(l: &mut Lexicon) {
    l.add_counted(
        "januar jänner januars|februar feber februars|märz|april|mai|juni|juli|august|september septembers|oktober oktobers|november novembers|dezember dezembers",
        Class::Month,
        1,
        WHOLE,
    )
    .add_counted("jan|feb|mrz|apr|-|jun|jul|aug|sep sept|okt|nov|dez", Class::Month, 1, AMBIGUOUS);
    for (unit, singular, plural) in [
        (Unit::Second, "sekunde", "sekunden"),
        (Unit::Minute, "minute", "minuten"),
        (Unit::Hour, "stunde", "stunden"),
        (Unit::Day, "tag tags", "tage tagen"),
        (Unit::Week, "woche", "wochen"),
        (Unit::Month, "monat monats", "monate monaten"),
        (Unit::Quarter, "quartal quartals", "quartale quartalen"),
        (Unit::Year, "jahr", "jahre jahren"),
        (
            Unit::Decade,
            "jahrzehnt jahrzehnts",
            "jahrzehnte jahrzehnten",
        ),
        (Unit::Century, "jahrhundert", "jahrhunderte"),
    ] {
        l.add(singular, Class::Unit, unit as i32, 0)
            .add(plural, Class::Unit, unit as i32, PLURAL);
    }
    // "dieses Jahres" and "im Jahre 1989" are one year, "die Jahre" several.
    l.add("jahres", Class::Unit, Unit::Year as i32, 0).add(
        "tages",
        Class::Unit,
        Unit::Day as i32,
        0,
    );
    l.add_counted(
        "frühling frühjahr frühlings|sommer sommers|herbst herbstes|winter winters",
        Class::Season,
        0,
        0,
    )
    .add_counted(
        "morgens vormittags|nachmittags|abends|nachts|mittags",
        Class::Part,
        0,
        PLURAL,
    )
    .add_counted(
        "vormittag|nachmittag|abend|nacht|mittag|mitternacht",
        Class::Part,
        0,
        0,
    )
    .add("wochenende wochenendes", Class::Weekend, 0, 0)
    .add("wochenenden", Class::Weekend, 0, PLURAL)
    .add("vorgestern", Class::NearDay, -2, 0)
    .add("gestern", Class::NearDay, -1, 0)
    .add("heute", Class::NearDay, 0, 0)
    .add("übermorgen", Class::NearDay, 2, 0)
    // Also "Morgen", the morning.
    .add("morgen", Class::NearDay, 1, AMBIGUOUS)
    .add("uhr", Class::OClock, 0, 0)
    .add("mez mesz utc gmt", Class::TimeZone, 0, 0)
    .add("kw kalenderwoche", Class::Period, 3, 0)
    .add("q", Class::Period, 1, 0)
    .add("w", Class::Period, 0, 0)
    .add("heuer", Class::ThisYear, 0, 0)
    .add("vorjahr vorjahres vorjahrs", Class::ThisYear, -1, 0);
    for (words, holiday) in [
        ("weihnachten weihnacht", Holiday::Christmas),
        ("heiligabend", Holiday::ChristmasEve),
        ("silvester", Holiday::NewYearsEve),
        ("neujahr", Holiday::NewYear),
        ("ostern ostersonntag", Holiday::Easter),
        ("karfreitag", Holiday::GoodFriday),
        ("ostermontag", Holiday::EasterMonday),
        ("pfingsten", Holiday::Pentecost),
        ("pfingstmontag", Holiday::WhitMonday),
        ("fronleichnam", Holiday::CorpusChristi),
        ("allerheiligen", Holiday::AllSaints),
        ("aschermittwoch", Holiday::AshWednesday),
        ("palmsonntag", Holiday::PalmSunday),
        ("dreikönigstag", Holiday::Epiphany),
    ] {
        l.add(words, Class::Holiday, holiday as i32, 0);
    }
}

fn weekdays(l: &mut Lexicon) {
    let days = [
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag sonnabend",
        "sonntag",
    ];
    let parts = [
        "morgen vormittag früh",
        "nachmittag",
        "abend",
        "nacht",
        "mittag",
    ];
    for (number, names) in (0..).zip(days) {
        for day in names.split(' ') {
            l.add(&format!("{day} {day}es"), Class::Weekday, number, 0);
            l.add(
                &format!("{day}s {day}e {day}en"),
                Class::Weekday,
                number,
                PLURAL,
            );
            for (part, endings) in (0..).zip(parts) {
                for ending in endings.split(' ') {
                    l.add(
                        &format!("{day}{ending}"),
                        Class::WeekdayPart,
                        8 * number + part,
                        0,
                    );
                }
            }
        }
    }
    l.add_counted("mo|di|mi|do|fr|sa|so", Class::Weekday, 0, AMBIGUOUS);
}

fn numbers(l: &mut Lexicon) {
    const ONES: [&str; 10] = [
        "", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun",
    ];
    const TENS: [&str; 10] = [
        "", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig",
        "neunzig",
    ];
    l.add_counted(
        "null|eins|zwei zweier|drei dreier|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn",
        Class::NumberWord,
        0,
        0,
    );
    for (ten, tens) in (0..).zip(TENS).skip(2) {
        l.add(tens, Class::NumberWord, 10 * ten, 0);
        for (one, ones) in (0..).zip(ONES).skip(1) {
            let word = format!("{ones}und{tens}");
            if word.len() <= MAX_WORD_BYTES {
                l.add(&word, Class::NumberWord, 10 * ten + one, 0);
            }
        }
        let decade = tens.trim_end_matches('g');
        l.add(
            &format!("{decade}ger {decade}gern"),
            Class::DecadeWord,
            190 + ten,
            0,
        );
    }
    l.add("hundert einhundert", Class::NumberWord, 100, 0)
        .add("tausend eintausend", Class::NumberWord, 1000, 0)
        .add("dutzend", Class::Dozen, 0, 0)
        .add("halb halbe halben halbes halber halbjahr halbjahres", Class::Half, 0, 0)
        .add("eineinhalb anderthalb", Class::Half, 1, 0)
        .add("zweieinhalb", Class::Half, 2, 0)
        .add("dreieinhalb", Class::Half, 3, 0)
        .add("viereinhalb", Class::Half, 4, 0)
        .add("beide beiden", Class::Several, 2, 0)
        .add(
            "mehrere mehreren mehrerer einige einigen einiger viele vielen vieler wenige wenigen weniger paar etliche etlichen",
            Class::Several,
            0,
            0,
        )
        .add("etwa rund knapp fast gut ungefähr circa über nur genau mindestens höchstens", Class::Approximately, 0, 0);
    for (number, stem) in (1..).zip([
        "erst", "zweit", "dritt", "viert", "fünft", "sechst", "siebt", "acht", "neunt", "zehnt",
        "elft", "zwölft",
    ]) {
        l.add(
            &format!("{stem}e {stem}en {stem}er {stem}es {stem}em"),
            Class::Ordinal,
            number,
            0,
        );
    }
}

fn relations(l: &mut Lexicon) {
    let mut relate = |stems: &str, relation: i32| {
        for stem in stems.split(' ') {
            for ending in ["e", "en", "er", "es", "em"] {
                let word = format!("{stem}{ending}");
                if word.len() <= MAX_WORD_BYTES {
                    l.add(&word, Class::Relative, relation, 0);
                }
            }
        }
    };
    relate("letzt vorig", relative::LAST);
    relate("vergangen", relative::LAST);
    relate("dies", relative::THIS);
    relate("laufend", relative::CURRENT);
    relate("nächst", relative::NEXT);
    relate("kommend", relative::COMING);
    relate("folgend darauffolgend", relative::FOLLOWING);
    relate("vorhergehend", relative::PREVIOUS);
    relate("selb", relative::SAME);
    l.add("anfang beginn", Class::Modifier, 0, 0)
        .add("ende", Class::Modifier, 1, 0)
        .add("mitte", Class::Modifier, 2, 0)
        .add("später danach darauf", Class::Later, 0, 0)
        .add("früher zuvor vorher davor", Class::Earlier, 0, 0)
        .add("jede jeden jeder jedes jedem alle pro", Class::Each, 0, PLURAL)
        .add("täglich täglichen tägliche", Class::Frequency, Unit::Day as i32, 0)
        .add("wöchentlich wöchentlichen", Class::Frequency, Unit::Week as i32, 0)
        .add("monatlich monatlichen monatliche", Class::Frequency, Unit::Month as i32, 0)
        .add("jährlich jährlichen jährliche alljährlich", Class::Frequency, Unit::Year as i32, 0)
        .add("stündlich", Class::Frequency, Unit::Hour as i32, 0)
        .add("jetzt derzeit zurzeit momentan gegenwärtig heutzutage heutige heutigen heutiger nunmehr", Class::Reference, 0, 0)
        .add("damals kürzlich einst neulich unlängst jüngst ehemals", Class::Reference, 1, 0)
        .add("bald demnächst künftig", Class::Reference, 2, 0)
        .add("vergangenheit", Class::Reference, 4, 0);
}

fn grammar(l: &mut Lexicon) {
    l.add("der die das dem den", Class::The, 0, 0)
        .add("des", Class::The, 0, GENITIVE)
        .add("ein eine einen einem einer eines", Class::A, 0, 0)
        .add("in", Class::In, 0, 0)
        .add("im", Class::In, 0, CONTRACTED)
        .add("am", Class::Preposition, preposition::ON, CONTRACTED)
        .add("beim zur ins", Class::Preposition, preposition::OTHER, CONTRACTED)
        .add("zum", Class::Preposition, preposition::OTHER, CONTRACTED)
        .add("vom", Class::From, 0, CONTRACTED)
        .add("von", Class::From, 0, 0)
        .add("zwischen", Class::Between, 0, 0)
        .add("und", Class::And, 0, 0)
        .add("oder", Class::And, 1, 0)
        .add("bis", Class::To, 1, 0)
        .add("seit ab", Class::Preposition, preposition::SINCE, 0)
        .add("nach", Class::Preposition, preposition::AFTER, 0)
        .add("während", Class::Preposition, preposition::DURING, 0)
        .add("für", Class::Preposition, preposition::FOR, 0)
        .add("an um gegen auf bei zu", Class::Preposition, preposition::AT, 0)
        .add("vor", Class::AgoBefore, preposition::BEFORE, 0)
        .add("als", Class::Than, 0, 0)
        .add("ganze ganzen voll volle vollen lange aufeinander", Class::Filler, 0, 0)
        .add("mehr", Class::More, 0, 0)
        .add("alt alte alten alter altes jünger jüngere jüngeren älter ältere älteren", Class::Old, 0, 0)
        .add("werden wird würde würden soll sollen will wollen sollte sollten", Class::Future, 0, 0)
        .add("findet beginnt startet steht tritt lädt stehen", Class::Timetable, 0, 0)
        .add(
            "war waren hatte hatten wurde wurden hat haben sei kam kamen ging gingen gab gaben fand fanden stand standen lag blieb sprach traf gewann verlor begann worden",
            Class::Past,
            0,
            0,
        )

        .add(
            "euro mark franken dollar menschen personen meter kilometer einwohner mitarbeiter mitglieder zuschauer besucher tonnen seiten stimmen arbeitsplätze stellen soldaten grad liter hektar schilling",
            Class::Counted,
            0,
            0,
        )
        .add("prozent millionen milliarden mal", Class::Rate, 0, 0)
        .add("nummer zimmer flug artikel paragraf kapitel seite linie bus gleis tel telefon", Class::Numbered, 0, 0);
}
