//! Judgments and runs in TREC's formats.

use crate::error::{Error, Result};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::BufRead;

/// Longest line read, in bytes; document numbers are file paths at worst.
const MAX_LINE_BYTES: usize = 1 << 16;

/// Judgments: topic → document → grade.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Qrels {
    pub topics: BTreeMap<String, HashMap<String, i64>>,
}

impl Qrels {
    /// Reads lines `TOPIC ITERATION DOCNO GRADE`; blank lines and lines that begin with `#` are passed over.
    ///
    /// `place` is the file's name for errors. A line of another shape, a grade that is no whole number
    /// and a document judged twice for a topic are errors with their line, as in trec_eval.
    pub fn read(reader: impl BufRead, place: &str) -> Result<Self> {
        let mut topics: BTreeMap<String, HashMap<String, i64>> = BTreeMap::new();
        each_line(reader, place, |number, line| {
            let columns: Vec<&str> = line.split_ascii_whitespace().collect();
            let [topic, _, docno, grade] = columns[..] else {
                return Err(shape(place, number, 4, "TOPIC 0 DOCNO GRADE", &columns));
            };
            let grade: i64 = grade.parse().map_err(|_| {
                Error::record(
                    format!("{place}, line {number}"),
                    format!("grade {grade:?} is not a whole number"),
                )
            })?;
            let judged = topics.entry(topic.to_owned()).or_default();
            if judged.insert(docno.to_owned(), grade).is_some() {
                return Err(twice(place, number, docno, topic));
            }
            Ok(())
        })?;
        if topics.is_empty() {
            return Err(Error::record(
                place,
                "no judgments; expected lines TOPIC 0 DOCNO GRADE",
            ));
        }
        Ok(Self { topics })
    }

    /// Relevant documents over all topics.
    pub fn relevant(&self) -> usize {
        let grades = self.topics.values().flat_map(HashMap::values);
        grades.filter(|grade| **grade >= 1).count()
    }
}

/// A run: topic → documents with their scores, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    pub tag: String,
    pub topics: BTreeMap<String, Vec<(String, f32)>>,
}

impl Run {
    /// Reads lines `TOPIC Q0 DOCNO RANK SCORE TAG`; blank lines and lines that begin with `#` are passed over.
    ///
    /// Errors as [`Qrels::read`]'s. An empty run is a run: a search may find nothing.
    pub fn read(reader: impl BufRead, place: &str) -> Result<Self> {
        let mut run = Self::default();
        let mut seen: HashSet<(String, String)> = HashSet::new();
        each_line(reader, place, |number, line| {
            let columns: Vec<&str> = line.split_ascii_whitespace().collect();
            let [topic, _, docno, _, score, tag] = columns[..] else {
                return Err(shape(
                    place,
                    number,
                    6,
                    "TOPIC Q0 DOCNO RANK SCORE TAG",
                    &columns,
                ));
            };
            let score: f32 = score
                .parse()
                .ok()
                .filter(|score: &f32| !score.is_nan())
                .ok_or_else(|| {
                    Error::record(
                        format!("{place}, line {number}"),
                        format!("score {score:?} is not a number"),
                    )
                })?;
            if !seen.insert((topic.to_owned(), docno.to_owned())) {
                return Err(twice(place, number, docno, topic));
            }
            if run.tag.is_empty() {
                run.tag = tag.to_owned();
            }
            let retrieved = run.topics.entry(topic.to_owned()).or_default();
            retrieved.push((docno.to_owned(), score));
            Ok(())
        })?;
        Ok(run)
    }
}

fn each_line(
    mut reader: impl BufRead,
    place: &str,
    mut line: impl FnMut(usize, &str) -> Result<()>,
) -> Result<()> {
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let mut limited = std::io::Read::take(&mut reader, MAX_LINE_BYTES as u64 + 1);
        let read = limited
            .read_until(b'\n', &mut bytes)
            .map_err(|e| Error::io(place, e))?;
        if read == 0 {
            break;
        }
        let here = || format!("{place}, line {number}");
        if bytes.len() > MAX_LINE_BYTES {
            return Err(Error::record(
                here(),
                format!("longer than {MAX_LINE_BYTES} bytes"),
            ));
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Error::record(here(), "not UTF-8; expected TREC columns as text"))?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if !text.is_empty() && !text.starts_with('#') {
            line(number, text)?;
        }
    }
    Ok(())
}

fn shape(place: &str, line: usize, count: usize, expected: &str, found: &[&str]) -> Error {
    Error::record(
        format!("{place}, line {line}"),
        format!("{} columns; expected {count}: {expected}", found.len()),
    )
}

fn twice(place: &str, line: usize, docno: &str, topic: &str) -> Error {
    Error::record(
        format!("{place}, line {line}"),
        format!("document {docno} stands twice under topic {topic}; expected once"),
    )
}
