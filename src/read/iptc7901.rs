//! IPTC 7901 and ANPA 1312: wire messages as teleprinters took them, control characters and all.
//!
//! IPTC 7901: `SOH` source and number, priority, category, word count `STX` text `ETX` time of
//! dispatch (`ddhhmm mmm yy`) `EOT`. ANPA 1312: `SYN SYN SOH` service, number, priority, category,
//! format, keyword, `STX` text `ETX` date (`mm-dd-yy hhmm` with its zone) `EOT`. A file may hold many.

use super::{Articles, Fit, Head, Input, Reader, Trouble, encoding, html, published};
use crate::article::{Article, Provenance, Published, Section};
use jiff::civil::Date;
use std::io::BufRead;

/// Messages of both standards.
pub struct Iptc7901Reader;

const SOH: u8 = 0x01;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const EOT: u8 = 0x04;
const SYN: u8 = 0x16;

impl Reader for Iptc7901Reader {
    fn name(&self) -> &'static str {
        "iptc7901"
    }

    fn accepts(&self, _path: &str, head: &Head<'_>) -> Fit {
        let bytes = head.bytes;
        let start = bytes
            .iter()
            .position(|b| !matches!(*b, SYN | b'\r' | b'\n' | b' ' | 0));
        let Some(rest) = start.and_then(|at| bytes.get(at..)) else {
            return Fit::No;
        };
        let header = &rest[..rest.len().min(400)];
        match (header.first(), header.iter().position(|b| *b == STX)) {
            (Some(&SOH), Some(stx)) if names_a_message(&header[1..stx]) => Fit::Sure,
            _ => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        Box::new(Messages {
            input,
            record: 0,
            offset: 0,
            done: false,
        })
    }
}

/// Whether a header says anything: a service, a number, a category. Binary data may hold SOH and STX as well.
fn names_a_message(header: &[u8]) -> bool {
    let said = header.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    let line_ends = header
        .iter()
        .filter(|b| matches!(**b, b'\r' | b'\n' | SYN))
        .count();
    let controls = header.iter().filter(|b| b.is_ascii_control()).count() - line_ends;
    said >= 3 && controls <= said
}

struct Messages<'a> {
    input: Input<'a>,
    record: u32,
    offset: u64,
    done: bool,
}

impl Iterator for Messages<'_> {
    type Item = Result<Article, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            let start = self.offset;
            let limit = self.input.options.limits.record_bytes;
            let mut message = Vec::new();
            // A message ends with EOT; one without it ends with the file.
            let read = std::io::Read::take(&mut self.input, limit).read_until(EOT, &mut message);
            self.offset += message.len() as u64;
            if let Err(e) = read {
                self.done = true;
                return Some(Err(Trouble::io(&e).at(self.record + 1, start)));
            }
            if message.len() as u64 >= limit && message.last() != Some(&EOT) {
                self.done = true;
                let reason = format!("longer than {limit} bytes (--max-record-bytes)");
                return Some(Err(Trouble::failed(reason).at(self.record + 1, start)));
            }
            self.done = message.last() != Some(&EOT);
            let Some(begins) = message.iter().position(|b| *b == SOH) else {
                if message.iter().all(|b| b.is_ascii_control() || *b == b' ') {
                    continue;
                }
                self.record += 1;
                return Some(Err(Trouble::failed(
                    "no start of header (SOH) in a message",
                )
                .at(self.record, start)));
            };
            self.record += 1;
            let whole = article(
                &message[begins + 1..],
                self.input.charset.as_deref(),
                message.first() == Some(&SYN),
            );
            return Some(match whole {
                Ok(mut article) => {
                    article.record = self.record;
                    article.offset = start + begins as u64;
                    Ok(article)
                }
                Err(trouble) => Err(trouble.at(self.record, start + begins as u64)),
            });
        }
        None
    }
}

fn article(message: &[u8], charset: Option<&str>, is_anpa: bool) -> Result<Article, Trouble> {
    let Some(stx) = message.iter().position(|b| *b == STX) else {
        return Err(Trouble::failed("no start of text (STX) in a message"));
    };
    let (header, rest) = (&message[..stx], &message[stx + 1..]);
    let etx = rest.iter().position(|b| *b == ETX);
    let (text, trailer) = rest.split_at(etx.unwrap_or(rest.len()));
    let (text, name) = encoding::decode(text, charset);
    let (header, _) = encoding::decode(header, charset);
    let (trailer, _) = encoding::decode(trailer, charset);
    let mut out = Article {
        encoding: name.to_owned(),
        ..Article::default()
    };
    read_header(&header, &mut out);
    let trailer: String = trailer
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    out.published = time_of_dispatch(&trailer, is_anpa);
    read_text(&text, &mut out);
    if etx.is_none() {
        out.warnings
            .push("no end of text (ETX): the message may be cut".into());
    }
    if out.title.is_none() && out.sections.is_empty() {
        return Err(Trouble::failed("a message without text"));
    }
    Ok(out)
}

/// Source and number (`AFP001`, `a0123`), priority, category, and what follows: keyword line and count.
fn read_header(header: &str, out: &mut Article) {
    let cleaned: String = header
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut words = cleaned.split_whitespace();
    let Some(first) = words.next() else { return };
    let source: String = first.chars().take_while(|c| c.is_alphabetic()).collect();
    if source.len() >= 2 {
        out.source = Some(source);
    }
    // The keyword (slug) is the only word of the header that holds a hyphen between letters.
    let slug =
        words.find(|w| w.contains('-') && w.chars().filter(|c| c.is_alphabetic()).count() >= 4);
    out.keywords.extend(slug.map(str::to_owned));
}

/// `031245 mar 24` or `03-14-24 1245EST`.
fn time_of_dispatch(trailer: &str, is_anpa: bool) -> Option<Published> {
    let words: Vec<&str> = trailer.split_whitespace().collect();
    let century = |year: i16| {
        if year < 70 {
            2000 + year
        } else if year < 100 {
            1900 + year
        } else {
            year
        }
    };
    let digits = |w: &str| w.bytes().take_while(u8::is_ascii_digit).count();
    for (at, word) in words.iter().enumerate() {
        if let [month, day, year] = word.split('-').collect::<Vec<_>>()[..]
            && is_anpa
        {
            let year = century(year.parse().ok()?);
            let date = Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()?;
            let clock = words.get(at + 1).copied().unwrap_or("");
            let n = digits(clock);
            let zone = clock.get(n..).unwrap_or("").to_ascii_uppercase();
            return at_clock(date, clock.get(..n).unwrap_or(""), &zone);
        }
        if digits(word) == 6 {
            let day = word.get(..2)?.parse().ok()?;
            // A zone letter or name may follow the digits: `031245Z`, `031245 gmt`.
            let mut zone = word.get(6..).unwrap_or("").to_ascii_uppercase();
            let mut rest = words.get(at + 1..)?.iter();
            let mut name = rest.next()?.to_ascii_lowercase();
            if published::month(&name).is_none() {
                zone = name.to_ascii_uppercase();
                name = rest.next()?.to_ascii_lowercase();
            }
            let month = published::month(&name)?;
            let year = century(rest.next()?.parse().ok()?);
            let date = Date::new(year, i8::try_from(month).ok()?, day).ok()?;
            return at_clock(date, word.get(2..6)?, &zone);
        }
    }
    None
}

fn at_clock(date: Date, clock: &str, zone: &str) -> Option<Published> {
    let day = Published::day(date, Provenance::Field);
    let (Some(hour), Some(minute), 4) = (clock.get(..2), clock.get(2..), clock.len()) else {
        return Some(day);
    };
    let zone = match zone {
        "" => "",
        "Z" | "GMT" | "UTC" => "Z",
        other => other,
    };
    let parsed = published::parse(
        &format!("{date} {hour}:{minute}:00 {zone}")
            .trim()
            .replace(" Z", "Z"),
        None,
        Provenance::Field,
    );
    Some(parsed.unwrap_or(day))
}

/// `BC-Storm,0110`: keyword and word count.
fn is_slug(line: &str) -> bool {
    let mut parts = line.split(',');
    let (slug, count) = (
        parts.next().unwrap_or(""),
        parts.next().unwrap_or("").trim(),
    );
    slug.contains('-')
        && !slug.contains(' ')
        && !count.is_empty()
        && count.bytes().all(|b| b.is_ascii_digit())
}

/// The first line is the headline where it stands apart; bylines follow it; the rest is text.
fn read_text(text: &str, out: &mut Article) {
    // Control codes of typesetters mark upper and lower rail, tables and the like.
    let plain: String = text
        .chars()
        .map(|c| match c {
            '\r' | '\n' | '\t' => c,
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    let plain = plain
        .replace("\r\r\n", "\n")
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let indented = plain.lines().filter(|l| l.starts_with("  ")).count() >= 1;
    let mut paragraphs: Vec<String> = Vec::new();
    let mut apart = true;
    for raw in plain.lines() {
        let mut line = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            apart = true;
            continue;
        }
        // ANPA sets lines of their own between `^` and `<`.
        let set_apart = line.starts_with('^') || line.ends_with('<');
        if set_apart {
            line = line.trim_matches(['^', '<', ' ']).to_owned();
            apart = true;
            if is_slug(&line) {
                out.keywords
                    .extend(line.split(',').next().map(str::to_owned));
                continue;
            }
        }
        if out.title.is_none() {
            out.title = Some(line);
            apart = true;
            continue;
        }
        let lower = line.to_lowercase();
        if paragraphs.is_empty()
            && out.authors.is_empty()
            && ["by ", "eds:", "attn:"]
                .iter()
                .any(|p| lower.starts_with(p))
            && line.len() < 100
        {
            if lower.starts_with("by ") {
                out.authors = html::split_byline(&line);
            }
            apart = true;
            continue;
        }
        let begins = apart || (indented && raw.starts_with("  ")) || paragraphs.is_empty();
        match paragraphs.last_mut() {
            Some(last) if !begins => {
                last.push(' ');
                last.push_str(&line);
            }
            _ => paragraphs.push(line),
        }
        apart = set_apart;
    }
    // A message of one paragraph has no headline.
    if paragraphs.is_empty()
        && let Some(only) = out.title.take_if(|t| t.len() > 200)
    {
        paragraphs.push(only);
    }
    if !paragraphs.is_empty() {
        out.sections = vec![Section {
            heading: None,
            paragraphs,
        }];
    }
}
