//! Bytes → text: byte order mark, valid UTF-8, declared label, then detection.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Decodes a whole record; returns the text without a byte order mark, and the encoding's WHATWG name.
///
/// `label` is what the input or its protocol declares; a byte order mark and valid UTF-8
/// outrank it, because wrong labels are common and text is valid UTF-8 by accident almost never.
/// Bytes that the encoding does not know become U+FFFD.
pub fn decode(bytes: &[u8], label: Option<&str>) -> (String, &'static str) {
    let encoding = detect(bytes, label);
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    (text.into_owned(), encoding.name())
}

/// The encoding that [`decode`] uses for `bytes`.
pub fn detect(bytes: &[u8], label: Option<&str>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = utf16_without_bom(bytes) {
        return encoding;
    }
    let declared = label.and_then(|l| Encoding::for_label(l.trim().as_bytes()));
    match std::str::from_utf8(bytes) {
        Ok(_) if is_iso_2022_jp(bytes) => return ISO_2022_JP,
        Ok(_) => return UTF_8,
        // A text that was cut inside a character, or damaged here and there, is still UTF-8:
        // any other reading would garble every accented letter that is left.
        Err(_) if is_mostly_utf8(bytes) => return UTF_8,
        Err(_) => {}
    }
    match declared {
        Some(encoding)
            if encoding != UTF_8
                && encoding != UTF_16LE
                && encoding != UTF_16BE
                && encoding.is_ascii_compatible() =>
        {
            encoding
        }
        _ => guess(bytes),
    }
}

/// As [`detect`] from the first bytes of a longer input, whose last character may be cut.
pub fn detect_head(head: &[u8], label: Option<&str>) -> &'static Encoding {
    match std::str::from_utf8(head) {
        Err(e) if e.error_len().is_none() => detect(&head[..e.valid_up_to()], label),
        _ => detect(head, label),
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // The detector's answer hardly changes after this much; a giant text is not scanned twice.
    let sample = &bytes[..bytes.len().min(1 << 20)];
    detector.feed(sample, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    if encoding == UTF_8 {
        WINDOWS_1252
    } else {
        encoding
    }
}

/// Escape sequences of ISO-2022-JP in bytes that are otherwise ASCII.
fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    bytes.is_ascii()
        && [&b"\x1b$B"[..], b"\x1b$@"]
            .iter()
            .any(|escape| memchr::memmem::find(bytes, escape).is_some())
}

/// At least four whole multi-byte characters for each broken one, or broken at the very end only.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    let mut rest = bytes;
    loop {
        let (valid, error) = match std::str::from_utf8(rest) {
            Ok(text) => (text.len(), None),
            Err(e) => (e.valid_up_to(), Some(e.error_len())),
        };
        whole += rest[..valid].iter().filter(|b| **b >= 0xC0).count();
        match error {
            None => break,
            Some(None) => {
                broken += usize::from(whole == 0);
                break;
            }
            Some(Some(len)) => {
                broken += 1;
                rest = &rest[valid + len..];
            }
        }
        if broken > 64 && broken * 4 > whole {
            return false;
        }
    }
    whole > 0 && whole >= broken * 4
}

/// UTF-16 told by its zero bytes: all at one parity, and nothing but text when decoded so.
///
/// Chinese or Japanese UTF-16 has zero bytes too, in its line ends and digits.
fn utf16_without_bom(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |parity: usize| {
        sample
            .iter()
            .skip(parity)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    // One stray zero makes no UTF-16 of a text that is UTF-8 otherwise.
    let few = (even + odd) * 10 < sample.len();
    let encoding = match (even, odd) {
        (0, 0) => return None,
        _ if few && std::str::from_utf8(sample).is_ok_and(|t| t.len() > 20) => return None,
        (even, odd) if odd > even * 20 => UTF_16LE,
        (even, odd) if even > odd * 20 => UTF_16BE,
        _ => return None,
    };
    let (text, errors) = encoding.decode_without_bom_handling(sample);
    // The sample may end inside a surrogate pair.
    let errors = errors && text.trim_end_matches('\u{FFFD}').contains('\u{FFFD}');
    let is_text = |c: char| (c.is_whitespace() || !c.is_control()) && c != '\u{FFFF}';
    (!errors && text.chars().all(is_text)).then_some(encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn a_byte_order_mark_decides_and_is_dropped() {
        assert_eq!(
            decode(b"\xEF\xBB\xBFna\xC3\xAFve", Some("latin1")),
            ("naïve".into(), "UTF-8")
        );
        assert_eq!(
            decode(b"\xFF\xFEa\0\xE9\0", None),
            ("aé".into(), "UTF-16LE")
        );
        assert_eq!(
            decode(b"\xFE\xFF\0a\0\xE9", None),
            ("aé".into(), "UTF-16BE")
        );
    }

    #[test]
    fn valid_utf8_outranks_a_wrong_label() {
        assert_eq!(
            decode("Kraków".as_bytes(), Some("iso-8859-1")),
            ("Kraków".into(), "UTF-8")
        );
    }

    #[test]
    fn a_label_outranks_detection() {
        assert_eq!(
            decode(b"\xE6\xF3\xB3\xE6", Some("iso-8859-2")),
            ("ćółć".into(), "ISO-8859-2")
        );
    }

    #[test]
    fn latin1_means_windows_1252() {
        assert_eq!(
            decode(b"\x93Quoted\x94 caf\xE9", Some("latin1")),
            ("“Quoted” café".into(), "windows-1252")
        );
    }

    #[test]
    fn cyrillic_in_koi8_and_1251_is_detected() {
        let text = "Президент России подписал закон о бюджете на следующий год.";
        for name in ["windows-1251", "KOI8-U"] {
            let encoding = Encoding::for_label(name.as_bytes()).unwrap();
            let (bytes, _, _) = encoding.encode(text);
            assert_eq!(decode(&bytes, None), (text.into(), encoding.name()));
        }
    }

    #[test]
    fn shift_jis_and_iso_2022_jp_are_detected() {
        let text = "東京で記者会見が行われた。首相は予算案について説明した。";
        for name in ["Shift_JIS", "ISO-2022-JP", "EUC-JP"] {
            let encoding = Encoding::for_label(name.as_bytes()).unwrap();
            let (bytes, _, _) = encoding.encode(text);
            assert_eq!(decode(&bytes, None), (text.into(), encoding.name()));
        }
    }

    #[test]
    fn a_stray_zero_makes_no_utf16() {
        let page = b"<html><title>T</title><body><p>A\0B, a zero and more words here.</p>";
        assert_eq!(decode(page, None).1, "UTF-8");
    }

    #[test]
    fn utf16_is_told_without_a_mark() {
        for text in ["London, 3 March\n", "東京で会見 3\n首相は説明した。\n"] {
            assert_eq!(
                decode(&utf16(text, true), None),
                (text.to_owned(), "UTF-16LE")
            );
            assert_eq!(
                decode(&utf16(text, false), None),
                (text.to_owned(), "UTF-16BE")
            );
        }
    }

    #[test]
    fn one_damaged_byte_does_not_turn_utf8_into_mojibake() {
        let mut bytes = "é à ü ö ł ń".as_bytes().to_vec();
        bytes.push(0xC3);
        let (text, name) = decode(&bytes, None);
        assert_eq!(name, "UTF-8");
        assert!(text.starts_with("é à ü ö ł ń"), "{text}");
    }

    #[test]
    fn binary_zeros_are_not_utf16() {
        assert_eq!(
            utf16_without_bom(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"),
            None
        );
        assert_eq!(utf16_without_bom(&[0; 64]), None);
    }
}
