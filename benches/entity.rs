//! Speed of the recogniser: loading, and finding names in news-like text on one core.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dateline::entity::Recognizer;
use std::hint::black_box;

/// About 100 words, a third of them names or parts of names, as in agency copy.
const PARAGRAPH: &str = "Chancellor Angela Merkel and French President Emmanuel Macron met in Brussels on Thursday to discuss \
the European Union's budget, officials said. The talks, which ran past midnight, were the first since the International \
Monetary Fund cut its forecast for Germany. \"We are closer than we were this morning,\" Merkel told reporters outside the \
building. Finance ministers are expected to meet next week, and a spokesman for the Bank of England said it was watching \
developments closely. Shares in Deutsche Bank and Volkswagen fell by about two percent in early trading before they recovered \
in the afternoon.\n";

fn words(text: &str) -> u64 {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .count() as u64
}

fn entity(c: &mut Criterion) {
    let lexicon = include_bytes!("../models/lexicon.bin");
    let model = include_bytes!("../models/names.bin");
    c.bench_function("load", |b| {
        b.iter(|| Recognizer::from_bytes(black_box(lexicon), black_box(model)).is_some());
    });
    let article = PARAGRAPH.repeat(8);
    let recognizer = Recognizer::shipped();
    let mut group = c.benchmark_group("find");
    group.throughput(Throughput::Elements(words(&article)));
    group.bench_function("article", |b| {
        b.iter(|| recognizer.find(&[black_box(&article)], "en"));
    });
    group.finish();
}

criterion_group!(benches, entity);
criterion_main!(benches);
