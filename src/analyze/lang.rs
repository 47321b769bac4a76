//! Language codes.

use serde::{Deserialize, Serialize};

/// An ISO 639-1 (else 639-3) language code in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lang([u8; 3]);

impl Lang {
    /// English, the language assumed where none is known.
    pub const ENGLISH: Lang = Lang([b'e', b'n', 0]);

    /// The code's first subtag in lower case, in its two-letter form where there is one.
    ///
    /// `en-GB` and `eng` are `en`, `ger` and `deu` are `de`, `nb` and `nn` are `no`, which is what
    /// news data calls them; `None` unless the subtag has two or three ASCII letters.
    pub fn new(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_']).next()?;
        let bytes = primary.as_bytes();
        if !(2..=3).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let mut out = [0; 3];
        for (slot, b) in out.iter_mut().zip(bytes) {
            *slot = b.to_ascii_lowercase();
        }
        let lang = Self(out);
        let short = SHORT.binary_search_by(|(long, _)| long.cmp(&lang.as_str()));
        Some(match short.ok().and_then(|at| SHORT.get(at)) {
            Some((_, [a, b])) => Self([*a, *b, 0]),
            None => lang,
        })
    }

    /// The code, two or three letters.
    pub fn as_str(&self) -> &str {
        let len = if self.0[2] == 0 { 2 } else { 3 };
        std::str::from_utf8(&self.0[..len]).unwrap_or("en")
    }
}

/// Codes that have a shorter one, with it: ISO 639-3, and ISO 639-2's bibliographic ones. Sorted.
#[rustfmt::skip]
const SHORT: [(&str, &[u8; 2]); 111] = [
    ("afr", b"af"), ("aka", b"ak"), ("alb", b"sq"), ("amh", b"am"), ("ara", b"ar"), ("arm", b"hy"),
    ("aze", b"az"), ("baq", b"eu"), ("bel", b"be"), ("ben", b"bn"), ("bos", b"bs"), ("bul", b"bg"),
    ("bur", b"my"), ("cat", b"ca"), ("ces", b"cs"), ("chi", b"zh"), ("cmn", b"zh"), ("cym", b"cy"),
    ("cze", b"cs"), ("dan", b"da"), ("deu", b"de"), ("dut", b"nl"), ("ell", b"el"), ("eng", b"en"),
    ("epo", b"eo"), ("est", b"et"), ("eus", b"eu"), ("fas", b"fa"), ("fin", b"fi"), ("fra", b"fr"),
    ("fre", b"fr"), ("geo", b"ka"), ("ger", b"de"), ("gle", b"ga"), ("glg", b"gl"), ("gre", b"el"),
    ("guj", b"gu"), ("hau", b"ha"), ("heb", b"he"), ("hin", b"hi"), ("hrv", b"hr"), ("hun", b"hu"),
    ("hye", b"hy"), ("ice", b"is"), ("ind", b"id"), ("isl", b"is"), ("ita", b"it"), ("jav", b"jv"),
    ("jpn", b"ja"), ("kan", b"kn"), ("kat", b"ka"), ("kaz", b"kk"), ("khm", b"km"), ("kor", b"ko"),
    ("lao", b"lo"), ("lat", b"la"), ("lav", b"lv"), ("lit", b"lt"), ("mac", b"mk"), ("mal", b"ml"),
    ("mar", b"mr"), ("may", b"ms"), ("mkd", b"mk"), ("mon", b"mn"), ("msa", b"ms"), ("mya", b"my"),
    ("nb", b"no"), ("nep", b"ne"), ("nld", b"nl"), ("nn", b"no"), ("nno", b"no"), ("nob", b"no"),
    ("nor", b"no"), ("ori", b"or"), ("pan", b"pa"), ("per", b"fa"), ("pes", b"fa"), ("pol", b"pl"),
    ("por", b"pt"), ("pus", b"ps"), ("ron", b"ro"), ("rum", b"ro"), ("rus", b"ru"), ("sin", b"si"),
    ("slk", b"sk"), ("slo", b"sk"), ("slv", b"sl"), ("sna", b"sn"), ("som", b"so"), ("sot", b"st"),
    ("spa", b"es"), ("sqi", b"sq"), ("srp", b"sr"), ("swa", b"sw"), ("swe", b"sv"), ("tam", b"ta"),
    ("tel", b"te"), ("tgl", b"tl"), ("tha", b"th"), ("tuk", b"tk"), ("tur", b"tr"), ("ukr", b"uk"),
    ("urd", b"ur"), ("uzb", b"uz"), ("vie", b"vi"), ("wel", b"cy"), ("yid", b"yi"), ("yor", b"yo"),
    ("yue", b"zh"), ("zho", b"zh"), ("zul", b"zu"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_one_code() {
        assert!(SHORT.is_sorted_by(|a, b| a.0 < b.0));
        for (written, code) in [
            ("en-GB", "en"),
            ("EN_us", "en"),
            ("deu", "de"),
            ("ger", "de"),
            ("nb", "no"),
            ("zh-Hans", "zh"),
            ("cmn", "zh"),
            ("gsw", "gsw"),
        ] {
            assert_eq!(Lang::new(written).as_ref().map(Lang::as_str), Some(code));
        }
        for written in ["", "e", "engl", "12", "é", "-en"] {
            assert_eq!(Lang::new(written), None, "{written}");
        }
    }
}
