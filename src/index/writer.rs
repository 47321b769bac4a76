//! The tantivy writer below an archive.

use super::archive::{Archive, memory_folders};
use super::document::Documents;
use super::packed::Packer;
use super::payload::Payload;
use super::prepare::Preparer;
use super::schema;
use super::session::write_table;
use super::sketches;
use super::without::Without;
use crate::article::Article;
use crate::entity::Recognizer;
use crate::error::Result;
use crate::passage::Passage;
use std::path::Path;
use tantivy::Index;
use tantivy::indexer::UserOperation;

/// Builds an archive in memory; see [`Archive::in_memory`].
pub(crate) fn in_memory(articles: Vec<Article>) -> Result<Archive> {
    let mut preparer = Preparer::new(Recognizer::shipped(), None, Without::default());
    let prepared = articles.into_iter().map(|mut article| {
        if article.id.is_empty() {
            article.id = article.own_id.clone().unwrap_or(article.path.clone());
        }
        let passages = preparer.passages(&article);
        (article, passages)
    });
    in_memory_of(prepared.collect())
}

/// Builds an archive in memory of articles with their passages; see [`Archive::part`].
pub(crate) fn in_memory_of(articles: Vec<(Article, Vec<Passage>)>) -> Result<Archive> {
    let (segments, tables) = memory_folders();
    let (schema, fields) = schema::schema();
    let index = Index::create(segments, schema, schema::settings())?;
    schema::register(&index);
    let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, 20_000_000)?;
    let packer = Packer::new(&[])?;
    let mut documents = Documents::new(fields, Without::default(), Some(packer));
    let mut payload = Payload::empty();
    payload.generation = 1;
    let mut sketched = Vec::new();
    for (article, passages) in articles {
        let built = documents.build(&article, &passages, payload.next_key)?;
        sketched.extend(documents.sketch().map(|sketch| (payload.next_key, sketch)));
        payload.next_key += 1;
        payload.articles += 1;
        payload.passages += built.len() as u64;
        payload.undated += u64::from(article.published.is_none());
        let lang = article.lang.clone().unwrap_or_else(|| "en".to_owned());
        *payload.languages.entry(lang).or_default() += 1;
        writer.run(
            built
                .into_iter()
                .map(UserOperation::Add)
                .collect::<Vec<_>>(),
        )?;
    }
    write_table(
        Path::new(""),
        tables.as_ref(),
        &mut payload,
        sketches::FAMILIES,
        &sketches::families(sketched),
    )?;
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&super::archive::seal(&payload)?);
    prepared.commit()?;
    Archive::of_index(Path::new(""), index, tables)
}

#[cfg(test)]
mod tests {
    use crate::article::{Article, Section};
    use crate::index::archive::folders;
    use crate::index::contents::for_each_in_segment;
    use crate::index::document::Documents;
    use crate::index::packed::{Packer, Unpacker};
    use crate::index::prepare;
    use crate::index::schema;
    use crate::index::session::Session;
    use crate::index::throttle::{Counted, Throttle};
    use crate::index::without::Without;
    use crate::passage::Passage;
    use std::sync::Arc;
    use tantivy::ReloadPolicy;
    use tantivy::directory::OwnedBytes;
    use tantivy::indexer::UserOperation;

    fn passages(n: u32) -> Vec<Passage> {
        // Words that repeat nowhere fill tantivy's buffers quickest.
        let word = |p: u32, w: u32| format!("{:x}", (n * 131 + p) * 7919 + w * 104_729);
        (0..7)
            .map(|p| Passage {
                ordinal: p,
                text: (0..150).map(|w| word(p, w) + " ").collect(),
                ..Passage::default()
            })
            .collect()
    }

    #[test]
    fn the_passages_of_an_article_stay_together_in_one_segment() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let index = folder.path().join(".dateline");
        let session = Session::open(&index, true, &folders).expect("made");
        let mut writer = session.writer(2, 0).expect("a writer");
        let throttle = Throttle::new(1 << 20);
        let packer = Packer::new(&[]).expect("a packer");
        let mut documents = Documents::new(schema::schema().1, Without::default(), Some(packer));
        let articles = 1_500;
        for n in 0..articles {
            let article = Article {
                id: n.to_string(),
                sections: vec![Section::default()],
                ..Article::default()
            };
            let built = documents
                .build(&article, &passages(n), u64::from(n))
                .expect("built");
            let share = throttle.acquire(1, || Ok(())).expect("a share");
            let batch: Vec<_> = built
                .into_iter()
                .map(|document| {
                    UserOperation::Add(Counted {
                        document,
                        share: Arc::clone(&share),
                    })
                })
                .collect();
            writer.run(batch).expect("taken");
        }
        writer.commit().expect("committed");
        let reader: tantivy::IndexReader = session
            .index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .expect("opens");
        let searcher = reader.searcher();
        assert!(
            searcher.segment_readers().len() > 2,
            "buffers were filled and flushed"
        );
        let unpacker = Arc::new(Unpacker::new(OwnedBytes::empty()));
        let mut whole = 0;
        for segment in searcher.segment_readers() {
            for_each_in_segment(segment, session.fields, &unpacker, |content| {
                assert_eq!(content?.passages.len(), 7);
                whole += 1;
                Ok(())
            })
            .expect("whole");
        }
        assert_eq!(whole, articles);
    }

    #[test]
    fn relative_dates_count_from_a_known_day_only() {
        use crate::article::{Precision, Provenance, Published};
        let day = jiff::civil::date(2024, 5, 3);
        let mut article = Article {
            published: Some(Published::day(day, Provenance::Field)),
            ..Article::default()
        };
        assert_eq!(prepare::reference(&article), Some(day));
        if let Some(published) = &mut article.published {
            published.precision = Precision::Month;
        }
        assert_eq!(prepare::reference(&article), None);
    }
}
