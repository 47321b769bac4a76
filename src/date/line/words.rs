//! The words of date lines.

/// Month names from January on, `|` between months, spaces between forms, in lower case.
#[rustfmt::skip]
pub const MONTHS: &[(&str, &str)] = &[
    ("en", "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|november nov|december dec"),
    ("de", "januar jänner jan|februar feber feb|märz mär mrz|april apr|mai|juni jun|juli jul|august aug|september sept sep|oktober okt|november nov|dezember dez"),
    ("fr", "janvier janv|février fevrier févr|mars|avril avr|mai|juin|juillet juil|août aout|septembre sept|octobre oct|novembre nov|décembre decembre déc"),
    ("es", "enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago|septiembre setiembre sept sep|octubre oct|noviembre nov|diciembre dic"),
    ("it", "gennaio gen|febbraio feb|marzo mar|aprile apr|maggio mag|giugno giu|luglio lug|agosto ago|settembre set|ottobre ott|novembre nov|dicembre dic"),
    ("pt", "janeiro jan|fevereiro fev|março mar|abril abr|maio mai|junho jun|julho jul|agosto ago|setembro set|outubro out|novembro nov|dezembro dez"),
    ("ca", "gener|febrer|març|abril|maig|juny|juliol|agost|setembre|octubre|novembre|desembre"),
    ("ro", "ianuarie|februarie|martie|aprilie|mai|iunie|iulie|august|septembrie|octombrie|noiembrie|decembrie"),
    ("nl", "januari jan|februari feb|maart mrt|april apr|mei|juni jun|juli jul|augustus aug|september sep|oktober okt|november nov|december dec"),
    ("sv", "januari jan|februari feb|mars mar|april apr|maj|juni jun|juli jul|augusti aug|september sep|oktober okt|november nov|december dec"),
    ("da", "januar jan|februar feb|marts mar|april apr|maj|juni jun|juli jul|august aug|september sep|oktober okt|november nov|december dec"),
    ("nb", "januar jan|februar feb|mars mar|april apr|mai|juni jun|juli jul|august aug|september sep|oktober okt|november nov|desember des"),
    ("fi", "tammikuuta|helmikuuta|maaliskuuta|huhtikuuta|toukokuuta|kesäkuuta|heinäkuuta|elokuuta|syyskuuta|lokakuuta|marraskuuta|joulukuuta"),
    ("pl", "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia"),
    ("cs", "ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince"),
    ("hu", "január|február|március|április|május|június|július|augusztus|szeptember|október|november|december"),
    ("tr", "ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık"),
    ("ru", "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"),
    ("uk", "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня"),
    ("el", "ιανουαρίου|φεβρουαρίου|μαρτίου|απριλίου|μαΐου|ιουνίου|ιουλίου|αυγούστου|σεπτεμβρίου|οκτωβρίου|νοεμβρίου|δεκεμβρίου"),
    ("eo", "januaro|februaro|marto|aprilo|majo|junio|julio|aŭgusto|septembro|oktobro|novembro|decembro"),
    ("id", "januari jan|februari feb|maret mar|april apr|mei|juni jun|juli jul|agustus agu|september sep|oktober okt|november nov|desember des"),
    ("ar", "يناير|فبراير شباط|مارس آذار|أبريل ابريل نيسان|مايو أيار|يونيو يونيه حزيران|يوليو يوليه تموز|أغسطس اغسطس آب|سبتمبر أيلول|أكتوبر اكتوبر|نوفمبر|ديسمبر"),
    ("th", "มกราคม ม.ค|กุมภาพันธ์ ก.พ|มีนาคม มี.ค|เมษายน เม.ย|พฤษภาคม พ.ค|มิถุนายน มิ.ย|กรกฎาคม ก.ค|สิงหาคม ส.ค|กันยายน ก.ย|ตุลาคม ต.ค|พฤศจิกายน พ.ย|ธันวาคม ธ.ค"),
];

/// Weekdays in the languages above, by the beginnings that tell them from month names.
#[rustfmt::skip]
pub const WEEKDAY_STEMS: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed",
    "thu", "thur", "thurs", "fri", "sat", "sun", "montag", "dienstag", "mittwoch", "donnerstag", "freitag",
    "samstag", "sonnabend", "sonntag", "mo", "di", "mi", "do", "fr", "sa", "so", "lundi", "mardi", "mercredi",
    "jeudi", "vendredi", "samedi", "dimanche", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado",
    "domingo", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica", "segunda", "terça",
    "quarta", "quinta", "sexta", "feira", "dilluns", "dimarts", "dimecres", "dijous", "divendres", "dissabte",
    "diumenge", "الاثنين", "الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد", "luni", "marți", "miercuri", "joi", "vineri", "sâmbătă", "duminică", "maandag", "dinsdag",
    "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "måndag", "tisdag", "onsdag", "torsdag", "fredag",
    "lördag", "söndag", "mandag", "tirsdag", "lørdag", "søndag", "maanantai", "maanantaina", "tiistaina",
    "keskiviikkona", "torstaina", "perjantaina", "lauantaina", "sunnuntaina", "poniedziałek", "wtorek", "środa",
    "czwartek", "piątek", "sobota", "niedziela", "pondělí", "úterý", "středa", "čtvrtek", "pátek", "neděle",
    "pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi", "pazar", "понедельник", "вторник",
    "среда", "четверг", "пятница", "суббота", "воскресенье", "понеділок", "вівторок", "середа", "четвер",
    "п’ятниця", "субота", "неділя", "lundo", "lundon", "mardo", "mardon", "merkredo", "merkredon", "ĵaŭdo",
    "ĵaŭdon", "vendredo", "vendredon", "sabato", "sabaton", "dimanĉo", "dimanĉon", "senin", "selasa", "rabu",
    "kamis", "jumat", "sabtu", "minggu",
];

/// Words that introduce a date line, and articles before the day.
#[rustfmt::skip]
pub const LABELS: &[&str] = &[
    "published", "posted", "date", "dated", "updated", "released", "issued", "on", "the", "publié", "publiée",
    "le", "mis", "en", "ligne", "veröffentlicht", "erschienen", "datum", "stand", "am", "den", "vom",
    "publicado", "publicada", "fecha", "el", "pubblicato", "il", "publicerad", "опубликовано", "дата",
    "opublikowano", "data", "la", "releases", "release",
];

/// What may stand between day, month and year.
pub const JOINERS: &[&str] = &["of", "de", "del", "d", "en", "พ.ศ", "พศ"];
pub const ORDINAL_ENDINGS: &[&str] = &["st", "nd", "rd", "th", "er", "º", "ª", "o", "a", "an"];
