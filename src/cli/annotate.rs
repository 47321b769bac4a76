//! `annotate`: entities and dates in given texts.

use super::console::Console;
use super::exit::{Ending, Exit};
use super::{files, flags::ClockFlags};
use crate::annotate::{BadText, Text, annotate, day, rows};
use crate::error::{Error, Result};
use clap::Args;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};

/// Find people, organisations, places and dates in texts; touches no index
#[derive(Args, Debug)]
#[command(after_help = "\
Input is JSON Lines if its first character is {, with keys id, text, published, lang, title; else each
file is one text. Output is one JSON object a line. Without a date of publication, expressions such as
\"last Tuesday\" are left out, never guessed.

Examples:
  dateline annotate --published 2024-07-14 article.txt
  echo 'Angela Merkel visited Sunderland last week.' | dateline annotate --published 2016-10-27 -
  dateline annotate texts.jsonl > mentions.jsonl")]
pub struct Annotate {
    /// Files to read; - is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The day that relative dates in plain texts count from
    #[arg(long, value_name = "DATE")]
    published: Option<String>,
    /// Language of plain texts [default: detected]
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    #[command(flatten)]
    clock: ClockFlags,
}

/// Longest plain text, in bytes.
const MAX_TEXT_BYTES: u64 = 64 << 20;
/// Rows that are annotated side by side and then written.
const CHUNK: usize = 64;

impl Annotate {
    pub fn run(self, console: &Console) -> Ending {
        let published = match &self.published {
            None => None,
            Some(text) => Some(self.published(text)?),
        };
        let mut out = console.raw_out();
        let mut exit = Exit::Done;
        for path in &self.files {
            let ended = match files::open(path) {
                Err(e) => Err(e.to_string()),
                Ok(mut reader) => match reader.fill_buf().map(holds_rows) {
                    Err(e) => Err(e.to_string()),
                    Ok(false) => plain(reader),
                    Ok(true) => {
                        exit = exit.max(many(console, path, reader, &mut out)?);
                        continue;
                    }
                },
            };
            match ended {
                Ok(text) => {
                    let text = Text {
                        id: path.display().to_string().into(),
                        text,
                        title: None,
                        published,
                        lang: self.lang.clone(),
                    };
                    serde_json::to_writer(&mut out, &annotate(&text))?;
                    out.write_all(b"\n")?;
                }
                Err(reason) => {
                    let reason = match reason.starts_with(&*path.to_string_lossy()) {
                        true => reason,
                        false => format!("{}: {reason}", files::name(path)),
                    };
                    console.trouble(&reason);
                    exit = exit.max(Exit::Partly);
                }
            }
        }
        out.flush()?;
        Ok(exit)
    }

    fn published(&self, text: &str) -> Result<jiff::civil::Date> {
        let today = self.clock.clock()?.today();
        let resolved = || match crate::date::parse_query_date(text, today) {
            Ok((Some(first), Some(last))) if first == last => Some(first),
            _ => None,
        };
        day(text).or_else(resolved).ok_or_else(|| {
            Error::Usage(format!(
                "--published {text:?}: expected one day, such as 2024-07-14"
            ))
        })
    }
}

/// Whether a file that begins with `head` is JSON Lines.
fn holds_rows(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.trim_ascii_start().starts_with(b"{")
}

/// Annotates rows, a chunk at a time on all cores, in their order.
fn many(
    console: &Console,
    path: &Path,
    reader: impl BufRead,
    out: &mut dyn Write,
) -> Result<Exit, super::exit::Stop> {
    let mut exit = Exit::Done;
    let mut rows = rows(reader);
    loop {
        let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return Ok(exit);
        }
        let lines: Vec<(Vec<u8>, Option<BadText>)> = chunk
            .into_par_iter()
            .map(|row| match row {
                Ok(text) => (
                    serde_json::to_vec(&annotate(&text)).unwrap_or_default(),
                    None,
                ),
                Err(bad) => (serde_json::to_vec(&bad).unwrap_or_default(), Some(bad)),
            })
            .collect();
        for (line, bad) in lines {
            if let Some(bad) = bad {
                let place = files::name(path);
                console.trouble(&format!("{place}, line {}: {}", bad.line, bad.error));
                exit = Exit::Partly;
            }
            out.write_all(&line)?;
            out.write_all(b"\n")?;
        }
    }
}

fn plain(reader: impl Read) -> std::result::Result<String, String> {
    let mut bytes = Vec::new();
    let mut limited = reader.take(MAX_TEXT_BYTES + 1);
    limited.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    if bytes.len() as u64 > MAX_TEXT_BYTES {
        return Err(format!("longer than {MAX_TEXT_BYTES} bytes"));
    }
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        format!("not UTF-8 at byte {at}; expected text in UTF-8")
    })
}
