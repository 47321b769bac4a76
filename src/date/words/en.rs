//! English.

use crate::date::holidays::{Holiday, PHRASE_ONLY};
use crate::date::lexicon::{Habits, Lexicon, Verbs};
use crate::date::token::{AMBIGUOUS, Class, PERIOD, PLURAL, WHOLE, future, preposition, relative};
use crate::date::value::Unit;

pub fn lexicon() -> Lexicon {
    let mut l = Lexicon::new(Habits {
        capitals: true,
        english_order: true,
        verbs: Verbs::English,
        ..Habits::default()
    });
    calendar(&mut l);
    numbers(&mut l);
    relations(&mut l);
    grammar(&mut l);
    surroundings(&mut l);
    l
}

fn calendar(l: &mut Lexicon) {
    // "may" and "march" are verbs, "Jan", "Mar" and "Dec" names and words; "Mar." is a month.
    l.add("may", Class::Month, 5, AMBIGUOUS | WHOLE)
        .add("march", Class::Month, 3, AMBIGUOUS | WHOLE)
        .add("mar", Class::Month, 3, AMBIGUOUS)
        .add("april", Class::Month, 4, WHOLE)
        .add("june", Class::Month, 6, WHOLE)
        .add("july", Class::Month, 7, WHOLE)
        .add("jan", Class::Month, 1, AMBIGUOUS)
        // APR is a rate.
        .add("apr", Class::Month, 4, AMBIGUOUS)
        .add("dec", Class::Month, 12, AMBIGUOUS)
        .add_counted(
            "january|february feb|-|-|-|jun|jul|august aug|september sept sep|october oct|november nov|december",
            Class::Month,
            1,
            0,
        )
        .add_counted(
            "monday|tuesday|wednesday|thursday|friday|saturday|sunday",
            Class::Weekday,
            0,
            0,
        )
        .add_counted("mon|tues tue|wed|thurs thur thu|fri|sat|sun", Class::Weekday, 0, AMBIGUOUS)
        .add_counted(
            "mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays",
            Class::Weekday,
            0,
            PLURAL,
        )
        .add_counted(
            "second|minute|hour|day|week|month|quarter|year|decade|century",
            Class::Unit,
            0,
            0,
        )
        .add_counted(
            "seconds|minutes min mins|hours hrs hr|days|weeks wks|months|quarters|years yr yrs|decades|centuries",
            Class::Unit,
            0,
            PLURAL,
        )
        .add("period", Class::Unit, PERIOD, 0)
        .add_counted(
            "spring springtime|summer summertime|fall autumn|winter wintertime",
            Class::Season,
            0,
            0,
        )
        .add_counted("springs|summers|autumns|winters", Class::Season, 0, PLURAL)
        .add_counted(
            "morning|afternoon|evening|night|noon midday noontime|midnight|daytime",
            Class::Part,
            0,
            0,
        )
        .add_counted("mornings|afternoons|evenings|nights", Class::Part, 0, PLURAL)
        .add("weekend", Class::Weekend, 0, 0)
        .add("weekends", Class::Weekend, 0, PLURAL)
        .add("yesterday", Class::NearDay, -1, 0)
        .add("today", Class::NearDay, 0, 0)
        .add("tomorrow", Class::NearDay, 1, 0)
        .add("tonight", Class::Tonight, 0, 0)
        .add("overnight", Class::Overnight, 0, 0)
        .add("am", Class::AmPm, 0, 0)
        .add("pm", Class::AmPm, 12, 0)
        .add("clock", Class::OClock, 0, 0)
        .add(
            "est edt cst cdt mst mdt gmt pst pdt bst et cet cest utc ist jst aest eet msk",
            Class::TimeZone,
            0,
            0,
        );
    for (words, holiday) in [
        ("christmas xmas", Holiday::Christmas),
        ("thanksgiving", Holiday::Thanksgiving),
        ("easter", Holiday::Easter),
        ("halloween", Holiday::Halloween),
        ("epiphany", Holiday::Epiphany),
        ("pentecost whitsun", Holiday::Pentecost),
        ("juneteenth", Holiday::Juneteenth),
    ] {
        l.add(words, Class::Holiday, holiday as i32, 0);
    }
    l.add(
        "international world election earth good ash palm whit ascension independence labor memorial columbus presidents veterans armistice martin valentine valentines patrick boxing bastille",
        Class::Holiday,
        PHRASE_ONLY,
        0,
    );
}

fn numbers(l: &mut Lexicon) {
    l.add_counted(
        "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty",
        Class::NumberWord,
        0,
        0,
    );
    for (tens, word) in
        (3..).zip("thirty forty fifty sixty seventy eighty ninety hundred".split(' '))
    {
        l.add(word, Class::NumberWord, 10 * tens, 0);
    }
    l.add("thousand", Class::NumberWord, 1000, 0)
        // "second" is a unit first; the rules read it as an ordinal where one may stand.
        .add_counted(
            "first|-|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth",
            Class::Ordinal,
            1,
            0,
        )
        .add_counted(
            "twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties",
            Class::DecadeWord,
            192,
            0,
        )
        .add("dozen", Class::Dozen, 0, 0)
        .add("half", Class::Half, 0, 0)
        .add("several few many", Class::Several, 0, 0)
        .add("couple", Class::Several, 2, 0)
        .add("about nearly almost around over under roughly approximately", Class::Approximately, 0, 0);
}

fn relations(l: &mut Lexicon) {
    for (words, relation) in [
        ("last", relative::LAST),
        ("past", relative::PAST),
        ("this", relative::THIS),
        ("next", relative::NEXT),
        ("coming upcoming", relative::COMING),
        ("previous prior preceding", relative::PREVIOUS),
        ("latest", relative::LATEST),
        ("recent", relative::RECENT),
        ("same", relative::SAME),
        ("following ensuing", relative::FOLLOWING),
        ("current", relative::CURRENT),
    ] {
        l.add(words, Class::Relative, relation, 0);
    }
    l.add("early", Class::Modifier, 0, 0)
        .add("late", Class::Modifier, 1, 0)
        .add("mid", Class::Modifier, 2, 0)
        .add("sometime", Class::Modifier, 3, 0)
        .add("beginning start", Class::Bound, 0, 0)
        .add("end close", Class::Bound, 1, 0)
        .add("middle", Class::Bound, 2, 0)
        .add("earlier", Class::Earlier, 0, 0)
        .add("later", Class::Later, 0, 0)
        .add("ago", Class::Ago, 0, 0)
        .add("each every", Class::Each, 0, 0)
        .add("other", Class::Alternate, 0, 0)
        .add("daily nightly", Class::Frequency, Unit::Day as i32, 0)
        .add("weekly", Class::Frequency, Unit::Week as i32, 0)
        .add("monthly", Class::Frequency, Unit::Month as i32, 0)
        .add("yearly", Class::Frequency, Unit::Year as i32, 0)
        .add("hourly", Class::Frequency, Unit::Hour as i32, 0)
        .add("now currently nowadays", Class::Reference, 0, 0)
        .add("recently", Class::Reference, 1, 0)
        .add("moment", Class::Reference, 5, 0)
        .add("soon", Class::Reference, 2, 0)
        .add("future", Class::Reference, 3, 0)
        .add("these", Class::Reference, 6, 0)
        .add("fiscal fy", Class::Fiscal, 0, 0)
        .add("near", Class::Near, 0, 0)
        .add("new", Class::New, 0, 0)
        .add("w wk", Class::Period, 0, 0)
        .add("q", Class::Period, 1, 0)
        .add("h", Class::Period, 2, 0);
}

fn grammar(l: &mut Lexicon) {
    l.add("the", Class::The, 0, 0)
        .add("a an", Class::A, 0, 0)
        .add("that", Class::That, 0, 0)
        .add("of", Class::Of, 0, 0)
        .add("in", Class::In, 0, 0)
        .add("and", Class::And, 0, 0)
        .add("or", Class::And, 1, 0)
        .add("to", Class::To, 0, 0)
        .add("until till", Class::To, 1, 0)
        .add("through thru", Class::To, 2, 0)
        .add("from", Class::From, 0, 0)
        .add("between", Class::Between, 0, 0)
        .add("as", Class::Preposition, preposition::OTHER, 0)
        .add("by", Class::Preposition, preposition::BY, 0)
        .add("since", Class::Preposition, preposition::SINCE, 0)
        .add("during throughout", Class::Preposition, preposition::DURING, 0)
        .add("for", Class::Preposition, preposition::FOR, 0)
        .add("on", Class::Preposition, preposition::ON, 0)
        .add("at", Class::Preposition, preposition::AT, 0)
        .add("before", Class::Preposition, preposition::BEFORE, 0)
        .add("after", Class::Preposition, preposition::AFTER, 0)
        .add("than", Class::Than, 0, 0)
        .add("so", Class::So, 0, 0)
        .add("just only", Class::Only, 0, 0)
        .add("more", Class::More, 0, 0)
        .add("old", Class::Old, 0, 0)
        .add("ended ending", Class::Ended, 0, 0)
        .add("be being", Class::Be, 0, 0)
        .add("is are", Class::Present, 0, 0)
        .add(
            "will ll shall wo scheduled expected expects planned plans due should expires payable slated",
            Class::Future,
            future::PLAIN,
            0,
        )
        .add("effective", Class::Future, future::EFFECTIVE, 0)
        .add(
            "hope hopes hoped hoping agree agrees agreed promise promises promised vow vows vowed pledge pledges pledged threaten threatens threatened intend intends intended want wants wanted plan planning aim aims aimed prepare prepares preparing likely ready set decide decides decided invited asked ordered urged told",
            Class::Future,
            future::PROSPECT,
            0,
        )
        .add("could might would must", Class::Future, future::MODAL, 0)
        .add(
            "opens begins starts closes ends takes resumes runs meets goes kicks arrives leaves returns travels visits hosts faces marks launches airs hears",
            Class::Timetable,
            0,
            0,
        )
        .add(
            "said was were had did told reported has have came went took made got gave began found left fell rose sent led met held won lost ran saw became knew thought wrote stood died sold bought built spoke shot hit cut put been done grew drew flew threw blew broke chose drove rode stole swore tore woke wore drank rang sang sank swam brought caught fought sought taught felt kept slept swept dealt meant paid laid fed bled lit slid hid bit lent spent bent dug hung seen shown known taken written driven fallen beaten hidden forgotten stuck struck swung spun fled",
            Class::Past,
            0,
            0,
        );
}

/// Words that tell numbers from years, and weekdays from newspapers.
fn surroundings(l: &mut Lexicon) {
    l.add(
        "people men women troops soldiers points miles feet meters metres shares jobs workers employees tons tonnes pounds dollars euros homes votes members students units barrels acres rpm km kg mph times pages copies others civilians refugees families households cases deaths",
        Class::Counted,
        0,
        0,
    )
    .add("once twice percent million billion trillion share cents per", Class::Rate, 0, 0)
    .add(
        "flight room gate route highway channel section article no number resolution chapter page suite apartment model block interstate bus train unit local model platform lot box windows proposition",
        Class::Numbered,
        0,
        0,
    )
    .add("mirror telegraph herald mail express post star", Class::Paper, 0, 0)
    .add(
        "full consecutive trading business long straight solid whole calendar extra working additional",
        Class::Filler,
        0,
        0,
    );
}
