//! What is done to every article, whichever reader gave it.

use super::{Trouble, clean::clean_in_place, dateline, path_date, text_head, text_lines::prefix};
use crate::{
    analyze,
    article::{Article, LangFrom, Provenance},
};

/// Sets the path, cleans every text field, drops what is empty, finds an undeclared language
/// and a missing date; a record without title and text is skipped.
pub(super) fn finish(mut article: Article, path: &str) -> Result<Article, Trouble> {
    path.clone_into(&mut article.path);
    for field in [
        &mut article.title,
        &mut article.standfirst,
        &mut article.dateline,
        &mut article.source,
        &mut article.url,
        &mut article.own_id,
    ] {
        clean_option(field);
    }
    clean_list(&mut article.authors);
    clean_list(&mut article.keywords);
    for entity in &mut article.entities {
        clean_in_place(&mut entity.name);
    }
    article.entities.retain(|e| !e.name.is_empty());
    for section in &mut article.sections {
        clean_option(&mut section.heading);
        section.paragraphs.iter_mut().for_each(clean_in_place);
        section.paragraphs.retain(|p| !p.is_empty() && p != "-");
    }
    article
        .sections
        .retain(|s| s.heading.is_some() || !s.paragraphs.is_empty());
    if article.title.is_none()
        && article.sections.is_empty()
        && article.standfirst.is_none()
        && article.kills.is_empty()
    {
        return Err(Trouble::skipped("no headline and no text").at(article.record, article.offset));
    }
    if let Some(url) = &mut article.url {
        single_slash(url);
    }
    language(&mut article);
    opening(&mut article);
    publication(&mut article);
    if article.encoding.is_empty() {
        article.encoding.push_str("UTF-8");
    }
    Ok(article)
}

fn clean_option(field: &mut Option<String>) {
    if let Some(text) = field {
        clean_in_place(text);
        if text.is_empty() {
            *field = None;
        }
    }
}

fn clean_list(list: &mut Vec<String>) {
    list.iter_mut().for_each(clean_in_place);
    let mut seen = Vec::new();
    list.retain(|item| {
        !item.is_empty() && !seen.contains(item) && {
            seen.push(item.clone());
            true
        }
    });
}

/// How much of a text its language is told from.
const SAMPLE_BYTES: usize = 1536;

fn language(article: &mut Article) {
    if let Some(lang) = article.lang.as_deref().and_then(analyze::Lang::new) {
        article.lang = Some(lang.as_str().to_owned());
        article.lang_from = Some(LangFrom::Declared);
        return;
    }
    let mut sample = article.title.clone().unwrap_or_default();
    for paragraph in article.sections.iter().flat_map(|s| &s.paragraphs) {
        if sample.len() >= SAMPLE_BYTES {
            break;
        }
        sample.push('\n');
        sample.push_str(prefix(
            paragraph,
            SAMPLE_BYTES - sample.len().min(SAMPLE_BYTES),
        ));
    }
    let detected = analyze::detect(&sample);
    article.lang = detected.map(|l| l.as_str().to_owned());
    article.lang_from = detected.map(|_| LangFrom::Detected);
}

/// `https://example.org//wiki/A` is an export's slip for one slash; it would make two ids of one article.
fn single_slash(url: &mut String) {
    let Some(host) = url.find("://").map(|at| at + 3) else {
        return;
    };
    if let Some(slash) = url[host..].find('/').map(|n| host + n) {
        let doubled = url[slash..].bytes().take_while(|b| *b == b'/').count();
        url.replace_range(slash + 1..slash + doubled, "");
    }
}

/// Takes the dateline from the first paragraph, which keeps it; the agency is the source where none is named.
fn opening(article: &mut Article) {
    if article.dateline.is_some() {
        return;
    }
    let first = article.sections.first().and_then(|s| s.paragraphs.first());
    let Some(found) = first.and_then(|p| dateline::split(p)) else {
        return;
    };
    article.dateline = Some(found.line.to_owned());
    if article.source.is_none() {
        article.source = found.agency.map(str::to_owned);
    }
}

/// A date that no field gave: the file's own name, the text's date line, the folders, the address.
///
/// Path and folders date a file with one article only. A day in the name outranks the text's,
/// which in exports is often the day of printing or of a letter quoted; but where both agree,
/// the text has the time of day as well.
fn publication(article: &mut Article) {
    let in_text = article.published.filter(|p| p.from == Provenance::Text);
    if article.published.is_some() && in_text.is_none() {
        return;
    }
    let name = path_date::in_name(&article.path).filter(|_| article.record == 0);
    let first = article.sections.first().filter(|s| s.heading.is_none());
    let head = first.and_then(|s| s.paragraphs.first());
    let in_text = in_text.or_else(|| text_head::whole_date(head?, article.lang.as_deref()));
    article.published = match (name, in_text) {
        (Some(name), Some(text)) if name.at.date() != text.at.date() => Some(name),
        (Some(name), None) => Some(name),
        (_, Some(text)) => Some(text),
        (None, None) => path_date::in_path(&article.path)
            .filter(|_| article.record == 0)
            .or_else(|| article.url.as_deref().and_then(path_date::in_url)),
    };
}
