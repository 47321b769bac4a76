//! `show` and `open`.

use super::console::Console;
use super::exit::{Ending, Exit, Stop};
use super::find::{find, unknown};
use super::flags::{ClockFlags, IndexFlag};
use super::place;
use crate::analyze::Analyzer;
use crate::backend::{Ask, Defaults};
use crate::error::Error;
use crate::output::{ArticleText, ShowObject};
use crate::snippet::Matcher;
use clap::Args;
use std::io::Write;
use std::process::{Command, Stdio};

/// Show an article with its passages, names and dates
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  dateline show 3                              the third hit of the last search
  dateline show wire/2025/0315.txt --query 'interest rates'
  dateline show 'wire/2025/0315.txt#4' -C 1    passage 4 with its neighbours
  dateline show wire/2025/0315.txt -f json | jq '.passages[].dates'")]
pub struct Show {
    /// An id, ID#PASSAGE, or the number of a hit of the last search
    id: String,
    #[command(flatten)]
    index: IndexFlag,
    /// Mark what this query matches
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// Only the passage named by ID#PASSAGE, with N passages before and after it
    #[arg(long, short = 'C', value_name = "N")]
    context: Option<u32>,
    #[arg(long, short = 'f', value_name = "FORM", value_parser = ["text", "json"], default_value = "text")]
    format: String,
    #[command(flatten)]
    clock: ClockFlags,
}

impl Show {
    pub fn run(self, console: &Console) -> Ending {
        let backend = place::open(&self.index)?;
        let Some(found) = find(backend.as_ref(), &self.id)? else {
            console.trouble(&unknown(backend.as_ref(), &self.id)?);
            return Ok(Exit::Nothing);
        };
        let (article, passages) = (&found.shown.article, &found.shown.passages);
        if self.format == "json" {
            let mut out = console.raw_out();
            serde_json::to_writer_pretty(&mut out, &ShowObject::new(article, passages))?;
            out.write_all(b"\n")?;
            out.flush()?;
            return Ok(Exit::Done);
        }
        let matcher = match &self.query {
            None => None,
            Some(text) => {
                let request = Ask::default()
                    .request(text, &Defaults::default(), &self.clock.clock()?, true)
                    .map_err(|e| Stop::Query(e, text.clone()))?;
                let mut analyzer = Analyzer::default();
                Some(Matcher::new(
                    &request.query,
                    &backend.langs(),
                    &mut analyzer,
                ))
            }
        };
        let only = match (found.passage, self.context) {
            (Some(at), Some(n)) => Some(at.saturating_sub(n)..=at.saturating_add(n)),
            _ => None,
        };
        let printer = ArticleText {
            style: console.style(),
            matcher: matcher.as_ref(),
            only,
            target: article.url.clone(),
        };
        let mut bytes = Vec::new();
        printer.print(article, passages, &mut bytes)?;
        console.page(&bytes)?;
        Ok(Exit::Done)
    }
}

/// Open an article's page, or its file, in the program that the system has for it
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  dateline open 3                 the third hit of the last search
  dateline open --print 3         only print the address")]
pub struct Open {
    /// An id, or the number of a hit of the last search
    id: String,
    #[command(flatten)]
    index: IndexFlag,
    /// The file, even where a page is known
    #[arg(long)]
    file: bool,
    /// Only print what would be opened
    #[arg(long)]
    print: bool,
}

impl Open {
    pub fn run(self, console: &Console) -> Ending {
        let backend = place::open(&self.index)?;
        let Some(found) = find(backend.as_ref(), &self.id)? else {
            console.trouble(&unknown(backend.as_ref(), &self.id)?);
            return Ok(Exit::Nothing);
        };
        let article = &found.shown.article;
        // Anything but a web page might be run by the system instead of shown.
        let is_page = |url: &&String| url.starts_with("http://") || url.starts_with("https://");
        let page = article.url.as_ref().filter(is_page).filter(|_| !self.file);
        let target = match (page, backend.file(&article.path)) {
            (Some(url), _) => url.clone(),
            (None, Some(file)) => {
                let file = std::path::absolute(&file).map_err(|e| Error::io(&file, e))?;
                file.display().to_string()
            }
            (None, None) => {
                return Err(Error::Usage(format!(
                    "{}: neither its page nor its file is known here",
                    article.id
                ))
                .into());
            }
        };
        if self.print {
            let mut out = console.raw_out();
            writeln!(out, "{target}")?;
            out.flush()?;
            return Ok(Exit::Done);
        }
        let mut command = opener();
        command.arg(&target).stdin(Stdio::null());
        match command.status() {
            Ok(status) if status.success() => Ok(Exit::Done),
            Ok(status) => {
                Err(Error::Usage(format!("{target}: could not be opened ({status})")).into())
            }
            Err(e) => Err(Error::Usage(format!(
                "{target}: nothing to open it with ({e}); --print prints the address"
            ))
            .into()),
        }
    }
}

fn opener() -> Command {
    if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        Command::new("explorer")
    } else {
        Command::new("xdg-open")
    }
}
