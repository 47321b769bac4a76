//! Words of other languages that tell names from words: titles, verbs of speech, small words.

use crate::analyze::{self, Lang};
use crate::entity::variant::fold;

/// Conjunctions that tie two names rather than the words of one.
pub(super) const AND: &[&str] = &["et", "y", "e", "und", "en", "i", "och", "og"];
/// Prepositions before listed places.
pub(super) const IN: &[&str] = &[
    "in", "aus", "nach", "bei", "à", "en", "a", "em", "te", "i", "w", "v",
];
/// Prepositions that stand before names of places and hardly before other names, by language.
const LOCATIVE: &[(&str, &str)] = &[
    ("fr", "en"),
    ("es", "en"),
    ("pt", "em"),
    ("it", "in"),
    ("nl", "in"),
];
/// Particles of names, in lower case.
pub(super) const PARTICLES: &[&str] = &[
    "de", "du", "di", "da", "dos", "del", "der", "den", "von", "van", "zu", "zur", "ten", "ter",
    "al", "el", "bin", "ibn", "ben",
];
/// First words of buildings', streets', waters' and mountains' names.
const PLACE_HEADS: &[&str] = &[
    "notre-dame",
    "mont",
    "lac",
    "île",
    "îles",
    "rue",
    "avenue",
    "boulevard",
    "pont",
    "château",
    "basilique",
    "cathédrale",
    "aéroport",
    "gare",
    "forêt",
    "plaza",
    "calle",
    "avenida",
    "río",
    "sierra",
    "playa",
    "cerro",
    "isla",
    "islas",
    "puerto",
    "lago",
    "monte",
    "via",
    "piazza",
    "praça",
    "rua",
];
/// Endings of the like in German.
const PLACE_ENDINGS: &[&str] = &[
    "straße",
    "strasse",
    "platz",
    "brücke",
    "gebirge",
    "hafen",
    "bahnhof",
    "flughafen",
];

/// Whether a name that begins with this word and goes on, or is this word alone, is that of a place.
pub(super) fn is_place_head(text: &str, alone: bool) -> bool {
    let lower = text.to_lowercase();
    match alone {
        true => PLACE_ENDINGS
            .iter()
            .any(|e| lower.len() > e.len() && lower.ends_with(e)),
        false => PLACE_HEADS.contains(&lower.as_str()),
    }
}

/// Small words and marks that belong to the sentence and not to the name that follows.
const SMALL: &[&str] = &["d'", "d’", "l'", "l’", "-", "'", "’"];

/// Titles, and endings of titles ("Bundespräsident", "Tesla-Chef"), in lower case.
const TITLES: &[&str] = &[
    "herr",
    "herrn",
    "frau",
    "m.",
    "mme",
    "monsieur",
    "madame",
    "señor",
    "señora",
    "don",
    "doña",
    "präsident",
    "präsidentin",
    "minister",
    "ministerin",
    "kanzler",
    "kanzlerin",
    "papst",
    "könig",
    "königin",
    "professor",
    "professorin",
    "trainer",
    "trainerin",
    "sprecher",
    "sprecherin",
    "chef",
    "chefin",
    "direktor",
    "direktorin",
    "meister",
    "meisterin",
    "bischof",
    "richter",
    "richterin",
    "senator",
    "senatorin",
    "sekretär",
    "sekretärin",
    "anwalt",
    "anwältin",
    "vorsitzende",
    "vorsitzender",
    "vorsitzenden",
    "abgeordnete",
    "abgeordneter",
    "président",
    "présidente",
    "ministre",
    "chancelier",
    "chancelière",
    "maire",
    "député",
    "députée",
    "sénateur",
    "sénatrice",
    "docteur",
    "professeur",
    "porte-parole",
    "directeur",
    "directrice",
    "ambassadeur",
    "ambassadrice",
    "roi",
    "reine",
    "pape",
    "entraîneur",
    "presidente",
    "presidenta",
    "ministro",
    "ministra",
    "alcalde",
    "alcaldesa",
    "doctor",
    "doctora",
    "senador",
    "senadora",
    "diputado",
    "diputada",
    "gobernador",
    "gobernadora",
    "rey",
    "papa",
    "entrenador",
    "portavoz",
    "coronel",
    "sindaco",
    "deputato",
    "prezydent",
    "premier",
    "premiera",
    "poseł",
    "trener",
];
/// Endings are looked for in words from this length on: "Chef" alone is a title, "Bischef" is no word.
const SHORTEST_TITLE: usize = 4;

/// Verbs of speech that stand beside their speaker.
const SAYS: &[&str] = &[
    "sagte",
    "sagt",
    "erklärte",
    "erklärt",
    "betonte",
    "betont",
    "meinte",
    "meint",
    "forderte",
    "fordert",
    "kritisierte",
    "kritisiert",
    "teilte",
    "berichtete",
    "berichtet",
    "warnte",
    "warnt",
    "schrieb",
    "schreibt",
    "déclare",
    "affirme",
    "explique",
    "indique",
    "précise",
    "estime",
    "souligne",
    "ajoute",
    "dijo",
    "afirmó",
    "aseguró",
    "asegura",
    "declaró",
    "explicó",
    "señaló",
    "sostuvo",
    "advirtió",
    "anunció",
    "disse",
    "afirmou",
    "declarou",
    "explicou",
    "dichiarato",
    "zei",
    "zegt",
    "powiedział",
    "powiedziała",
];

/// Names of days and months, whole or the beginning of them: with a capital in German, never persons.
const TIMES: &[&str] = &[
    "januar",
    "februar",
    "märz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonnabend",
    "sonntag",
    "ende",
    "anfang",
    "mitte",
];

fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// A title, or a compound of one.
pub(super) fn is_title(text: &str) -> bool {
    let text = lower(text);
    TITLES.iter().any(|title| {
        text.strip_suffix(title)
            .is_some_and(|before| before.is_empty() || title.len() >= SHORTEST_TITLE)
    })
}

pub(super) fn is_speech(text: &str) -> bool {
    SAYS.contains(&text)
}

pub(super) fn is_time(text: &str) -> bool {
    TIMES.contains(&lower(text).as_str())
}

/// A function word of the language, an article or a mark.
pub(super) fn is_small(text: &str, lang: &str) -> bool {
    SMALL.contains(&lower(text).as_str())
        || Lang::new(lang).is_some_and(|lang| analyze::is_stop_word(&fold(text), lang))
}

/// Whether a capitalised word behind `text` is most likely a place.
pub(super) fn is_locative(text: &str, lang: &str) -> bool {
    LOCATIVE.contains(&(lang, text))
}
