//! Mail with a press release in it: one message (`.eml`) or many (mbox).

use super::{Articles, Fit, Head, Input, Limits, Reader, Trouble, markup, sniff, text};
use crate::article::{Article, Precision, Provenance, Published};
use encoding_rs::Encoding;
use jiff::civil;
use mail_parser::{MessageParser, MimeHeaders};
use std::io::{BufRead, Read};

/// Internet messages (RFC 5322, MIME), and mbox files of them.
pub struct MailReader;

impl Reader for MailReader {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn accepts(&self, path: &str, head: &Head<'_>) -> Fit {
        let named = matches!(sniff::extension(path).as_str(), "eml" | "mbox" | "mbx");
        let fields = header_fields(head.text);
        match (fields, named) {
            // Three fields that only mail has side by side.
            (3.., _) => Fit::Likely,
            (1.., true) => Fit::Name,
            _ => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        let limits = input.options.limits.clone();
        Box::new(Messages {
            input,
            limits,
            separator: None,
            begun: false,
            offset: 0,
            record: 0,
            is_mbox: false,
            done: false,
        })
    }
}

/// How many fields of mail stand in the header that begins `text`.
fn header_fields(text: &str) -> usize {
    const FIELDS: [&str; 8] = [
        "from:",
        "to:",
        "subject:",
        "date:",
        "message-id:",
        "received:",
        "mime-version:",
        "return-path:",
    ];
    let header = text
        .lines()
        .take(60)
        .skip_while(|l| l.starts_with("From "))
        .take_while(|l| !l.trim().is_empty());
    let mut seen = [false; 8];
    for line in header {
        let lower = line
            .get(..line.len().min(16))
            .unwrap_or_default()
            .to_ascii_lowercase();
        if let Some(at) = FIELDS.iter().position(|f| lower.starts_with(f)) {
            seen[at] = true;
        }
    }
    seen.iter().filter(|s| **s).count()
}

struct Messages<'a> {
    input: Input<'a>,
    limits: Limits,
    /// Offset of the message whose `From ` line has been read.
    separator: Option<u64>,
    begun: bool,
    offset: u64,
    record: u32,
    is_mbox: bool,
    done: bool,
}

impl Messages<'_> {
    /// The next message's bytes and offset; one that is too long is passed over.
    fn message(&mut self) -> Result<Option<(u64, Vec<u8>)>, Trouble> {
        let mut bytes = Vec::new();
        let mut start = self.separator.take().unwrap_or(self.offset);
        let mut after_blank = !self.begun;
        let mut too_long = false;
        let mut line = Vec::new();
        loop {
            line.clear();
            let limit = self.limits.record_bytes.saturating_add(1);
            let n = (&mut self.input)
                .take(limit)
                .read_until(b'\n', &mut line)
                .map_err(|e| Trouble::io(&e).at(self.record, self.offset))?;
            let at = self.offset;
            self.offset += n as u64;
            if n == 0 {
                self.done = true;
                break;
            }
            // Only a file that begins so is an mbox: a paragraph of a mail may begin with "From ", too.
            if after_blank && line.starts_with(b"From ") && (self.is_mbox || !self.begun) {
                self.is_mbox = true;
                if self.begun {
                    self.separator = Some(at);
                    break;
                }
                start = at;
                self.begun = true;
                after_blank = false;
                continue;
            }
            self.begun = true;
            after_blank = line.trim_ascii().is_empty();
            too_long |= (bytes.len() + line.len()) as u64 > self.limits.record_bytes;
            if too_long {
                bytes.clear();
            } else {
                // mbox writes `>From ` where a line of the text begins with `From `.
                let quoted = self.is_mbox && line.starts_with(b">From ");
                bytes.extend_from_slice(&line[usize::from(quoted)..]);
            }
        }
        if self.is_mbox {
            self.record = self.record.saturating_add(1);
        }
        if too_long {
            let reason = format!(
                "longer than {} bytes (--max-record-bytes)",
                self.limits.record_bytes
            );
            return Err(Trouble::failed(reason).at(self.record, start));
        }
        Ok((!bytes.trim_ascii().is_empty()).then_some((start, bytes)))
    }
}

impl Iterator for Messages<'_> {
    type Item = Result<Article, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            match self.message() {
                Ok(None) => {}
                Ok(Some((offset, bytes))) => {
                    let article = parse(&bytes).map(|mut article| {
                        article.record = self.record;
                        article.offset = offset;
                        article
                    });
                    return Some(article.map_err(|t| t.at(self.record, offset)));
                }
                Err(trouble) => {
                    self.done |= !trouble.reason.starts_with("longer");
                    return Some(Err(trouble));
                }
            }
        }
        None
    }
}

fn parse(bytes: &[u8]) -> Result<Article, Trouble> {
    let parsed = |bytes| {
        let message = MessageParser::default().parse(bytes);
        message.ok_or_else(|| Trouble::failed("not a mail: no header"))
    };
    let mut message = parsed(bytes)?;
    // Of a mail that was cut off the parser drops the part that was not closed.
    let closed: Vec<u8>;
    if message.text_body_count() + message.html_body_count() == 0
        && let Some(boundary) = message.content_type().and_then(|t| t.attribute("boundary"))
    {
        closed = [bytes, b"\r\n--", boundary.as_bytes(), b"--\r\n"].concat();
        message = parsed(&closed)?;
    }
    let part = message.text_part(0).or_else(|| message.html_part(0));
    let charset = part
        .and_then(|p| p.content_type()?.attribute("charset"))
        .and_then(|label| Encoding::for_label(label.as_bytes()));
    // A message with an HTML part only is given a text made of it by the parser; its structure is better.
    let is_html = part.is_some_and(|p| p.is_text_html());
    let sections = match (is_html, message.body_html(0), message.body_text(0)) {
        (true, Some(html), _) => markup::sections(&html),
        (_, _, Some(text)) => text::body(&text),
        (_, Some(html), None) => markup::sections(&html),
        _ => Vec::new(),
    };
    let sender = message.from().and_then(|from| from.first());
    Ok(Article {
        title: message.subject().map(str::to_owned),
        source: sender.and_then(|s| s.name().or_else(|| s.address()).map(str::to_owned)),
        published: message.date().and_then(published),
        encoding: charset.map_or("UTF-8", Encoding::name).to_owned(),
        sections,
        ..Article::default()
    })
}

fn published(date: &mail_parser::DateTime) -> Option<Published> {
    let small = |n: u8| i8::try_from(n).ok();
    let year = i16::try_from(date.year)
        .ok()
        .filter(|y| (1970..=2200).contains(y))?;
    let second = small(date.second)?.min(59);
    let at = civil::DateTime::new(
        year,
        small(date.month)?,
        small(date.day)?,
        small(date.hour)?,
        small(date.minute)?,
        second,
        0,
    )
    .ok()?;
    let offset = i32::from(date.tz_hour) * 3600 + i32::from(date.tz_minute) * 60;
    Some(Published {
        at,
        precision: Precision::Second,
        offset_seconds: Some(if date.tz_before_gmt { -offset } else { offset }),
        from: Provenance::Field,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Options, tried};
    use super::*;

    fn read_as(path: &str, bytes: &[u8]) -> Vec<Result<Article, Trouble>> {
        tried::read(&Options::default(), path, bytes)
    }

    const RELEASE: &str = "From: Press Office <press@example.org>\r\nTo: all@example.org\r\n\
        Subject: =?utf-8?Q?Harbour_caf=C3=A9_opens?=\r\nDate: Mon, 21 Jan 2019 16:07:52 -0500\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        The caf=E9 opens on Monday.\r\n\r\nFrom then on it serves tea.\r\n";

    #[test]
    fn a_message_is_an_article() {
        for path in ["a.eml", "a.txt"] {
            let results = read_as(path, RELEASE.as_bytes());
            let article = results[0].as_ref().unwrap();
            assert_eq!(article.title.as_deref(), Some("Harbour café opens"));
            assert_eq!(article.source.as_deref(), Some("Press Office"));
            assert_eq!(
                article.published.map(|p| p.to_string()).as_deref(),
                Some("2019-01-21T16:07:52-05:00")
            );
            assert_eq!(
                article.sections[0].paragraphs[0],
                "The café opens on Monday."
            );
            assert_eq!(article.encoding, "windows-1252");
            assert_eq!((article.record, article.offset), (0, 0));
        }
    }

    #[test]
    fn an_mbox_numbers_its_messages() {
        let message = "Subject: S\nFrom: a@example.org\nDate: Mon, 21 Jan 2019 16:07:52 +0000\n\nText.\n>From here on.\n\n";
        let mbox = format!(
            "From a@example.org Mon Jan 21 16:07:52 2019\n{message}From b@example.org Mon Jan 21 16:08:52 2019\n{message}"
        );
        let results = read_as("a.mbox", mbox.as_bytes());
        let places: Vec<_> = results
            .iter()
            .map(|r| r.as_ref().map(|a| (a.record, a.offset)).unwrap())
            .collect();
        let second = mbox.find("From b@").unwrap() as u64;
        assert_eq!(places, [(1, 0), (2, second)]);
        assert!(
            results[0].as_ref().unwrap().sections[0]
                .paragraphs
                .iter()
                .any(|p| p.contains("From here on."))
        );
    }

    #[test]
    fn html_alone_keeps_its_headings() {
        let text = "Subject: S\nFrom: a@example.org\nTo: b@example.org\nContent-Type: text/html; charset=utf-8\n\n<h2>Why?</h2><p>Rain.</p>\n";
        let results = read_as("a.eml", text.as_bytes());
        let article = results[0].as_ref().unwrap();
        assert_eq!(article.sections[0].heading.as_deref(), Some("Why?"));
        assert_eq!(article.sections[0].paragraphs, ["Rain."]);
    }

    #[test]
    fn a_text_with_labels_is_no_mail() {
        let results = read_as(
            "a.txt",
            b"Title: A\nDate: 2019-01-04\n\nText that follows.\n",
        );
        assert_eq!(results[0].as_ref().unwrap().title.as_deref(), Some("A"));
    }

    #[test]
    fn a_mail_that_was_cut_off_keeps_its_text() {
        let text = "Subject: S\nFrom: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"x\"\n\n\
            --x\nContent-Type: text/plain\n\nThe harbour opens";
        let results = read_as("a.eml", text.as_bytes());
        let article = results[0].as_ref().unwrap();
        assert_eq!(article.sections[0].paragraphs, ["The harbour opens"]);
    }

    #[test]
    fn every_truncation_is_survived() {
        for end in 0..RELEASE.len() {
            read_as("a.eml", &RELEASE.as_bytes()[..end]);
        }
    }
}
