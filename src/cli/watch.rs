//! `watch`: named queries that report only what is new.

use super::console::Console;
use super::exit::{Ending, Exit, Stop};
use super::flags::{AliasFlag, ClockFlags, FilterFlags, IndexFlag, TimeFlag};
use super::place;
use super::timeline::counting;
use crate::backend::{Ask, Backend, Clock};
use crate::entity::alias::Aliases;
use crate::error::Error;
use crate::index::request::{Hit, Rank, SearchResults, Sort, Unit};
use crate::output::{escape, is_web_address, neutral};
use crate::watch::{Watch, Watches, lock};
use clap::{Args, Subcommand};
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

/// Report only what is new for named queries
#[derive(Args, Debug)]
#[command(after_help = "\
Every word of a watch's query must occur; write OR for alternatives. `run` exits 0 if anything is new, 1 if nothing is.

Examples:
  dateline watch add floods 'flood* place:Thornwick' --source \"Northern Wire\"
  dateline index ~/news --quiet; dateline watch run        in cron: new articles since the last run
  dateline watch run floods --format rss > floods.xml")]
pub struct WatchCommand {
    #[command(subcommand)]
    command: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    Add(Box<Add>),
    /// List the watches
    List {
        #[command(flatten)]
        index: IndexFlag,
    },
    /// Report what is new since the last run
    Run {
        /// Only these
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        #[arg(long, short = 'f', value_name = "FORM", value_parser = ["text", "jsonl", "rss"], default_value = "text")]
        format: String,
        #[command(flatten)]
        index: IndexFlag,
        #[command(flatten)]
        aliases: AliasFlag,
        #[command(flatten)]
        clock: ClockFlags,
        #[command(flatten)]
        time: TimeFlag,
    },
    /// Remove a watch
    Rm {
        /// As `list` names it
        name: String,
        #[command(flatten)]
        index: IndexFlag,
    },
}

/// Add a watch; what matches now is not reported
#[derive(Args, Debug)]
struct Add {
    /// What `list`, `run` and `rm` call it
    name: String,
    /// What to look for; several are one query, of which every word must occur
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Report what matches now, too, at the first run
    #[arg(long)]
    from_start: bool,
    #[command(flatten)]
    index: IndexFlag,
    #[command(flatten)]
    filters: FilterFlags,
    #[command(flatten)]
    clock: ClockFlags,
}

impl WatchCommand {
    pub fn run(self, console: &Console) -> Ending {
        match self.command {
            Action::Add(add) => add.run(console),
            Action::List { index } => {
                let mut out = console.text_out();
                for (name, watch) in &Watches::load(&place::watches(&index)?)?.list {
                    writeln!(
                        out,
                        "{name}\t{}\tsince {}, {} reported",
                        asked_for(watch),
                        watch.since,
                        watch.reported()
                    )?;
                }
                out.flush()?;
                Ok(Exit::Done)
            }
            Action::Rm { name, index } => {
                let folder = place::watches(&index)?;
                let _lock = lock(&folder)?;
                let mut watches = Watches::load(&folder)?;
                watches.get_mut(&name)?;
                watches.list.remove(&name);
                watches.save(&folder)?;
                Ok(Exit::Done)
            }
            Action::Run {
                names,
                format,
                index,
                aliases,
                clock,
                time,
            } => {
                let asked = Asked {
                    aliases: aliases.read()?,
                    clock: clock.clock()?,
                    deadline: time.deadline(),
                };
                report(&names, &format, &index, &asked, console)
            }
        }
    }
}

impl Add {
    fn run(self, console: &Console) -> Ending {
        let name = self.name;
        let backend = place::open(&self.index)?;
        let folder = place::watches(&self.index)?;
        let asked = Asked {
            aliases: self.filters.aliases()?,
            clock: self.clock.clock()?,
            deadline: None,
        };
        let mut watch = Watch::new(self.query.join(" "), asked.clock.today().to_string());
        watch.filters = self.filters.given();
        let found = matching(backend.as_ref(), &watch, &asked)?;
        if !self.from_start {
            found.hits.iter().for_each(|hit| watch.report(&hit.article));
        }
        let _lock = lock(&folder)?;
        let mut watches = Watches::load(&folder)?;
        if watches.list.contains_key(&name) {
            return Err(Error::Usage(format!(
                "{name}: there is a watch of that name; `dateline watch rm {name}` removes it"
            ))
            .into());
        }
        watches.list.insert(name, watch);
        watches.save(&folder)?;
        let verb = if found.total == 1 { "matches" } else { "match" };
        let articles = Unit::Article.counted(found.total);
        console.say(&format!("{articles} {verb} now"));
        Ok(Exit::Done)
    }
}

/// How the watches are asked.
struct Asked {
    aliases: Option<Arc<Aliases>>,
    clock: Clock,
    deadline: Option<Instant>,
}

fn report(
    names: &[String],
    format: &str,
    index: &IndexFlag,
    asked: &Asked,
    console: &Console,
) -> Ending {
    let backend = place::open(index)?;
    let folder = place::watches(index)?;
    let _lock = lock(&folder)?;
    let mut watches = Watches::load(&folder)?;
    let names: Vec<String> = match names {
        [] => watches.list.keys().cloned().collect(),
        names => names.to_vec(),
    };
    let mut out = console.raw_out();
    let mut any = false;
    let mut exit = Exit::Done;
    if format == "rss" {
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>dateline watch</title><link>about:blank</link><description>New articles for named queries</description>\n")?;
    }
    for name in &names {
        let watch = watches.get_mut(name)?;
        let found = matching(backend.as_ref(), watch, asked)?;
        let fresh: Vec<&Hit> = found
            .hits
            .iter()
            .filter(|h| watch.is_new(&h.article))
            .collect();
        // What the time did not suffice for is new at the next run.
        exit = exit.max(TimeFlag::exit(&found.notes, console));
        any |= !fresh.is_empty();
        for hit in &fresh {
            print(name, hit, format, &mut out)?;
        }
        for hit in fresh {
            watch.report(&hit.article);
        }
    }
    if format == "rss" {
        out.write_all(b"</channel></rss>\n")?;
    }
    out.flush()?;
    if any {
        watches.save(&folder)?;
        return Ok(exit);
    }
    console.say("nothing new");
    Ok(exit.max(Exit::Nothing))
}

/// A watch's query, and its filters as the flags that they came from.
fn asked_for(watch: &Watch) -> String {
    let mut parts = vec![watch.query.clone()];
    for (name, values) in &watch.filters {
        parts.extend(values.iter().map(|value| format!("--{name} {value:?}")));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// All articles that a watch matches, newest first.
fn matching(backend: &dyn Backend, watch: &Watch, asked: &Asked) -> Result<SearchResults, Stop> {
    let mut ask = Ask {
        aliases: asked.aliases.clone(),
        limit: Some(usize::MAX),
        snippets: Some(1),
        rank: Some(Rank::Bm25),
        sort: Some(Sort::Newest),
        ..Ask::default()
    };
    for (name, values) in &watch.filters {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        ask.set(name, &values)?;
    }
    let in_query = |e| Stop::Query(e, watch.query.clone());
    let mut request = ask
        .request(&watch.query, &counting(), &asked.clock, false)
        .map_err(in_query)?;
    request.deadline = asked.deadline;
    backend.search(&request).map_err(in_query)
}

fn print(name: &str, hit: &Hit, format: &str, out: &mut dyn Write) -> Result<(), Stop> {
    let title = hit.title.as_deref().unwrap_or(&hit.article);
    match format {
        "jsonl" => {
            let mut object = serde_json::to_value(hit)?;
            object["watch"] = name.into();
            serde_json::to_writer(&mut *out, &object)?;
            out.write_all(b"\n")?;
        }
        "rss" => {
            write!(
                out,
                "<item><title>{}</title><guid isPermaLink=\"false\">{}</guid><category>{}</category>",
                escape(title),
                escape(&hit.article),
                escape(name)
            )?;
            if let Some(url) = hit.url.as_deref().filter(|u| is_web_address(u)) {
                write!(out, "<link>{}</link>", escape(url))?;
            }
            if let Some(snippet) = hit.snippets.first() {
                write!(out, "<description>{}</description>", escape(&snippet.text))?;
            }
            out.write_all(b"</item>\n")?;
        }
        _ => writeln!(
            out,
            "{}\t{}\t{}\t{}",
            neutral(name),
            hit.published.as_deref().unwrap_or("undated"),
            neutral(title),
            neutral(&hit.article)
        )?,
    }
    Ok(())
}
