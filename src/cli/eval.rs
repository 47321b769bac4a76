//! `eval`: trec_eval's measures.

use super::console::Console;
use super::exit::{Ending, Exit, Stop};
use super::flags::{ClockFlags, FilterFlags, HitFlags, IndexFlag, QueryFlags, TopicFlags};
use super::progress::Bar;
use super::{files, interrupt, place};
use crate::backend::{Ask, Defaults};
use crate::batch::Batch;
use crate::error::{Error, Result};
use crate::eval::{self, Comparison, Evaluation, Measure, Qrels, Run};
use crate::index::request::{Duplicates, SCHEMA_VERSION, Unit};
use crate::output::Trec;
use clap::Args;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Score runs against judgments, as trec_eval does
#[derive(Args, Debug)]
#[command(after_help = "\
Lines are MEASURE, topic (or all) and value, separated by tabs, with trec_eval's names. Documents are
ordered by score, equal scores by descending document number, whatever the rank column says. Averages
are over the topics that both files have; -c counts those that the run lacks as 0, as --index does.
With two runs the difference (second minus first) is tested by a paired randomisation test.

Examples:
  dateline eval qrels.txt run.txt
  dateline eval -q -m ndcg_cut_10 -m recall_100 qrels.txt run.txt
  dateline eval -m map qrels.txt before.run after.run
  dateline eval --index --topics topics.tsv qrels.txt           search and score in one step
  dateline eval --index --topics topics.tsv qrels.txt old.run   and compare with an earlier run")]
pub struct Eval {
    /// Judgments: TOPIC 0 DOCNO GRADE; may be gzipped
    qrels: PathBuf,
    /// A run, TOPIC Q0 DOCNO RANK SCORE TAG, and a second one to compare with it
    #[arg(value_name = "RUN", num_args = 0..=2)]
    runs: Vec<PathBuf>,
    /// Search this index (the one found as usual, if no LOCATION is given) and score what it answers
    #[arg(long, short = 'i', value_name = "LOCATION", num_args = 0..=1, default_missing_value = "", requires = "topics")]
    index: Option<String>,
    /// Topics to search for, in any form that `batch` takes; every character is text
    #[arg(long, value_name = "FILE")]
    topics: Option<PathBuf>,
    #[command(flatten)]
    searching: Searching,
    /// Measures to print, as trec_eval names them; `official` and `all` are sets [default: all]
    #[arg(long, short = 'm', value_name = "MEASURE")]
    measure: Vec<String>,
    /// Also print each topic's values
    #[arg(long, short = 'q')]
    per_query: bool,
    /// Average over all judged topics; those that the run lacks count 0
    #[arg(long, short = 'c')]
    complete: bool,
    /// Measure that two runs are compared by [default: the first of -m, else ndcg_cut_10]
    #[arg(long, value_name = "MEASURE")]
    compare: Option<String>,
    /// Sign assignments of the randomisation test
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    permutations: u64,
    /// Seed of the randomisation test
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[arg(long, short = 'f', value_name = "FORM", value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

/// How topics are searched for.
#[derive(Args, Clone, Debug)]
struct Searching {
    #[command(flatten)]
    topics: TopicFlags,
    #[command(flatten)]
    filters: FilterFlags,
    #[command(flatten)]
    matching: QueryFlags,
    #[command(flatten)]
    hits: HitFlags,
    #[command(flatten)]
    clock: ClockFlags,
    /// Threads [default: all cores]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Limits",
        default_value_t = 0,
        hide_default_value = true
    )]
    threads: usize,
}

impl Eval {
    pub fn run(self, console: &Console) -> Ending {
        let qrels = Qrels::read(files::open(&self.qrels)?, &files::name(&self.qrels))?;
        let mut runs = Vec::new();
        for path in &self.runs {
            runs.push((
                files::name(path),
                Run::read(files::open(path)?, &files::name(path))?,
            ));
        }
        let mut exit = Exit::Done;
        if let Some(topics) = &self.topics {
            let (run, ended) = self.searched(topics, console)?;
            exit = ended;
            runs.push((files::name(topics), run));
        }
        if runs.is_empty() || runs.len() > 2 {
            let usage =
                "expected one or two runs: QRELS RUN [RUN2], or QRELS --index --topics FILE [RUN]";
            return Err(Error::Usage(usage.to_owned()).into());
        }
        Ok(exit.max(self.report(console, &qrels, &runs)?))
    }

    /// Searches for every topic and returns the run, through its printed form: what is scored is what
    /// `batch --format trec` would print.
    fn searched(&self, path: &Path, console: &Console) -> Result<(Run, Exit), Stop> {
        let with = &self.searching;
        let mut ask = Ask {
            literal: Some(true),
            ..Ask::default()
        };
        with.filters.fill(&mut ask)?;
        with.matching.fill(&mut ask)?;
        with.hits.fill(&mut ask)?;
        ask.literal = Some(true);
        let clock = with.clock.clock()?;
        let defaults = Defaults {
            unit: Unit::Article,
            duplicates: Duplicates::Show,
            limit: 1000,
            ..Defaults::default()
        };
        ask.request("x", &defaults, &clock, true)?;
        let flag = IndexFlag::at(self.index.clone().filter(|location| !location.is_empty()));
        let backend = place::open(&flag)?;
        let (mut topics, _) = with.topics.open(path)?;
        let place = files::name(path);
        let batch = Batch {
            backend: backend.as_ref(),
            ask: &ask,
            defaults: &defaults,
            clock: &clock,
            printer: &Trec {
                tag: "dateline".to_owned(),
            },
            threads: super::threads(with.threads),
            timeout: None,
            stop: interrupt::finish(),
        };
        let mut printed = Vec::new();
        let bar = Bar::rows(console);
        let summary = batch.run(&mut topics, &mut printed, &mut |done| {
            if let Some(trouble) = done.trouble {
                bar.suspend(|| console.trouble(&format!("{place}, {trouble}")));
            }
            bar.row();
        })?;
        bar.end();
        let run = Run::read(printed.as_slice(), "the index's answers")?;
        Ok((
            run,
            if summary.failed > 0 {
                Exit::Partly
            } else {
                Exit::Done
            },
        ))
    }

    fn report(&self, console: &Console, qrels: &Qrels, runs: &[(String, Run)]) -> Ending {
        // A topic for which an index finds nothing is not left out: it is answered with nothing.
        let complete = self.complete || self.topics.is_some();
        let mut measures = match self.measure.is_empty() {
            true => eval::all(),
            false => eval::parse_measures(&self.measure)?,
        };
        let compared = self.compared(&measures)?;
        let shown = measures.clone();
        if runs.len() == 2 && !measures.contains(&compared) {
            measures.push(compared);
        }
        let evaluations: Vec<Evaluation> = runs
            .iter()
            .map(|(_, run)| eval::evaluate(qrels, run, &measures, complete))
            .collect();
        for (evaluation, (place, _)) in evaluations.iter().zip(runs) {
            warn(console, evaluation, place, complete);
        }
        let comparison = match evaluations.as_slice() {
            [first, second] => eval::compare(first, second, compared, self.permutations, self.seed),
            _ => None,
        };
        let mut out = console.out();
        if self.format == "json" {
            let object = object(&evaluations, &shown, self.per_query, comparison.as_ref());
            serde_json::to_writer_pretty(&mut out, &object)?;
            out.write_all(b"\n")?;
        } else {
            for evaluation in &evaluations {
                lines(evaluation, &shown, self.per_query, &mut out)?;
            }
            if let Some(c) = &comparison {
                writeln!(out, "diff_{}\tall\t{:.4}", c.measure, c.difference)?;
                if let Some(p) = c.p {
                    writeln!(out, "p_{}\tall\t{p:.4}", c.measure)?;
                }
            }
        }
        out.flush()?;
        Ok(Exit::Done)
    }

    fn compared(&self, shown: &[Measure]) -> Result<Measure> {
        let name = match (&self.compare, self.measure.is_empty()) {
            (Some(name), _) => name.clone(),
            (None, false) => return Ok(shown[0]),
            (None, true) => "ndcg_cut_10".to_owned(),
        };
        match eval::parse_measures(&[&name])?.as_slice() {
            [one] if !one.is_count() => Ok(*one),
            _ => Err(Error::Usage(format!(
                "--compare {name:?}: expected one measure, such as map or ndcg_cut_10"
            ))),
        }
    }
}

fn warn(console: &Console, evaluation: &Evaluation, place: &str, complete: bool) {
    if evaluation.missing > 0 {
        let how = match complete {
            true => "they count 0",
            false => "they are left out (-c counts them as 0)",
        };
        console.note(
            "note",
            &format!(
                "{place}: judged topics without an answer: {}; {how}",
                evaluation.missing
            ),
        );
    }
    if evaluation.unjudged > 0 {
        let count = evaluation.unjudged;
        console.note(
            "note",
            &format!("{place}: topics without judgments, which are left out: {count}"),
        );
    }
}

fn lines(
    evaluation: &Evaluation,
    shown: &[Measure],
    per_query: bool,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    if per_query {
        for (topic, row) in &evaluation.per_topic {
            for ((measure, _), value) in evaluation.measures.iter().zip(row) {
                if shown.contains(measure) && !measure.is_summary_only() {
                    line(*measure, topic, *value, out)?;
                }
            }
        }
    }
    writeln!(out, "runid\tall\t{}", evaluation.tag)?;
    for (measure, value) in &evaluation.measures {
        if shown.contains(measure) {
            line(*measure, "all", *value, out)?;
        }
    }
    Ok(())
}

fn line(measure: Measure, topic: &str, value: f64, out: &mut dyn Write) -> std::io::Result<()> {
    match measure.is_count() {
        true => writeln!(out, "{measure}\t{topic}\t{value:.0}"),
        false => writeln!(out, "{measure}\t{topic}\t{value:.4}"),
    }
}

fn object(
    evaluations: &[Evaluation],
    shown: &[Measure],
    per_query: bool,
    comparison: Option<&Comparison>,
) -> Value {
    let named = |values: &mut dyn Iterator<Item = (Measure, f64)>| -> Map<String, Value> {
        let kept = values.filter(|(measure, _)| shown.contains(measure));
        kept.map(|(measure, value)| (measure.to_string(), json!(value)))
            .collect()
    };
    let runs: Vec<Value> = evaluations
        .iter()
        .map(|e| {
            json!({
                "tag": e.tag,
                "topics": e.topics,
                "measures": named(&mut e.measures.iter().copied()),
            })
        })
        .collect();
    let by_topic = |e: &Evaluation| -> Map<String, Value> {
        let rows = e.per_topic.iter().map(|(topic, row)| {
            let columns = e.measures.iter().map(|(m, _)| *m).zip(row.iter().copied());
            let mut columns = columns.filter(|(m, _)| !m.is_summary_only());
            (topic.clone(), Value::Object(named(&mut columns)))
        });
        rows.collect()
    };
    json!({
        "schema_version": SCHEMA_VERSION,
        "runs": runs,
        "per_query": per_query.then(|| evaluations.iter().map(by_topic).collect::<Vec<_>>()),
        "comparison": comparison,
    })
}
