//! Tables with a header: CSV, TSV and any other separator, as a stream of rows.

use super::{
    Articles, Fit, Head, Input, Options, Reader, Trouble, encoding, fields, sniff,
    stream::TextStream,
};
use crate::article::Article;
use csv::ByteRecord;
use serde_json::{Map, Value};
use std::{
    cell::RefCell,
    io::{self, BufRead, Read},
    rc::Rc,
};

/// Delimited text whose first row names columns that articles have.
pub struct TableReader;

const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

impl Reader for TableReader {
    fn name(&self) -> &'static str {
        "table"
    }

    fn accepts(&self, path: &str, head: &Head<'_>) -> Fit {
        let named = matches!(
            sniff::extension(path).as_str(),
            "csv" | "tsv" | "tab" | "psv"
        );
        let start = head.text.trim_start();
        if start.starts_with(['{', '[', '<']) {
            return Fit::No;
        }
        // Three known columns are no accident; in prose a comma may stand between two such words.
        let known = header(start).map_or(0, |(_, known)| known);
        match (known, named) {
            (3.., _) => Fit::Likely,
            (_, true) => Fit::Name,
            _ => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        match Rows::open(input) {
            Ok(rows) => Box::new(rows),
            Err(trouble) => Box::new(std::iter::once(Err(trouble))),
        }
    }
}

/// The delimiter under which the first line names most columns of articles, and how many.
fn header(text: &str) -> Option<(u8, usize)> {
    let line = text.lines().next()?;
    DELIMITERS
        .into_iter()
        .map(|delimiter| {
            let cells = line.split(char::from(delimiter));
            let known = cells
                .filter(|cell| fields::is_known(cell.trim().trim_matches('"')))
                .count();
            (delimiter, known)
        })
        .max_by_key(|(delimiter, known)| (*known, *delimiter == b','))
        .filter(|(_, known)| *known > 0)
}

/// What the CSV parser reads from: bounds each row, and knows where it stands in the file.
struct Source<R> {
    stream: TextStream<R>,
    row: Rc<RefCell<Row>>,
}

/// Bytes given to the parser since the last row ended.
#[derive(Default)]
struct Row {
    given: u64,
    limit: u64,
    /// The bytes themselves: the parser does not say where a row begins after blank lines.
    recent: Vec<u8>,
}

impl<R: BufRead> Read for Source<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut row = self.row.borrow_mut();
        if row.given > row.limit {
            return Err(io::Error::other(format!(
                "row longer than {} bytes (--max-record-bytes); is a quotation mark left open?",
                row.limit
            )));
        }
        let n = self.stream.read(buf)?;
        row.given += n as u64;
        row.recent.extend_from_slice(&buf[..n]);
        Ok(n)
    }
}

struct Rows<'a> {
    csv: csv::Reader<Source<Input<'a>>>,
    row: Rc<RefCell<Row>>,
    options: &'a Options,
    names: Vec<String>,
    charset: Option<String>,
    transcoded: Option<&'static str>,
    /// Bytes of the parser's input, and of the file, up to the row that was read last.
    parsed: u64,
    offset: u64,
    record: u32,
    done: bool,
}

impl<'a> Rows<'a> {
    fn open(input: Input<'a>) -> Result<Self, Trouble> {
        let options = input.options;
        let charset = input.charset.clone();
        let named_tabs = matches!(sniff::extension(input.path).as_str(), "tsv" | "tab");
        let mut stream = TextStream::new(input).map_err(|e| Trouble::io(&e))?;
        let head = stream.peek(16 << 10).map_err(|e| Trouble::io(&e))?;
        let (text, _) = encoding::decode(&head, charset.as_deref());
        let delimiter = match options.delimiter.map(u8::try_from) {
            Some(Ok(byte)) => byte,
            Some(Err(_)) => {
                return Err(Trouble::failed("the delimiter must be one ASCII character"));
            }
            None => {
                header(text.trim_start()).map_or(if named_tabs { b'\t' } else { b',' }, |(d, _)| d)
            }
        };
        let (start, transcoded) = (stream.offset(), stream.encoding());
        let row = Rc::new(RefCell::new(Row {
            given: 0,
            limit: options.limits.record_bytes,
            recent: Vec::new(),
        }));
        let mut csv = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(Source {
                stream,
                row: Rc::clone(&row),
            });
        let mut record = ByteRecord::new();
        csv.read_byte_record(&mut record)
            .map_err(|e| csv_trouble(&e, 0, start))?;
        let mut rows = Self {
            csv,
            row,
            options,
            names: Vec::new(),
            charset,
            transcoded,
            parsed: 0,
            offset: start,
            record: 0,
            done: false,
        };
        rows.names = rows
            .cells(&record)
            .0
            .iter()
            .map(|c| c.trim().to_owned())
            .collect();
        let known = |name: &String| fields::is_body_or_title(name) || options.mapping.names(name);
        if !rows.names.iter().any(known) {
            return Err(Trouble::skipped(
                "no article: no column holds a headline or a text (--map title=NAME names one)",
            ));
        }
        rows.advance();
        Ok(rows)
    }

    /// The cells as text, and the encoding they were in.
    fn cells(&self, record: &ByteRecord) -> (Vec<String>, &'static str) {
        let whole = record.as_slice();
        if std::str::from_utf8(whole).is_ok() {
            let cells = record
                .iter()
                .map(|c| String::from_utf8_lossy(c).into_owned());
            return (cells.collect(), self.transcoded.unwrap_or("UTF-8"));
        }
        // One encoding for the row: a cell alone may be too short to tell.
        let encoding = encoding::detect(whole, self.charset.as_deref());
        let cells = record
            .iter()
            .map(|c| encoding.decode_without_bom_handling(c).0.into_owned());
        (cells.collect(), encoding.name())
    }

    /// Moves the place on, over the row that the parser has passed.
    fn advance(&mut self) {
        let parsed = self.csv.position().byte();
        self.skip(parsed.saturating_sub(self.parsed));
        self.row.borrow_mut().given = 0;
    }

    /// Moves the place on, over the blank lines before a row.
    fn skip_blank_lines(&mut self) {
        let blank = |b: &&u8| matches!(**b, b'\r' | b'\n');
        let lines = self.row.borrow().recent.iter().take_while(blank).count();
        self.skip(lines as u64);
    }

    fn skip(&mut self, bytes: u64) {
        let mut row = self.row.borrow_mut();
        let passed = row
            .recent
            .len()
            .min(usize::try_from(bytes).unwrap_or(usize::MAX));
        self.offset += match self.transcoded {
            Some(_) => super::stream::utf16_bytes(&row.recent[..passed]),
            None => bytes,
        };
        row.recent.drain(..passed);
        self.parsed += bytes;
    }

    fn article(&mut self, record: &ByteRecord) -> Result<Article, Trouble> {
        let place = |trouble: Trouble| trouble.at(self.record, self.offset);
        let (cells, encoding) = self.cells(record);
        let surplus = cells.get(self.names.len()..).unwrap_or_default();
        if cells.len() < self.names.len() || surplus.iter().any(|c| !c.trim().is_empty()) {
            return Err(place(Trouble::failed(format!(
                "row of {} fields under a header of {}",
                cells.len(),
                self.names.len()
            ))));
        }
        let mut map = Map::new();
        for (name, cell) in self.names.iter().zip(cells) {
            if !is_null(&cell) && !name.is_empty() && !map.contains_key(name) {
                map.insert(name.clone(), Value::String(cell));
            }
        }
        let mut article = fields::article(&map, &self.options.mapping);
        article.record = self.record;
        article.offset = self.offset;
        article.encoding = encoding.to_owned();
        Ok(article)
    }
}

/// What exports write where they have nothing.
fn is_null(cell: &str) -> bool {
    matches!(
        cell.trim(),
        "" | "NULL" | "null" | "NaN" | "nan" | "None" | "N/A" | "\\N"
    )
}

fn csv_trouble(error: &csv::Error, record: u32, offset: u64) -> Trouble {
    let trouble = match error.kind() {
        csv::ErrorKind::Io(e) => Trouble::io(e),
        _ => Trouble::failed(error.to_string()),
    };
    trouble.at(record, offset)
}

impl Iterator for Rows<'_> {
    type Item = Result<Article, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let mut record = ByteRecord::new();
        match self.csv.read_byte_record(&mut record) {
            Ok(false) => {
                self.done = true;
                (self.record == 0).then(|| Err(Trouble::skipped("a table without rows")))
            }
            Ok(true) => {
                self.skip_blank_lines();
                self.record = self.record.saturating_add(1);
                let article = self.article(&record);
                self.advance();
                Some(article)
            }
            Err(error) => {
                self.done = true;
                self.record = self.record.saturating_add(1);
                Some(Err(csv_trouble(&error, self.record, self.offset)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mapping;
    use super::super::tried::{places, read as read_with, reasons};
    use super::*;

    fn read(path: &str, text: &str) -> Vec<Result<Article, Trouble>> {
        read_with(&Options::default(), path, text.as_bytes())
    }

    #[test]
    fn quoted_fields_hold_separators_quotes_and_lines() {
        let text = "url,date,title,text\nhttps://example.org/a,2019-01-04,\"A, \"\"b\"\"\",\"One.\n\n\nTwo.\"\n";
        let results = read("a.csv", text);
        let article = results[0].as_ref().unwrap();
        assert_eq!(article.title.as_deref(), Some("A, \"b\""));
        assert_eq!(article.sections[0].paragraphs, ["One.", "Two."]);
        assert_eq!(
            article.published.map(|p| p.to_string()).as_deref(),
            Some("2019-01-04")
        );
        assert_eq!((article.record, article.offset), (1, 20));
    }

    #[test]
    fn separators_are_found() {
        for separator in ["\t", ";", "|", ","] {
            let text =
                format!("title{separator}text{separator}date\nA{separator}Body.{separator}2019\n");
            assert_eq!(
                places(&read("a.txt", &text)),
                [format!("A@1:{}", 16)],
                "{separator}"
            );
        }
    }

    #[test]
    fn a_given_separator_and_mapping_are_obeyed() {
        let mut mapping = Mapping::default();
        mapping.add("title=kop").unwrap();
        mapping.add("text=stuk").unwrap();
        let options = Options {
            delimiter: Some('~'),
            mapping,
            ..Options::default()
        };
        assert_eq!(
            places(&read_with(&options, "a.csv", b"nr~kop~stuk\n1~A~Body.\n")),
            ["A@1:12"]
        );
    }

    #[test]
    fn ragged_rows_are_failures_and_the_rest_is_read() {
        let text = "title,text\nA,One.\nB\nC,Three.,more\nD,Four.,\n\nE,Five.\n";
        let results = read("a.csv", text);
        assert_eq!(
            places(&results),
            ["A@1:11", "Failed@2", "Failed@3", "D@4:34", "E@5:44"]
        );
        assert_eq!(
            reasons(&results),
            [
                "row of 1 fields under a header of 2",
                "row of 3 fields under a header of 2"
            ]
        );
    }

    #[test]
    fn a_table_of_something_else_is_skipped() {
        assert!(places(&read("a.csv", "x,y\n1,2\n"))[0].starts_with("Skipped@0"));
        assert!(places(&read("a.csv", "title,text\n"))[0].starts_with("Skipped@0"));
    }

    #[test]
    fn an_open_quotation_mark_is_bounded() {
        let mut options = Options::default();
        options.limits.record_bytes = 1000;
        let text = format!("title,text\nA,One.\nB,\"{}", "x\n".repeat(100_000));
        let results = read_with(&options, "a.csv", text.as_bytes());
        assert_eq!(places(&results), ["A@1:11", "Failed@2"]);
        let why = reasons(&results);
        assert!(why[0].contains("left open"), "{why:?}");
    }

    #[test]
    fn utf16_and_windows_1252_are_read() {
        let text = "title,text\nCafé,Été.\nB,Two.\n";
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(
            places(&read_with(&Options::default(), "a.csv", &utf16)),
            ["Café@1:24", "B@2:44"]
        );
        let latin: Vec<u8> = text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        let results = read_with(&Options::default(), "a.csv", &latin);
        assert_eq!(places(&results), ["Café@1:11", "B@2:21"]);
        assert_eq!(results[0].as_ref().unwrap().encoding, "windows-1252");
    }

    #[test]
    fn every_truncation_is_survived() {
        let text = "title,text,date\n\"A\"\"\n\",\"é\n\",2019-01-04\nB,\"x\",\n";
        for end in 0..text.len() {
            read_with(&Options::default(), "a.csv", &text.as_bytes()[..end]);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_table_is_survived(text in "([\",;\t\n\r]|title|text|[a-z0-9]|\\PC){0,60}") {
            read("a.csv", &text);
            read("a.txt", &text);
        }
    }
}
