//! The tantivy writer below an archive.

use super::archive::{Archive, memory_folders};
use super::document::Documents;
use super::payload::Payload;
use super::prepare;
use super::schema;
use super::session::write_table;
use super::sketch::{self, Sketches};
use crate::article::Article;
use crate::entity::Recognizer;
use crate::error::Result;
use std::path::Path;
use tantivy::Index;
use tantivy::indexer::UserOperation;

/// Builds an archive in memory; see [`Archive::in_memory`].
pub(crate) fn in_memory(articles: Vec<Article>) -> Result<Archive> {
    let (segments, tables) = memory_folders();
    let (schema, fields) = schema::schema();
    let index = Index::create(segments, schema, schema::settings())?;
    schema::register(&index);
    let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, 20_000_000)?;
    let mut documents = Documents::new(fields);
    let mut payload = Payload::empty();
    payload.generation = 1;
    let mut sketches = Vec::new();
    for mut article in articles {
        if article.id.is_empty() {
            article.id = article.own_id.clone().unwrap_or(article.path.clone());
        }
        let passages = prepare::passages(&article, Recognizer::shipped());
        let built = documents.build(&article, &passages, payload.next_key)?;
        sketches.push((payload.next_key, documents.sketch()));
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
    let mut all = Sketches::default();
    all.change(sketches, |_| false);
    let (here, families) = (Path::new(""), all.families());
    write_table(
        here,
        tables.as_ref(),
        &mut payload,
        sketch::FAMILIES,
        &families,
    )?;
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&super::archive::seal(&payload)?);
    prepared.commit()?;
    Archive::of_index(Path::new(""), index, tables)
}
