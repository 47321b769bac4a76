//! JSON and JSON Lines, as a stream: one record in memory at a time.

use super::{
    Articles, Fit, Head, Input, Mapping, Reader, Trouble, encoding, fields,
    json_scan::{Scanner, repaired},
    sniff,
    stream::TextStream,
};
use crate::article::Article;
use serde_json::{Map, Value};

/// Objects, arrays of objects, objects around such an array, and one object a line.
pub struct JsonReader;

/// Members whose array holds the records of a file.
const LISTS: [&str; 19] = [
    "articles",
    "items",
    "results",
    "docs",
    "documents",
    "news",
    "stories",
    "entries",
    "records",
    "posts",
    "hits",
    "rows",
    "data",
    "value",
    "list",
    "@graph",
    "graph",
    "article",
    "feed",
];
/// Members whose object holds such an array.
const ENVELOPES: [&str; 6] = ["response", "data", "hits", "feed", "result", "payload"];

impl Reader for JsonReader {
    fn name(&self) -> &'static str {
        "json"
    }

    fn accepts(&self, path: &str, head: &Head<'_>) -> Fit {
        let text = head.text.trim_start();
        let named = matches!(
            sniff::extension(path).as_str(),
            "json" | "jsonl" | "ndjson" | "jsonld" | "json5"
        );
        let opens = |text: &str, closing: char| {
            let inner = text.get(1..).unwrap_or_default().trim_start();
            inner.is_empty() || inner.starts_with(closing)
        };
        let object = text.starts_with('{') && (opens(text, '"') || opens(text, '}'));
        let array = text.starts_with('[')
            && text
                .get(1..)
                .is_some_and(|t| t.trim_start().starts_with(['{', ']']));
        match (object || array, named) {
            (true, _) => Fit::Likely,
            (false, true) if !text.starts_with('<') => Fit::Name,
            _ => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        let path = sniff::extension(input.path);
        let named_lines = matches!(path.as_str(), "jsonl" | "ndjson");
        match Records::open(input, named_lines) {
            Ok(records) => Box::new(records),
            Err(trouble) => Box::new(std::iter::once(Err(trouble))),
        }
    }
}

/// How the records of a file are laid out.
enum Layout {
    /// One value a line; a broken line ends at its end.
    Lines,
    /// Values one after another; most files hold one.
    Values,
    /// Elements of an array, within this many envelopes.
    Array {
        around: usize,
    },
    Done,
}

struct Records<'a> {
    scanner: Scanner<TextStream<Input<'a>>>,
    layout: Layout,
    record: u32,
    /// The members of a top-level object that are no list of records.
    members: Map<String, Value>,
    /// Further articles of an object of objects.
    pending: Vec<Result<Article, Trouble>>,
    charset: Option<String>,
    file_encoding: Option<&'static str>,
    any: bool,
    mapping: &'a Mapping,
}

impl<'a> Records<'a> {
    fn open(input: Input<'a>, named_lines: bool) -> Result<Self, Trouble> {
        let limits = input.options.limits.clone();
        let charset = input.charset.clone();
        let mapping = &input.options.mapping;
        let mut stream = TextStream::new(input).map_err(|e| Trouble::io(&e))?;
        let head = stream.peek(16 << 10).map_err(|e| Trouble::io(&e))?;
        let lines = holds_lines(&head, named_lines);
        Ok(Self {
            file_encoding: stream.encoding(),
            scanner: Scanner::new(stream, limits),
            layout: if lines { Layout::Lines } else { Layout::Values },
            record: 0,
            members: Map::new(),
            pending: Vec::new(),
            charset,
            any: false,
            mapping,
        })
    }

    fn next_line(&mut self) -> Option<Result<Article, Trouble>> {
        loop {
            let (offset, line) = match self.scanner.line() {
                Ok(None) => return None,
                Ok(Some(found)) => found,
                Err(trouble) => {
                    self.record = self.record.saturating_add(1);
                    if trouble.is_final {
                        self.layout = Layout::Done;
                    }
                    return Some(Err(trouble.at(self.record)));
                }
            };
            if line.trim_ascii().is_empty() {
                continue;
            }
            self.record = self.record.saturating_add(1);
            return Some(self.article(&line, self.record, offset));
        }
    }

    fn next_element(&mut self, around: usize) -> Option<Result<Article, Trouble>> {
        match self.scanner.element() {
            Ok(Some((offset, raw))) => {
                self.record = self.record.saturating_add(1);
                Some(self.article(&raw, self.record, offset))
            }
            Ok(None) => {
                self.layout = Layout::Values;
                if around > 0 {
                    // The members after the list say nothing that is needed.
                    self.layout = Layout::Done;
                }
                None
            }
            Err(trouble) => {
                self.layout = Layout::Done;
                self.record = self.record.saturating_add(1);
                Some(Err(trouble.at(self.record)))
            }
        }
    }

    /// The next top-level value: an array or an object around one switches the layout.
    fn next_value(&mut self) -> Option<Result<Article, Trouble>> {
        let first = match self.scanner.peek_value() {
            Ok(first) => first,
            Err(trouble) => return Some(self.fail(trouble)),
        };
        match first {
            None => {
                self.layout = Layout::Done;
                None
            }
            Some(b'[') => {
                self.scanner.skip_byte();
                self.layout = Layout::Array { around: 0 };
                None
            }
            Some(b'{') => {
                let offset = self.scanner.offset();
                self.members.clear();
                match self.object(0) {
                    Ok(true) => None,
                    Ok(false) => self.whole_object(offset),
                    Err(trouble) => Some(self.fail(trouble)),
                }
            }
            Some(_) => {
                let trouble = self.scanner.trouble("not JSON: expected { or [");
                Some(self.fail(trouble))
            }
        }
    }

    fn fail(&mut self, trouble: super::json_scan::ScanTrouble) -> Result<Article, Trouble> {
        self.layout = Layout::Done;
        let record = if self.record == 0 { 0 } else { self.record + 1 };
        Err(trouble.at(record))
    }

    /// Reads the members of an object into `self.members`, until it ends (`false`) or a list of
    /// records begins (`true`, and the layout is that array's).
    fn object(&mut self, around: usize) -> Result<bool, super::json_scan::ScanTrouble> {
        self.scanner.skip_byte();
        let start = self.scanner.offset();
        while let Some(name) = self.scanner.member_name()? {
            let folded = name.to_ascii_lowercase();
            let first = self.scanner.peek_value()?;
            let is_article = ["title", "headline", "text", "content", "body"]
                .iter()
                .any(|k| self.members.contains_key(*k));
            match first {
                Some(b'[')
                    if LISTS.contains(&folded.as_str())
                        && !is_article
                        && self.scanner.opens_list_of_objects()? =>
                {
                    self.scanner.skip_byte();
                    self.layout = Layout::Array { around: around + 1 };
                    return Ok(true);
                }
                Some(b'{') if ENVELOPES.contains(&folded.as_str()) && around < 3 && !is_article => {
                    let outer = std::mem::take(&mut self.members);
                    if self.object(around + 1)? {
                        return Ok(true);
                    }
                    let inner = std::mem::replace(&mut self.members, outer);
                    self.members.insert(name, Value::Object(inner));
                }
                _ => {
                    let (_, raw) = self.scanner.value()?;
                    let value = self.parse(&raw).map_err(|e| self.scanner.trouble(e))?;
                    self.members.insert(name, value);
                }
            }
            self.scanner.check_size(start)?;
        }
        Ok(false)
    }

    /// A top-level object that is no list: an article, or articles under their ids.
    fn whole_object(&mut self, offset: u64) -> Option<Result<Article, Trouble>> {
        let more = match self.scanner.peek_value() {
            Ok(next) => next.is_some(),
            Err(trouble) => return Some(self.fail(trouble)),
        };
        let several = more || self.record > 0;
        if several {
            self.record = self.record.saturating_add(1);
        }
        let members = std::mem::take(&mut self.members);
        let article = fields::article(&members, self.mapping);
        if article.title.is_none() && article.sections.is_empty() && !several {
            for (id, value) in &members {
                if let Value::Object(inner) = value {
                    let mut article = fields::article(inner, self.mapping);
                    if article.title.is_some() && !article.sections.is_empty() {
                        self.record = self.record.saturating_add(1);
                        article.own_id.get_or_insert_with(|| id.clone());
                        self.pending
                            .push(Ok(self.placed(article, self.record, offset)));
                    }
                }
            }
            self.pending.reverse();
            if let Some(first) = self.pending.pop() {
                return Some(first);
            }
        }
        Some(Ok(self.placed(article, self.record, offset)))
    }

    fn placed(&self, mut article: Article, record: u32, offset: u64) -> Article {
        article.record = record;
        article.offset = offset;
        article.encoding = self.file_encoding.unwrap_or("UTF-8").to_owned();
        article
    }

    fn article(&self, raw: &[u8], record: u32, offset: u64) -> Result<Article, Trouble> {
        let (text, name) = self.decode(raw);
        let value = parse_text(&text).map_err(|e| Trouble::failed(e).at(record, offset))?;
        let Value::Object(map) = value else {
            return Err(
                Trouble::failed("expected an object with the fields of an article")
                    .at(record, offset),
            );
        };
        let mut article = self.placed(fields::article(&map, self.mapping), record, offset);
        article.encoding = name.to_owned();
        Ok(article)
    }

    fn parse(&self, raw: &[u8]) -> Result<Value, String> {
        parse_text(&self.decode(raw).0)
    }

    fn decode<'r>(&self, raw: &'r [u8]) -> (std::borrow::Cow<'r, str>, &'static str) {
        match (std::str::from_utf8(raw), self.file_encoding) {
            (Ok(text), name) => (text.into(), name.unwrap_or("UTF-8")),
            (Err(_), _) => {
                let (text, name) = encoding::decode(raw, self.charset.as_deref());
                (text.into(), name)
            }
        }
    }
}

/// A value as JSON, or as the dialect that Python and careless exports write.
fn parse_text(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).or_else(|error| {
        repaired(text)
            .and_then(|text| serde_json::from_str(&text).ok())
            .ok_or_else(|| match error.to_string() {
                reason if reason.starts_with("recursion") => {
                    "an object nested deeper than 127 levels, which no article needs".to_owned()
                }
                reason => format!("not JSON: {reason}"),
            })
    })
}

/// Whether the first line is a whole object, and so every line is one.
fn holds_lines(head: &[u8], named: bool) -> bool {
    let head = head.trim_ascii_start();
    let (line, more) = match memchr::memchr(b'\n', head) {
        Some(end) => (
            &head[..end],
            head[end..].iter().any(|b| !b.is_ascii_whitespace()),
        ),
        None => (head, false),
    };
    let line = line.trim_ascii();
    if named {
        // Names lie: a pretty-printed object or an array is no line of its own.
        return !line.starts_with(b"[") && line != b"{";
    }
    more && line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

impl Iterator for Records<'_> {
    type Item = Result<Article, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pending) = self.pending.pop() {
                return Some(pending);
            }
            let item = match self.layout {
                Layout::Done => {
                    if !std::mem::replace(&mut self.any, true) {
                        return Some(Err(Trouble::skipped("holds no articles")));
                    }
                    return None;
                }
                Layout::Lines => match self.next_line() {
                    None => {
                        self.layout = Layout::Done;
                        continue;
                    }
                    some => some,
                },
                Layout::Values => self.next_value(),
                Layout::Array { around } => self.next_element(around),
            };
            if item.is_some() {
                self.any = true;
                return item;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Options, tried, tried::places};
    use super::*;

    fn read_as(path: &str, text: &[u8]) -> Vec<Result<Article, Trouble>> {
        tried::read(&Options::default(), path, text)
    }

    const A: &str = r#"{"title":"A","text":"One."}"#;
    const B: &str = r#"{"title":"B","text":"Two."}"#;

    #[test]
    fn one_object_is_one_article_without_a_number() {
        assert_eq!(places(&read_as("a.json", A.as_bytes())), ["A@0:0"]);
    }

    #[test]
    fn lines_arrays_and_envelopes_number_their_records() {
        let lines = format!("{A}\n\n{B}\n");
        assert_eq!(
            places(&read_as("a.jsonl", lines.as_bytes())),
            ["A@1:0", "B@2:29"]
        );
        assert_eq!(
            places(&read_as("a.txt", lines.as_bytes())),
            ["A@1:0", "B@2:29"]
        );
        assert_eq!(
            places(&read_as("a.json", format!("[{A},\n{B}]").as_bytes())),
            ["A@1:1", "B@2:30"]
        );
        let envelope = format!(r#"{{"status":"ok","articles":[{A},{B}],"totalResults":2}}"#);
        assert_eq!(
            places(&read_as("a.json", envelope.as_bytes())),
            ["A@1:27", "B@2:55"]
        );
        let nested = format!(r#"{{"response":{{"docs":[{A}]}}}}"#);
        assert_eq!(places(&read_as("a.json", nested.as_bytes())), ["A@1:21"]);
    }

    #[test]
    fn values_may_follow_each_other() {
        assert_eq!(
            places(&read_as("a.json", format!("{A}{B}").as_bytes())),
            ["A@1:0", "B@2:27"]
        );
    }

    #[test]
    fn one_line_of_json_lines_is_record_one() {
        assert_eq!(places(&read_as("a.jsonl", A.as_bytes())), ["A@1:0"]);
    }

    #[test]
    fn a_broken_line_is_one_failure_and_the_rest_is_read() {
        let text = format!("{A}\n{{\"title\": oops}}\n{B}\n");
        assert_eq!(
            places(&read_as("a.jsonl", text.as_bytes())),
            ["A@1:0", "Failed@2", "B@3:44"]
        );
    }

    #[test]
    fn a_broken_element_is_one_failure_and_the_rest_is_read() {
        let text = format!("[{A}, {{\"title\": oops}}, 7, {B}]");
        assert_eq!(
            places(&read_as("a.json", text.as_bytes())),
            ["A@1:1", "Failed@2", "Failed@3", "B@4:50"]
        );
    }

    #[test]
    fn a_truncated_array_keeps_what_came_before() {
        let text = format!("[{A}, {{\"title\": \"B\", \"te");
        assert_eq!(
            places(&read_as("a.json", text.as_bytes())),
            ["A@1:1", "Failed@2"]
        );
    }

    #[test]
    fn broken_json_by_name_fails_and_html_by_name_does_not() {
        assert_eq!(places(&read_as("a.json", b"{broken")), ["Failed@0"]);
        assert_eq!(places(&read_as("a.json", b"no json at all")), ["Failed@0"]);
    }

    #[test]
    fn an_object_without_an_article_is_skipped() {
        assert_eq!(
            places(&read_as("a.json", br#"{"version": 3, "files": []}"#)),
            ["Skipped@0"]
        );
        assert_eq!(places(&read_as("a.json", b"[]")), ["Skipped@0"]);
    }

    #[test]
    fn utf16_offsets_count_the_bytes_of_the_file() {
        let text = format!("{A}\n{B}\n");
        let bytes: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(places(&read_as("a.jsonl", &bytes)), ["A@1:2", "B@2:58"]);
    }

    #[test]
    fn a_line_in_windows_1252_is_read() {
        let results = read_as(
            "a.jsonl",
            b"{\"title\":\"Caf\xE9 d\xE9bat\",\"text\":\"\x93Oui\x94\"}\n",
        );
        let article = results[0].as_ref().unwrap();
        assert_eq!(article.title.as_deref(), Some("Café débat"));
        assert_eq!(article.encoding, "windows-1252");
    }

    #[test]
    fn nan_lone_surrogates_and_raw_newlines_are_survived() {
        let results = read_as(
            "a.jsonl",
            b"{\"title\":\"A \\ud83d\",\"score\":NaN,\"text\":\"a\tb\"}\n",
        );
        assert_eq!(
            results[0].as_ref().unwrap().title.as_deref(),
            Some("A \u{FFFD}")
        );
    }

    #[test]
    fn deep_nesting_is_a_failure() {
        let deep = format!(
            "{{\"title\":\"A\",\"x\":{}{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert_eq!(places(&read_as("a.json", deep.as_bytes())), ["Failed@0"]);
    }

    #[test]
    fn a_line_beyond_the_limit_is_a_failure_and_the_rest_is_read() {
        let mut options = Options::default();
        options.limits.record_bytes = 40;
        let text = format!("{A}\n{{\"title\":\"{}\"}}\n{B}\n", "x".repeat(100_000));
        let out = tried::read(&options, "a.jsonl", text.as_bytes());
        assert_eq!(places(&out), ["A@1:0", "Failed@2", "B@3:100041"]);
    }

    #[test]
    fn every_truncation_is_survived() {
        let text = format!(
            r#"{{"status":"ok","articles":[{A},{{"title":"é\u00e9","x":[1,{{"y":null}}]}}]}}"#
        );
        for end in 0..text.len() {
            read_as("a.json", &text.as_bytes()[..end]);
            read_as("a.jsonl", &text.as_bytes()[..end]);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_json_like_text_is_survived(text in "([\\[\\]{}:,\"\\\\]|\"title\":|\"articles\":|[a-z0-9]|\n| ){0,60}") {
            read_as("a.json", text.as_bytes());
            read_as("a.jsonl", text.as_bytes());
        }
    }
}
