//! Trains the recogniser that ships: `cargo run --release --example train-entities`.
//!
//! Reads `../shared/data/ner`, `../shared/prototypes/entity-crf/clusters.tsv.gz` and `models/lists/`, and
//! writes `models/lexicon.bin` and `models/names.bin`, the same bytes on any number of threads.
//! `--out DIR` writes elsewhere.

use dateline::entity::train::{Label, Lists, Options, Sample, lexicon, train};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The sources, with the weight of their errors: hand-labelled text near to news counts most.
const SOURCES: [(&str, f32); 6] = [
    ("wikigold", 1.0),
    ("redocred", 0.7),
    ("crossner", 0.8),
    ("gum_ccby", 0.7),
    ("wnut17", 0.5),
    ("silver_leipzig", 0.7),
];

/// Weight of the articles of Wikinews that were labelled for this project, in `models/annotations/`.
const WIKINEWS_WEIGHT: f32 = 1.5;

/// One sample of this many is learned from with a headline as well, with this share of its weight.
const HEADED_STEP: usize = 4;
const HEADED_WEIGHT: f32 = 0.5;

/// Documents at the end of wikigold that no model is trained on.
const HELD_OUT: usize = 25;

/// Names of peoples and faiths that the demonym list lacks.
const MORE_DEMONYMS: &str = "American Americans British English French German Germans European Europeans African \
    Asian Arab Arabs Soviet Scottish Welsh Irish Jewish Christian Muslim Islamic Catholic Latin Tibetan Kurdish \
    Palestinian Republican Democrat Democratic Protestant Hindu Sunni Shia Shiite Western Byzantine Roman Ottoman \
    Nazi Communist";

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut out = PathBuf::from("models");
    let mut options = Options::default();
    let mut only_lexicon = false;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--out" => out = value()?.into(),
            "--epochs" => options.epochs = value()?.parse()?,
            "--dropout" => options.dropout = value()?.parse()?,
            "--min-count" => options.min_count = value()?.parse()?,
            "--prune" => options.prune = value()?.parse()?,
            "--rate" => options.rate = value()?.parse()?,
            "--l2" => options.l2 = value()?.parse()?,
            "--lexicon-only" => only_lexicon = true,
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    let shared = Path::new("../shared");
    let started = Instant::now();
    let lists = read_lists(shared)?;
    let packed = lexicon(&lists).ok_or("the lists cannot be packed")?;
    fs::create_dir_all(&out)?;
    fs::write(out.join("lexicon.bin"), &packed)?;
    eprintln!(
        "lexicon.bin: {} bytes, {:.1} s",
        packed.len(),
        started.elapsed().as_secs_f32()
    );
    if only_lexicon {
        return Ok(());
    }
    let demonyms = demonyms(&lists);
    let mut samples = Vec::new();
    for (source, weight) in SOURCES {
        samples.extend(read_source(
            &shared.join("data/ner"),
            source,
            weight,
            &demonyms,
        )?);
    }
    samples.extend(read_wikinews(
        &shared.join("data/wikinews_en/articles.jsonl"),
    )?);
    let headed: Vec<Sample> = samples
        .iter()
        .step_by(HEADED_STEP)
        .enumerate()
        .filter_map(|(n, sample)| with_headline(sample, n % 2 == 0))
        .collect();
    samples.extend(headed);
    let model = train(&samples, &packed, &options).ok_or("training failed")?;
    fs::write(out.join("names.bin"), &model)?;
    eprintln!(
        "names.bin: {} bytes, {:.1} s",
        model.len(),
        started.elapsed().as_secs_f32()
    );
    Ok(())
}

/// A copy of a sample whose first sentence stands above it as a headline, in capitals or in Title Case;
/// `None` where the sentence is too short, too long or not ASCII.
fn with_headline(sample: &Sample, capitals: bool) -> Option<Sample> {
    const LINE: Range<usize> = 25..130;
    let end = sample
        .text
        .find(['\n', '.', '?', '!'])
        .unwrap_or(sample.text.len());
    let sentence = &sample.text[..end];
    if !LINE.contains(&end) || !sentence.is_ascii() || sample.entities.is_empty() {
        return None;
    }
    let headline = if capitals {
        sentence.to_ascii_uppercase()
    } else {
        let words = sentence.split(' ').map(|word| {
            let mut word = word.to_owned();
            if word.len() > 3
                && let Some(first) = word.get_mut(..1)
            {
                first.make_ascii_uppercase();
            }
            word
        });
        words.collect::<Vec<_>>().join(" ")
    };
    let shift = headline.len() + 2;
    let mut entities: Vec<(Range<usize>, Label)> = sample
        .entities
        .iter()
        .filter(|(span, _)| span.end <= end)
        .cloned()
        .collect();
    entities.extend(
        sample
            .entities
            .iter()
            .map(|(span, label)| (span.start + shift..span.end + shift, *label)),
    );
    Some(Sample {
        text: format!("{headline}\n\n{}", sample.text),
        entities,
        weight: sample.weight * HEADED_WEIGHT,
    })
}

fn gunzip(path: &Path) -> Result<String> {
    let mut text = String::new();
    let file = fs::File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    Ok(text)
}

fn read_lists(shared: &Path) -> Result<Lists> {
    let mut lists = Lists::default();
    let mut add = |text: &str| {
        for line in text.lines() {
            let mut cells = line.split('\t');
            if let (Some(class), Some(kind), Some(name)) =
                (cells.next(), cells.next(), cells.next())
            {
                let list = if class == "U" {
                    &mut lists.words
                } else {
                    &mut lists.phrases
                };
                list.push((kind.to_owned(), name.to_owned()));
            }
        }
    };
    add(&gunzip(&shared.join("data/ner/gazetteer.tsv.gz"))?);
    let own = Path::new("models/lists");
    if own.is_dir() {
        let mut paths: Vec<PathBuf> = fs::read_dir(own)?
            .map(|e| e.map(|e| e.path()))
            .collect::<std::io::Result<_>>()?;
        paths.sort();
        for path in paths
            .iter()
            .filter(|p| p.extension().is_some_and(|e| e == "tsv"))
        {
            add(&fs::read_to_string(path)?);
        }
    }
    for line in gunzip(&shared.join("prototypes/entity-crf/clusters.tsv.gz"))?.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        if let [word, a, b, c] = cells[..] {
            lists
                .clusters
                .push((word.to_owned(), [a.parse()?, b.parse()?, c.parse()?]));
        }
    }
    Ok(lists)
}

fn demonyms(lists: &Lists) -> BTreeSet<String> {
    let of = |kind: &str| -> BTreeSet<String> {
        lists
            .phrases
            .iter()
            .filter(|(k, _)| k == kind)
            .map(|(_, name)| name.clone())
            .collect()
    };
    let mut found = of("DEM");
    let plurals: Vec<String> = found.iter().map(|d| format!("{d}s")).collect();
    found.extend(plurals);
    found.extend(MORE_DEMONYMS.split_whitespace().map(str::to_owned));
    for country in of("COUNTRY") {
        found.remove(&country);
    }
    found
}

fn read_source(
    folder: &Path,
    source: &str,
    weight: f32,
    demonyms: &BTreeSet<String>,
) -> Result<Vec<Sample>> {
    let path = folder.join(format!("{source}.jsonl"));
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut samples = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let row: Value = serde_json::from_str(line)
            .map_err(|e| format!("{}:{}: {e}", path.display(), number + 1))?;
        samples.push(sample(&row, weight, demonyms).ok_or(format!(
            "{}:{}: not a sample",
            path.display(),
            number + 1
        ))?);
    }
    match source {
        "wikigold" => samples.truncate(samples.len().saturating_sub(HELD_OUT)),
        // Machine labels are worthless in the sentences that the machine could not read.
        "silver_leipzig" => {
            samples.retain(|s| !s.text.chars().any(|c| ('\u{400}'..'\u{500}').contains(&c)))
        }
        _ => {}
    }
    Ok(samples)
}

/// The labelled articles of Wikinews: the annotations hold ids and byte offsets into
/// headline, blank line and body, which are read from the shared data.
fn read_wikinews(articles: &Path) -> Result<Vec<Sample>> {
    let text = fs::read_to_string(articles).map_err(|e| format!("{}: {e}", articles.display()))?;
    let mut bodies: BTreeMap<String, String> = BTreeMap::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line)?;
        if let (Some(id), Some(title), Some(body)) = (
            row["id"].as_str(),
            row["title"].as_str(),
            row["text"].as_str(),
        ) {
            bodies.insert(id.to_owned(), format!("{title}\n\n{body}"));
        }
    }
    let mut samples = Vec::new();
    for line in fs::read_to_string("models/annotations/wikinews.jsonl")?.lines() {
        let row: Value = serde_json::from_str(line)?;
        let id = row["id"].as_str().unwrap_or_default();
        let text = bodies
            .get(id)
            .ok_or(format!("{id}: no such article in {}", articles.display()))?
            .clone();
        let mut entities = Vec::new();
        for (start, end, kind) in
            serde_json::from_value::<Vec<(usize, usize, String)>>(row["entities"].clone())?
        {
            let label = label(&kind).ok_or(format!("{id}: unknown type {kind}"))?;
            text.get(start..end)
                .ok_or(format!("{id}: {start}..{end} is no range of it"))?;
            entities.push((start..end, label));
        }
        samples.push(Sample {
            text,
            entities,
            weight: WIKINEWS_WEIGHT,
        });
    }
    Ok(samples)
}

fn label(kind: &str) -> Option<Label> {
    match kind {
        "PER" => Some(Label::Person),
        "ORG" => Some(Label::Org),
        "LOC" => Some(Label::Place),
        "MISC" => Some(Label::Other),
        _ => None,
    }
}

/// A row `{"text", "entities": [[start, end, type]]}` with one convention for all sources: no article
/// before a name, no possessive behind it, peoples are not places.
fn sample(row: &Value, weight: f32, demonyms: &BTreeSet<String>) -> Option<Sample> {
    let text = row["text"].as_str()?.to_owned();
    let mut bytes: Vec<usize> = text.char_indices().map(|(b, _)| b).collect();
    bytes.push(text.len());
    let mut entities = Vec::new();
    for entity in row["entities"].as_array()? {
        let start = *bytes.get(entity[0].as_u64()? as usize)?;
        let end = *bytes.get(entity[1].as_u64()? as usize)?;
        let Some(mut label) = entity[2].as_str().and_then(label) else {
            continue;
        };
        let span = trim(&text, start..end);
        if matches!(label, Label::Org | Label::Place) && demonyms.contains(&text[span.clone()]) {
            label = Label::Other;
        }
        if !span.is_empty() {
            entities.push((span, label));
        }
    }
    Some(Sample {
        text,
        entities,
        weight,
    })
}

fn trim(text: &str, mut span: Range<usize>) -> Range<usize> {
    for article in ["the ", "The ", "a ", "an ", "A ", "An "] {
        if text[span.clone()].starts_with(article) {
            span.start += article.len();
            break;
        }
    }
    for possessive in ["'s", "’s"] {
        if span.len() > possessive.len() && text[span.clone()].ends_with(possessive) {
            span.end -= possessive.len();
            break;
        }
    }
    span
}
