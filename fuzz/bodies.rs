//! What every fuzz target does, shared with the test that replays the seeds.

use dateline::read::{Input, Limits, Options, read_stream, readers};
use std::ops::ControlFlow;

/// The targets: a reader's name (or `containers`, which is everything by its content) and a file name for it.
pub const TARGETS: [(&str, &str, &str); 14] = [
    ("html", "html", "a.html"),
    ("nitf", "nitf", "a.xml"),
    ("newsml_g2", "newsml-g2", "a.xml"),
    ("newsml1", "newsml-1", "a.xml"),
    ("ninjs", "ninjs", "a.json"),
    ("sgml", "sgml", "a.sgm"),
    ("iptc7901", "iptc7901", "a.txt"),
    ("feed", "feed", "a.xml"),
    ("warc", "warc", "a.warc"),
    ("json", "json", "a.jsonl"),
    ("csv", "table", "a.csv"),
    ("markdown", "markdown", "a.md"),
    ("text", "text", "a.txt"),
    ("containers", "", "a.bin"),
];

/// Reads `data` as the target's format and checks what no input may break.
///
/// The caller sees a panic, a hang, or a growth of memory.
pub fn run(target: &str, data: &[u8]) {
    let Some((_, reader, path)) = TARGETS.iter().find(|(name, ..)| *name == target) else {
        panic!("no such target: {target}");
    };
    let options = Options {
        limits: Limits {
            record_bytes: 1 << 20,
            file_bytes: 16 << 20,
            seconds: 5,
            ..Limits::default()
        },
        ..Options::default()
    };
    let mut seen = 0;
    match readers().iter().find(|r| r.name() == *reader) {
        Some(reader) => {
            let input = Input::new(path, &options, data);
            for article in reader.read(input).take(100_000) {
                seen += 1;
                if let Ok(article) = article {
                    assert!(
                        article.offset <= data.len() as u64 * 4,
                        "an offset behind the end"
                    );
                    assert!(
                        article.text().len() < 64 << 20,
                        "a text grew beyond its input"
                    );
                }
            }
            assert!(seen < 100_000, "more records than bytes allow");
        }
        None => assert!(reader.is_empty(), "no reader of the name {reader}"),
    }
    let _ = read_stream(path, data, &options, &mut |outcome| {
        if let Ok(article) = outcome.result {
            let clean = |t: &str| t.chars().all(|c| !c.is_control() || c == '\n');
            assert!(article.title.as_deref().is_none_or(clean));
            assert!(
                article
                    .sections
                    .iter()
                    .flat_map(|s| &s.paragraphs)
                    .all(|p| clean(p))
            );
        }
        ControlFlow::Continue(())
    });
}
