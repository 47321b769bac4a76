//! Function words, which weigh little in a query of several words.

use super::Lang;

/// Whether a folded surface is a function word of `lang`: article, pronoun, preposition, conjunction,
/// auxiliary, common adverb, and the reporting verb of news (`said`, `dijo`).
///
/// Known for de, en, eo, es, fr, it, nl, pl and pt; false for every other language.
pub fn is_stop_word(surface: &str, lang: Lang) -> bool {
    list(lang).is_some_and(|words| words.binary_search(&surface).is_ok())
}

/// The languages that have a list.
pub(super) const LISTED: [&str; 9] = ["de", "en", "eo", "es", "fr", "it", "nl", "pl", "pt"];

pub(super) fn list(lang: Lang) -> Option<&'static [&'static str]> {
    Some(match lang.as_str() {
        "de" => &DE,
        "en" => &EN,
        "eo" => &EO,
        "es" => &ES,
        "fr" => &FR,
        "it" => &IT,
        "nl" => &NL,
        "pl" => &PL,
        "pt" => &PT,
        _ => return None,
    })
}

// Sorted, folded.
#[rustfmt::skip]
const DE: [&str; 208] = [
    "ab", "aber", "alle", "allem", "allen", "aller", "alles", "als", "also", "am", "an", "andere",
    "anderen", "anderer", "anderes", "auch", "auf", "aus", "bei", "beim", "bin", "bis", "bist",
    "da", "dabei", "dadurch", "dafur", "dagegen", "daher", "damit", "danach", "dann", "daran",
    "darauf", "darf", "darin", "daruber", "das", "dass", "davon", "davor", "dazu", "dein", "deine",
    "dem", "den", "denen", "denn", "der", "deren", "des", "dessen", "die", "dies", "diese",
    "diesem", "diesen", "dieser", "dieses", "doch", "dort", "du", "durch", "ein", "eine", "einem",
    "einen", "einer", "eines", "er", "es", "etwa", "etwas", "euch", "euer", "fur", "gegen",
    "gewesen", "hab", "habe", "haben", "hat", "hatte", "hatten", "hier", "hin", "hinter", "ich",
    "ihm", "ihn", "ihnen", "ihr", "ihre", "ihrem", "ihren", "ihrer", "ihres", "im", "in", "indem",
    "ins", "ist", "ja", "jede", "jedem", "jeden", "jeder", "jedes", "jedoch", "jene", "jener",
    "jetzt", "kann", "kein", "keine", "keinem", "keinen", "keiner", "konnen", "konnte", "konnten",
    "man", "manche", "mehr", "mein", "meine", "mit", "muss", "mussen", "musste", "nach", "nicht",
    "nichts", "noch", "nun", "nur", "ob", "oder", "ohne", "sagte", "schon", "sehr", "sei", "seien",
    "sein", "seine", "seinem", "seinen", "seiner", "seines", "seit", "selbst", "sich", "sie",
    "sind", "so", "sogar", "solche", "soll", "sollen", "sollte", "sondern", "sowie", "uber", "um",
    "und", "uns", "unser", "unsere", "unter", "viel", "viele", "vom", "von", "vor", "war", "ware",
    "waren", "warum", "was", "wegen", "weil", "weiter", "welche", "welchem", "welchen", "welcher",
    "welches", "wenn", "wer", "werde", "werden", "wie", "wieder", "will", "wir", "wird", "wo",
    "wollen", "wollte", "worden", "wurde", "wurden", "zu", "zum", "zur", "zwar", "zwischen",
];

// Sorted, folded.
#[rustfmt::skip]
const EN: [&str; 158] = [
    "a", "about", "above", "after", "again", "against", "all", "also", "am", "an", "and", "any",
    "are", "as", "at", "be", "because", "been", "before", "being", "below", "between", "both",
    "but", "by", "can", "could", "did", "do", "does", "doing", "dont", "down", "during", "each",
    "either", "else", "ever", "few", "for", "from", "further", "had", "has", "have", "having", "he",
    "her", "here", "hers", "herself", "him", "himself", "his", "how", "however", "i", "if", "in",
    "into", "is", "isnt", "it", "its", "itself", "just", "let", "may", "me", "might", "more",
    "most", "much", "must", "my", "myself", "neither", "no", "nor", "not", "now", "of", "off", "on",
    "once", "one", "only", "onto", "or", "other", "our", "ours", "ourselves", "out", "over", "own",
    "per", "rather", "said", "same", "say", "says", "shall", "she", "should", "since", "so", "some",
    "such", "than", "that", "the", "their", "theirs", "them", "themselves", "then", "there",
    "these", "they", "this", "those", "though", "through", "thus", "to", "too", "under", "until",
    "up", "upon", "us", "very", "via", "was", "wasnt", "we", "were", "what", "when", "where",
    "whether", "which", "while", "who", "whom", "whose", "why", "will", "with", "within", "without",
    "would", "yet", "you", "your", "yours", "yourself",
];

// Sorted, folded.
#[rustfmt::skip]
const EO: [&str; 124] = [
    "ajn", "al", "alia", "aliaj", "ankau", "ankorau", "ankoraux", "antau", "apenau", "apud", "au",
    "car", "ce", "char", "chu", "cia", "ciu", "ciuj", "cu", "da", "de", "dum", "e", "eble", "ec",
    "ech", "ekde", "el", "en", "estas", "esti", "estis", "estos", "estus", "ghi", "ghia", "ghis",
    "gi", "gia", "gis", "ha", "havas", "ili", "ilia", "inter", "ja", "jam", "je", "jen", "ju",
    "kaj", "kaze", "ke", "kial", "kiam", "kie", "kiel", "kio", "kion", "kiu", "kiuj", "kiun",
    "krom", "kun", "kvankam", "kvazau", "la", "lau", "li", "lia", "mem", "mi", "mia", "multaj",
    "ne", "nek", "ni", "nia", "nun", "nur", "ol", "oni", "per", "plej", "pli", "plu", "po", "por",
    "post", "povas", "preskau", "pri", "pro", "se", "sed", "sen", "shi", "si", "sia", "siaj",
    "sian", "sin", "sub", "sur", "tamen", "tia", "tial", "tiam", "tie", "tiel", "tio", "tion",
    "tiu", "tiuj", "tiujn", "tiun", "tra", "trans", "tre", "tro", "unu", "unuj", "vi", "via",
];

// Sorted, folded.
#[rustfmt::skip]
const ES: [&str; 155] = [
    "a", "acerca", "ademas", "adonde", "ahi", "ahora", "al", "algo", "alguien", "algun", "alguna",
    "algunas", "algunos", "alli", "ante", "antes", "aquel", "aquella", "aquellos", "aqui", "asi",
    "aun", "aunque", "bajo", "bien", "cada", "casi", "como", "con", "contra", "cual", "cuales",
    "cualquier", "cuando", "cuanto", "de", "debe", "del", "desde", "despues", "dice", "dijo",
    "donde", "dos", "durante", "e", "el", "ella", "ellas", "ellos", "en", "entonces", "entre",
    "era", "eran", "es", "esa", "esas", "ese", "eso", "esos", "esta", "estaba", "estaban", "estan",
    "estar", "estas", "este", "esto", "estos", "fue", "fueron", "ha", "haber", "habia", "habian",
    "han", "hasta", "hay", "he", "la", "las", "le", "les", "lo", "los", "mas", "me", "mi",
    "mientras", "mis", "mismo", "muy", "nada", "ni", "ningun", "ninguna", "no", "nos", "nosotros",
    "nuestra", "nuestro", "o", "os", "otra", "otras", "otro", "otros", "para", "pero", "poco",
    "por", "porque", "puede", "pueden", "pues", "que", "quien", "quienes", "se", "sea", "segun",
    "ser", "si", "sido", "sin", "sino", "sobre", "son", "su", "sus", "tal", "tambien", "tampoco",
    "tan", "tanto", "te", "tiene", "tienen", "toda", "todas", "todo", "todos", "tras", "tu", "u",
    "un", "una", "unas", "uno", "unos", "usted", "y", "ya", "yo",
];

// Sorted, folded.
#[rustfmt::skip]
const FR: [&str; 161] = [
    "a", "afin", "ai", "ainsi", "alors", "apres", "as", "au", "aucun", "aucune", "aujourdhui",
    "aupres", "auquel", "aussi", "autre", "autres", "aux", "avaient", "avait", "avant", "avec",
    "avoir", "car", "ce", "ceci", "cela", "celle", "celles", "celui", "cependant", "ces", "cet",
    "cette", "ceux", "chaque", "chez", "comme", "comment", "contre", "dans", "de", "deja", "depuis",
    "des", "desormais", "dit", "doit", "donc", "dont", "du", "elle", "elles", "en", "encore",
    "entre", "est", "et", "etaient", "etait", "etant", "ete", "etre", "eu", "eux", "fait", "fois",
    "ici", "il", "ils", "je", "jusqu", "la", "laquelle", "le", "lequel", "les", "lesquels", "leur",
    "leurs", "lors", "lorsque", "lui", "ma", "mais", "me", "meme", "memes", "mes", "moi", "moins",
    "mon", "ne", "ni", "non", "nos", "notre", "nous", "on", "ont", "ou", "par", "parce", "pas",
    "pendant", "peu", "peut", "plus", "plusieurs", "pour", "pourquoi", "pourrait", "puis", "quand",
    "que", "quel", "quelle", "quelles", "quelque", "quelques", "quels", "qui", "quoi", "sa", "sans",
    "sauf", "se", "selon", "sera", "seront", "ses", "si", "sien", "soit", "son", "sont", "sous",
    "sur", "ta", "tandis", "te", "tel", "telle", "tes", "toi", "ton", "tous", "tout", "toute",
    "toutes", "tres", "trop", "tu", "un", "une", "vers", "voici", "voila", "vos", "votre", "vous",
    "y",
];

// Sorted, folded.
#[rustfmt::skip]
const IT: [&str; 161] = [
    "a", "abbia", "ad", "agli", "ai", "al", "alcune", "alcuni", "alla", "alle", "allo", "anche",
    "ancora", "avere", "aveva", "avevano", "c", "che", "chi", "ci", "cio", "coi", "col", "come",
    "con", "contro", "cosi", "cui", "da", "dagli", "dai", "dal", "dalla", "dalle", "dallo", "degli",
    "dei", "del", "della", "delle", "dello", "dentro", "di", "dopo", "dove", "due", "durante", "e",
    "ed", "egli", "era", "erano", "essa", "essere", "esso", "fa", "fino", "fra", "fu", "gia", "gli",
    "ha", "hanno", "ho", "i", "il", "in", "infatti", "invece", "io", "l", "la", "le", "lei", "li",
    "lo", "loro", "lui", "ma", "me", "mentre", "mi", "mia", "mio", "molto", "ne", "negli", "nei",
    "nel", "nella", "nelle", "nello", "noi", "non", "nostra", "nostro", "o", "ogni", "oltre", "ora",
    "per", "perche", "piu", "po", "poi", "prima", "proprio", "puo", "qua", "qualche", "quale",
    "quali", "quando", "quanto", "quella", "quelle", "quelli", "quello", "questa", "queste",
    "questi", "questo", "qui", "quindi", "sara", "se", "sei", "senza", "si", "sia", "solo", "sono",
    "sopra", "sotto", "sta", "stata", "state", "stati", "stato", "su", "sua", "sue", "sugli", "sui",
    "sul", "sulla", "sulle", "suo", "suoi", "tra", "tu", "tutta", "tutte", "tutti", "tutto", "un",
    "una", "uno", "verso", "vi", "voi",
];

// Sorted, folded.
#[rustfmt::skip]
const NL: [&str; 120] = [
    "aan", "al", "alle", "alleen", "als", "altijd", "ander", "andere", "anders", "beide", "ben",
    "bij", "bijna", "daar", "daarom", "dan", "dat", "de", "deze", "die", "dit", "door", "dus",
    "een", "eens", "en", "er", "geen", "geweest", "had", "hadden", "heb", "hebben", "heeft", "hem",
    "hen", "het", "hier", "hij", "hoe", "hun", "ik", "in", "is", "ja", "je", "kan", "kon", "kunnen",
    "laten", "maar", "me", "meer", "men", "met", "mij", "mijn", "moet", "moeten", "mogen", "na",
    "naar", "niet", "niets", "nog", "nu", "of", "om", "omdat", "ons", "onze", "ook", "op", "over",
    "per", "reeds", "sinds", "te", "tegen", "tijdens", "toch", "toen", "tot", "tussen", "u", "uit",
    "uw", "van", "vanaf", "veel", "volgens", "voor", "waar", "waarom", "wanneer", "want", "waren",
    "was", "wat", "we", "weer", "werd", "werden", "wie", "wij", "wil", "worden", "wordt", "zal",
    "ze", "zei", "zelf", "zich", "zij", "zijn", "zo", "zoals", "zonder", "zou", "zouden",
];

// Sorted, folded.
#[rustfmt::skip]
const PL: [&str; 163] = [
    "a", "aby", "albo", "ale", "ani", "az", "bardzo", "bez", "bo", "by", "byc", "byl", "byla",
    "byli", "bylo", "byly", "choc", "ci", "co", "coraz", "czy", "czyli", "dla", "dlaczego", "do",
    "dzis", "gdy", "gdyz", "gdzie", "go", "i", "ich", "ile", "im", "inne", "innych", "iz", "ja",
    "jak", "jaka", "jaki", "jakie", "jako", "je", "jeden", "jednak", "jednym", "jego", "jej",
    "jesli", "jest", "jestem", "jeszcze", "jezeli", "juz", "kazdy", "kiedy", "kilka", "kto",
    "ktora", "ktore", "ktorego", "ktorej", "ktory", "ktorych", "ktorym", "ktorzy", "lecz", "lub",
    "ma", "maja", "mi", "mial", "miala", "mnie", "moga", "moze", "mozna", "mu", "my", "na", "nad",
    "nam", "nami", "nas", "nasz", "nawet", "nia", "nic", "nich", "nie", "niego", "niej", "nim",
    "nimi", "niz", "no", "o", "obok", "od", "on", "ona", "one", "oni", "ono", "oraz", "po", "pod",
    "podczas", "ponad", "poniewaz", "powiedzial", "przed", "przede", "przez", "przy", "roku",
    "rowniez", "sa", "sam", "se", "sie", "soba", "sobie", "ta", "tak", "taka", "taki", "takie",
    "takze", "tam", "te", "tego", "tej", "temu", "ten", "tez", "to", "tu", "tych", "tylko", "tym",
    "tymi", "u", "w", "we", "wedlug", "wiec", "wiele", "wielu", "wlasnie", "wraz", "wszystkich",
    "wszystkie", "wszystko", "wtedy", "z", "za", "zas", "ze", "zeby", "zostal", "zostala",
];

// Sorted, folded.
#[rustfmt::skip]
const PT: [&str; 164] = [
    "a", "acerca", "ainda", "alem", "algo", "alguem", "algum", "alguma", "algumas", "alguns",
    "antes", "ao", "aos", "apenas", "apos", "aquela", "aquele", "aqueles", "aqui", "as", "assim",
    "ate", "cada", "com", "como", "contra", "cujo", "da", "das", "de", "dela", "dele", "deles",
    "depois", "desde", "dessa", "desse", "desta", "deste", "deve", "disse", "do", "dois", "dos",
    "durante", "e", "ela", "elas", "ele", "eles", "em", "embora", "enquanto", "entre", "era",
    "eram", "essa", "essas", "esse", "esses", "esta", "estao", "estar", "estas", "estava",
    "estavam", "este", "estes", "eu", "foi", "foram", "ha", "havia", "isso", "isto", "ja", "la",
    "lhe", "lhes", "logo", "mais", "mas", "me", "mesma", "mesmo", "meu", "minha", "muito", "muitos",
    "na", "nao", "nas", "nem", "nenhum", "nessa", "nesse", "nesta", "neste", "no", "nos", "nossa",
    "nosso", "num", "numa", "o", "onde", "os", "ou", "outra", "outras", "outro", "outros", "para",
    "pela", "pelas", "pelo", "pelos", "perante", "pode", "podem", "pois", "por", "porem", "porque",
    "quais", "qual", "qualquer", "quando", "quanto", "que", "quem", "sao", "se", "segundo", "seja",
    "sem", "sempre", "sendo", "ser", "sera", "seu", "seus", "si", "sido", "sob", "sobre", "sua",
    "suas", "tal", "tambem", "tanto", "te", "tem", "tinha", "toda", "todas", "todo", "todos",
    "tudo", "um", "uma", "umas", "uns", "voce",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::fold;

    #[test]
    fn lists_are_sorted_and_folded() {
        for code in LISTED {
            let words = Lang::new(code).and_then(list).unwrap_or_default();
            assert!(words.len() > 100, "{code}");
            assert!(words.is_sorted_by(|a, b| a < b), "{code}");
            for word in words {
                assert_eq!(fold(word), *word, "{code}");
            }
        }
    }

    #[test]
    fn function_words_belong_to_their_language() {
        let is = |word, code| Lang::new(code).is_some_and(|lang| is_stop_word(word, lang));
        assert!(is("the", "en") && is("und", "de") && is("fur", "de") && is("przez", "pl"));
        assert!(!is("die", "en") && !is("merkel", "de") && !is("the", "xx"));
    }
}
