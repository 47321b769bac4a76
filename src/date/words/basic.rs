//! Smaller tables: the calendar, numbers up to twenty and the commonest relations of languages
//! whose rules need no more than words.

use crate::date::lexicon::{Habits, Lexicon};
use crate::date::token::{AFTER, CONTRACTED, Class, PLURAL, WHOLE, preposition, relative};

/// The words of one language. Lists count up from their first meaning, `|` between meanings,
/// spaces between forms, `-` for none.
pub struct Basic {
    habits: Habits,
    months: &'static str,
    weekdays: &'static str,
    /// From seconds to centuries.
    units: &'static str,
    units_plural: &'static str,
    /// From spring.
    seasons: &'static str,
    /// Yesterday, today, tomorrow.
    days: &'static str,
    /// From zero.
    numbers: &'static str,
    several: &'static str,
    article: &'static str,
    one: &'static str,
    of: &'static str,
    /// "of the", "in the" in one word.
    contracted: &'static str,
    in_: &'static str,
    and: &'static str,
    or: &'static str,
    /// "until" and "to".
    until: &'static str,
    from: &'static str,
    between: &'static str,
    since: &'static str,
    before: &'static str,
    after: &'static str,
    last: &'static str,
    next: &'static str,
    this: &'static str,
    /// Stands after its amount, or before it.
    ago: &'static str,
    ago_before: &'static str,
    each: &'static str,
    now: &'static str,
    /// "early", "late", "mid".
    modifiers: &'static str,
    old: &'static str,
    /// What years are not: people, money, measures.
    counted: &'static str,
}

impl Basic {
    pub fn lexicon(&self) -> Lexicon {
        let mut l = Lexicon::new(self.habits);
        l.add_counted(self.months, Class::Month, 1, WHOLE)
            .add_counted(self.weekdays, Class::Weekday, 0, WHOLE)
            .add_counted(self.units, Class::Unit, 0, 0)
            .add_counted(self.units_plural, Class::Unit, 0, PLURAL)
            .add_counted(self.seasons, Class::Season, 0, 0)
            .add_counted(self.days, Class::NearDay, -1, 0)
            .add_counted(self.numbers, Class::NumberWord, 0, 0)
            .add_counted(self.modifiers, Class::Modifier, 0, 0)
            .add(self.several, Class::Several, 0, 0)
            .add(self.article, Class::The, 0, 0)
            .add(self.one, Class::A, 0, 0)
            .add(self.of, Class::Of, 0, 0)
            .add(self.contracted, Class::Of, 0, CONTRACTED)
            .add(self.in_, Class::In, 0, 0)
            .add(self.and, Class::And, 0, 0)
            .add(self.or, Class::And, 1, 0)
            .add(self.until, Class::To, 1, 0)
            .add(self.from, Class::From, 0, 0)
            .add(self.between, Class::Between, 0, 0)
            .add(self.since, Class::Preposition, preposition::SINCE, 0)
            .add(self.ago_before, Class::AgoBefore, preposition::BEFORE, 0)
            .add(self.before, Class::Preposition, preposition::BEFORE, 0)
            .add(self.after, Class::Preposition, preposition::AFTER, 0)
            .add(self.last, Class::Relative, relative::LAST, AFTER)
            .add(self.next, Class::Relative, relative::NEXT, AFTER)
            .add(self.this, Class::Relative, relative::THIS, 0)
            .add(self.ago, Class::Ago, 0, 0)
            .add(self.each, Class::Each, 0, PLURAL)
            .add(self.now, Class::Reference, 0, 0)
            .add(self.old, Class::Old, 0, 0)
            .add(self.counted, Class::Counted, 0, 0)
            .add("utc gmt", Class::TimeZone, 0, 0);
        l
    }
}

const ROMANCE: Habits = Habits {
    capitals: false,
    decimal_comma: true,
    ordinal_dot: false,
    elision: false,
    english_order: false,
    nouns_in_capitals: false,
    hyphen_ordinal: false,
    roman_ordinals: false,
    verbs: crate::date::lexicon::Verbs::Unmarked,
};

pub const ITALIAN: Basic = Basic {
    habits: Habits {
        elision: true,
        ..ROMANCE
    },
    months: "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
    weekdays: "lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica",
    units: "-|minuto|ora|giorno|settimana|mese|trimestre|anno|decennio|secolo",
    units_plural: "secondi|minuti|ore|giorni|settimane|mesi|trimestri|anni|decenni|secoli",
    seasons: "primavera|estate|autunno|inverno",
    days: "ieri|oggi|domani",
    numbers: "zero|-|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|tredici|quattordici|quindici|sedici|diciassette|diciotto|diciannove|venti",
    several: "alcuni alcune parecchi diversi diverse pochi poche",
    article: "il lo la i gli le l",
    one: "un uno una",
    of: "di d",
    contracted: "del dello della dell dei degli delle nel nello nella nell nei negli nelle",
    in_: "in",
    and: "e ed",
    or: "o",
    until: "a al fino",
    from: "da dal dalla",
    between: "tra fra",
    since: "",
    before: "prima",
    after: "dopo",
    last: "scorso scorsa scorsi scorse ultimo ultima ultimi ultime",
    next: "prossimo prossima prossimi prossime",
    this: "questo questa quest",
    ago: "fa",
    ago_before: "",
    each: "ogni",
    now: "ora adesso attualmente",
    modifiers: "inizio|fine|metà",
    old: "età",
    counted: "persone euro dollari abitanti metri chilometri tonnellate posti soldati morti feriti pagine lire",
};

pub const PORTUGUESE: Basic = Basic {
    habits: ROMANCE,
    months: "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
    // "segunda" to "sexta" are ordinals too.
    weekdays: "-|-|-|-|-|sábado|domingo",
    units: "-|minuto|hora|dia|semana|mês|trimestre|ano|década|século",
    units_plural: "segundos|minutos|horas|dias|semanas|meses|trimestres|anos|décadas|séculos",
    seasons: "primavera|verão|outono|inverno",
    days: "ontem|hoje|amanhã",
    numbers: "zero|-|dois duas|três|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|treze|catorze quatorze|quinze|dezesseis|dezessete|dezoito|dezenove|vinte",
    several: "vários várias alguns algumas poucos poucas",
    article: "o os as",
    one: "um uma",
    of: "de",
    contracted: "do da dos das no na nos nas",
    in_: "em",
    and: "e",
    or: "ou",
    until: "a até ao",
    from: "",
    between: "entre",
    since: "desde",
    before: "antes",
    after: "depois após",
    last: "passado passada passados passadas último última últimos últimas",
    next: "próximo próxima próximos próximas",
    this: "este esta neste nesta",
    ago: "atrás",
    ago_before: "há",
    each: "cada",
    now: "agora atualmente",
    modifiers: "início|fim final|meados",
    old: "idade",
    counted: "pessoas euros dólares reais habitantes metros quilômetros toneladas empregos soldados mortos feridos páginas",
};

pub const DUTCH: Basic = Basic {
    habits: ROMANCE,
    months: "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
    weekdays: "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag",
    units: "seconde|minuut|-|dag|week|maand|kwartaal|-|decennium|eeuw",
    // "drie jaar" and "drie uur" count with their singular.
    units_plural: "seconden|minuten|uren uur|dagen|weken|maanden|kwartalen|-|decennia|eeuwen",
    seasons: "lente voorjaar|zomer|herfst najaar|winter",
    days: "gisteren|vandaag|morgen",
    numbers: "nul|-|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|negentien|twintig",
    several: "enkele verscheidene",
    article: "de het",
    one: "een één",
    of: "van",
    contracted: "",
    in_: "in",
    and: "en",
    or: "of",
    until: "tot",
    from: "",
    between: "tussen",
    since: "sinds vanaf",
    before: "voor",
    after: "na",
    last: "vorig vorige afgelopen laatste",
    next: "volgend volgende komend komende",
    this: "dit deze",
    ago: "geleden",
    ago_before: "",
    each: "elk elke ieder iedere",
    now: "nu momenteel",
    modifiers: "begin|eind einde|medio half",
    old: "oud oude",
    counted: "mensen personen euro dollar inwoners meter kilometer ton banen soldaten doden gewonden",
};

pub const POLISH: Basic = Basic {
    habits: ROMANCE,
    months: "stycznia styczeń styczniu|lutego luty lutym|marca marzec marcu|kwietnia kwiecień kwietniu|maja maj maju|czerwca czerwiec czerwcu|lipca lipiec lipcu|sierpnia sierpień sierpniu|września wrzesień wrześniu|października październik październiku|listopada listopad listopadzie|grudnia grudzień grudniu",
    weekdays: "poniedziałek poniedziałku|wtorek wtorku|środa środę środy|czwartek czwartku|piątek piątku|sobota sobotę soboty|niedziela niedzielę niedzieli",
    units: "-|minuta minutę|godzina godzinę|dzień dnia dniu|tydzień tygodnia tygodniu|miesiąc miesiąca miesiącu|kwartał kwartału kwartale|rok roku|dekada dekadę|wiek wieku",
    units_plural: "-|minut minuty|godzin godziny|dni|tygodnie tygodni|miesiące miesięcy|-|lata lat|-|wieków",
    seasons: "wiosna wiosną|lato latem|jesień jesienią|zima zimą",
    days: "wczoraj|dziś dzisiaj|jutro",
    numbers: "zero|-|dwa dwie|trzy|cztery|pięć|sześć|siedem|osiem|dziewięć|dziesięć|jedenaście|dwanaście|trzynaście|czternaście|piętnaście|szesnaście|siedemnaście|osiemnaście|dziewiętnaście|dwadzieścia",
    several: "kilka kilku parę",
    article: "",
    one: "jeden jedną",
    of: "",
    contracted: "",
    in_: "w we",
    and: "i oraz a",
    or: "lub albo",
    until: "do",
    from: "",
    between: "między",
    since: "od",
    before: "przed",
    after: "po",
    last: "zeszły zeszłym zeszłego zeszłą ubiegły ubiegłym ubiegłego ubiegłą ostatni ostatnim",
    next: "przyszły przyszłym przyszłego przyszłą następny następnym",
    this: "ten tym tego",
    ago: "temu",
    ago_before: "",
    each: "każdy każdego co",
    now: "teraz obecnie",
    modifiers: "początek początku|koniec końcu|połowa połowie",
    old: "wieku",
    counted: "osób ludzi euro złotych dolarów mieszkańców metrów kilometrów ton żołnierzy ofiar stron",
};

pub const ESPERANTO: Basic = Basic {
    habits: Habits {
        hyphen_ordinal: true,
        ..ROMANCE
    },
    months: "januaro januaron|februaro februaron|marto marton|aprilo aprilon|majo majon|junio junion|julio julion|aŭgusto aŭguston|septembro septembron|oktobro oktobron|novembro novembron|decembro decembron",
    weekdays: "lundo lundon lunde|mardo mardon marde|merkredo merkredon merkrede|ĵaŭdo ĵaŭdon ĵaŭde|vendredo vendredon vendrede|sabato sabaton sabate|dimanĉo dimanĉon dimanĉe",
    units: "-|minuto minuton|horo horon|tago tagon|semajno semajnon|monato monaton|-|jaro jaron|jardeko jardekon|jarcento jarcenton",
    units_plural: "sekundoj sekundojn|minutoj minutojn|horoj horojn|tagoj tagojn|semajnoj semajnojn|monatoj monatojn|-|jaroj jarojn|jardekoj jardekojn|jarcentoj jarcentojn",
    seasons: "printempo printempe|somero somere|aŭtuno aŭtune|vintro vintre",
    days: "hieraŭ|hodiaŭ|morgaŭ",
    numbers: "nul|unu|du|tri|kvar|kvin|ses|sep|ok|naŭ|dek|-|-|-|-|-|-|-|-|-|dudek",
    several: "kelkaj kelkajn pluraj plurajn",
    article: "la",
    one: "",
    of: "de",
    contracted: "",
    in_: "en",
    and: "kaj",
    or: "aŭ",
    until: "ĝis",
    from: "",
    between: "inter",
    since: "ekde",
    before: "",
    after: "post",
    last: "pasinta pasintan lasta lastan",
    next: "venonta venontan sekva sekvan",
    this: "tiu tiun",
    ago: "",
    ago_before: "antaŭ",
    each: "ĉiu ĉiun",
    now: "nun nuntempe",
    modifiers: "komence|fine|meze",
    old: "aĝa aĝaj",
    counted: "homoj homojn personoj personojn eŭroj dolaroj metroj kilometroj",
};
