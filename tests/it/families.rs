//! Story families: made from edited copies, kept from joining series of one template.

use dateline::Article;
use dateline::article::Section;
use dateline::index::request::{Duplicates, Unit};
use dateline::index::sketch::{Shingles, Sketch};
use dateline::index::sketches;
use dateline::index::{Archive, Families};
use tantivy::directory::OwnedBytes;

use crate::search::{article, request};

fn sketch(paragraphs: &[String]) -> Sketch {
    let mut shingles = Shingles::default();
    for paragraph in paragraphs {
        for word in paragraph.split(|c: char| !c.is_alphanumeric()) {
            if !word.is_empty() {
                shingles.push(&word.to_lowercase());
            }
        }
    }
    shingles.sketch()
}

/// A small generator whose numbers a reader can follow; no test depends on which they are.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

const BOILERPLATE: [&str; 3] = [
    "Reporting by our staff; editing by the night desk. Our standards are those of the trust that owns us.",
    "Sign up for the morning letter and have the news of the region in your inbox at six.",
    "This report has been published without changes by our desk except for its headline.",
];

/// What a desk does to a wire report.
fn edited(paragraphs: &[String], dice: &mut Dice) -> Vec<String> {
    let mut copy: Vec<String> = paragraphs.to_vec();
    if dice.below(2) == 0 {
        let keep = copy
            .len()
            .div_ceil(2)
            .max(copy.len() - dice.below(copy.len()));
        copy.truncate(keep);
    }
    if dice.below(2) == 0 && copy.len() > 3 {
        copy.remove(dice.below(copy.len()));
    }
    if dice.below(2) == 0 {
        copy.push(BOILERPLATE[dice.below(3)].to_owned());
    }
    if dice.below(2) == 0 {
        for paragraph in &mut copy {
            *paragraph = paragraph.replace('2', "3").replace("percent", "per cent");
        }
    }
    copy.insert(0, format!("Edition {}", dice.below(1000)));
    copy
}

/// One report of a series: the same sentences, other values.
fn weather(dice: &mut Dice) -> Vec<String> {
    let place = ["Norvik", "Elmsund", "Castra", "Puerto Alto", "Linden"][dice.below(5)];
    let sky = ["clear", "cloudy", "changeable", "overcast"][dice.below(4)];
    let wind = ["north", "west", "south-west", "east"][dice.below(4)];
    let mut n = || dice.below(40).to_string();
    vec![
        format!(
            "The weather in {place} today will be {sky} with highs of {} degrees in the afternoon and lows of {} degrees overnight.",
            n(),
            n()
        ),
        format!(
            "Winds from the {wind} will reach {} kilometres an hour near the coast and {} kilometres an hour inland.",
            n(),
            n()
        ),
        format!(
            "There is a {} per cent chance of rain in the morning and a {} per cent chance in the evening, the weather service said.",
            n(),
            n()
        ),
        format!(
            "Tomorrow will see highs of {} degrees, and the outlook for the coming {} days remains {sky}.",
            n(),
            n()
        ),
        format!(
            "The sun rises at 6.{} and sets at 18.{}, and the water temperature is {} degrees.",
            n(),
            n(),
            n()
        ),
    ]
}

fn market(dice: &mut Dice) -> Vec<String> {
    let shares = [
        "Norbank",
        "Altura",
        "Castor Steel",
        "Medon",
        "Halden",
        "Vireo",
    ];
    let way = ["rose", "fell"][dice.below(2)];
    let (a, b) = (shares[dice.below(6)], shares[dice.below(6)]);
    let mut n = || format!("{}.{}", dice.below(90), dice.below(90));
    vec![
        format!(
            "The main index {way} {} points or {} per cent to close at {} on the exchange today.",
            n(),
            n(),
            n()
        ),
        format!(
            "Shares of {a} {way} by {} per cent to {} after trading of {} million shares.",
            n(),
            n(),
            n()
        ),
        format!(
            "{b} closed at {}, a change of {} per cent from the day before.",
            n(),
            n()
        ),
        format!(
            "The currency traded at {} to the dollar, against {} at the previous close.",
            n(),
            n()
        ),
        format!(
            "Oil for delivery next month {way} {} to {} a barrel, and gold stood at {} an ounce.",
            n(),
            n(),
            n()
        ),
    ]
}

/// Articles of some size to edit: press releases where they are at hand, else the sample corpus.
fn originals() -> Option<Vec<Vec<String>>> {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/senate_press/raw");
    if !folder.is_dir() {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is missing",
            folder.display()
        );
        eprintln!("skipped: {} is not here", folder.display());
        return None;
    }
    let mut files = Vec::new();
    for senator in std::fs::read_dir(folder).ok()?.flatten() {
        files.extend(
            std::fs::read_dir(senator.path())
                .ok()?
                .flatten()
                .map(|f| f.path()),
        );
    }
    files.sort();
    let mut out = Vec::new();
    // Every seventh, so that the drafts of one release, which stand side by side, are not two originals.
    for file in files.iter().step_by(7) {
        let text = String::from_utf8_lossy(&std::fs::read(file).ok()?).replace('\r', "");
        let paragraphs: Vec<String> = text
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect();
        let words: usize = paragraphs
            .iter()
            .map(|p| p.split_whitespace().count())
            .sum();
        if paragraphs.len() >= 4 && words >= 150 {
            out.push(paragraphs);
        }
    }
    Some(strangers(out))
}

/// Those that share no run of twelve words with an earlier one: announcements of one programme, town
/// by town, are series themselves, and no judge of the rest.
fn strangers(texts: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut seen = std::collections::HashSet::new();
    let mut out = Vec::new();
    for text in texts {
        let words: Vec<String> = text
            .join(" ")
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let runs: Vec<String> = words.windows(12).map(|w| w.join(" ")).collect();
        if !runs.iter().any(|run| seen.contains(run)) {
            out.push(text);
        }
        seen.extend(runs);
    }
    out
}

#[test]
fn edited_copies_join_their_original_and_nothing_else() {
    let Some(originals) = originals() else { return };
    assert!(originals.len() > 150, "{}", originals.len());
    let mut dice = Dice(0x5EED);
    let mut list: Vec<(u64, Sketch)> = Vec::new();
    let mut story = Vec::new();
    for (n, original) in originals.iter().enumerate() {
        for copy in 0..3 {
            let text = if copy == 0 {
                original.clone()
            } else {
                edited(original, &mut dice)
            };
            list.push((list.len() as u64, sketch(&text)));
            story.push(n);
        }
    }
    let families = Families::open(OwnedBytes::new(sketches::families(list)));
    let of: Vec<Option<u32>> = (0..story.len())
        .map(|k| families.family(k as u64))
        .collect();
    let (mut joined, mut right, mut wanted) = (0u32, 0u32, 0u32);
    for a in 0..story.len() {
        for b in a + 1..story.len() {
            let same = story[a] == story[b];
            let together = of[a].is_some() && of[a] == of[b];
            wanted += u32::from(same);
            joined += u32::from(together);
            right += u32::from(same && together);
        }
    }
    let (precision, recall) = (
        f64::from(right) / f64::from(joined),
        f64::from(right) / f64::from(wanted),
    );
    println!(
        "{} originals: pairs precision {precision:.3} recall {recall:.3}",
        originals.len()
    );
    assert!(
        precision >= 0.98 && recall >= 0.95,
        "precision {precision:.3} recall {recall:.3}"
    );
}

#[test]
fn reports_of_one_template_stay_apart() {
    let mut dice = Dice(0xCA1F);
    let mut list: Vec<(u64, Sketch)> = Vec::new();
    for n in 0..200 {
        let text = if n % 2 == 0 {
            weather(&mut dice)
        } else {
            market(&mut dice)
        };
        list.push((n, sketch(&text)));
    }
    let families = Families::open(OwnedBytes::new(sketches::families(list)));
    let joined = (0..200)
        .filter(|&key| families.family(key).is_some())
        .count();
    assert_eq!(joined, 0);
}

fn long(words: &str) -> String {
    (0..40)
        .map(|n| format!("{words} {n} number{} of the report{}", n * 7, n * n))
        .collect::<Vec<_>>()
        .join(" ")
}

fn in_sections(id: &str, title: &str, text: &str) -> Article {
    Article {
        sections: vec![Section {
            heading: None,
            paragraphs: vec![text.to_owned()],
        }],
        ..article(id, title, &[])
    }
}

#[test]
fn a_story_is_one_hit_that_counts_its_copies() {
    let story = long("the harbour strike went on");
    let archive = Archive::in_memory(vec![
        in_sections("one", "Strike at the harbour", &story),
        in_sections("two", "Harbour strike goes on", &story),
        in_sections(
            "other",
            "Harbour tours",
            &long("tours of the harbour resume"),
        ),
    ])
    .expect("an archive");
    let mut asked = request("harbour");
    asked.unit = Unit::Article;
    let folded = archive.search(&asked).expect("results");
    assert_eq!((folded.total, folded.hits.len()), (2, 2));
    let copies: Vec<u64> = folded
        .hits
        .iter()
        .filter(|h| h.article != "other")
        .map(|h| h.duplicates)
        .collect();
    assert_eq!(copies, [1]);
    asked.duplicates = Duplicates::Show;
    assert_eq!(archive.search(&asked).expect("results").total, 3);
    let mut copied = request("copies:>0");
    copied.unit = Unit::Article;
    copied.duplicates = Duplicates::Show;
    assert_eq!(archive.search(&copied).expect("results").total, 2);
}
