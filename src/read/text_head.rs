//! What stands above the copy of a plain text: headline, date, address, byline, labelled fields.

use super::{
    published,
    text_lines::{Line, ends_sentence, list_item},
};
use crate::{
    article::{Article, Precision, Provenance, Published},
    date::date_line,
};

/// Lines after the headline that are looked at.
const HEAD_LINES: usize = 12;
/// A longer first line is text.
const TITLE_CHARS: usize = 250;

/// Fills `article` from the head; returns the lines of the body.
pub(super) fn read<'l, 't>(lines: &'l [Line<'t>], article: &mut Article) -> &'l [Line<'t>] {
    let mut rest = lines;
    let mut in_fields = false;
    for _ in 0..HEAD_LINES {
        let Some((line, tail)) = rest.split_first() else {
            break;
        };
        let text = line.text;
        let taken = if labelled(text, article) {
            in_fields = true;
            true
        } else if article.title.is_none() {
            // A date or address may stand above the headline.
            (!in_fields && (date(text, article) || address(text, article)))
                || is_menu(text)
                || title(line, tail, article)
        } else {
            date(text, article)
                || address(text, article)
                || byline(text, article)
                || is_menu(text)
                || repeats_title(text, article)
                || standfirst(line, tail, article)
        };
        if !taken {
            break;
        }
        rest = tail;
    }
    rest
}

/// The same for a text whose title is known, paragraph by paragraph: takes what is no copy from the front.
pub(super) fn read_paragraphs(paragraphs: &mut Vec<String>, article: &mut Article) {
    let taken = paragraphs
        .iter()
        .take(HEAD_LINES)
        .take_while(|text| {
            date(text, article)
                || address(text, article)
                || byline(text, article)
                || labelled(text, article)
                || is_menu(text)
                || repeats_title(text, article)
        })
        .count();
    paragraphs.drain(..taken);
}

fn title(line: &Line<'_>, tail: &[Line<'_>], article: &mut Article) -> bool {
    let text = line.text;
    // A part of a line may be a place or a name; a headline has a verb.
    if line.is_part && text.split_whitespace().count() < 4 {
        return false;
    }
    let chars = text.chars().count();
    let long_sentence = ends_sentence(text) && (chars > 160 || text.ends_with(':'));
    if chars > TITLE_CHARS || long_sentence || list_item(text).is_some() || is_dateline(text) {
        return false;
    }
    // One line alone is a text without a headline if it is a sentence.
    if tail.is_empty() && ends_sentence(text) && chars > 60 {
        return false;
    }
    article.title = Some(text.to_owned());
    true
}

fn is_dateline(text: &str) -> bool {
    super::dateline::split(text).is_some_and(|d| d.body < text.len())
}

/// A line that is a date and nothing else, or a label and a date.
fn date(text: &str, article: &mut Article) -> bool {
    if article.published.is_some() {
        return false;
    }
    article.published = whole_date(text, article.lang.as_deref());
    article.published.is_some()
}

/// The time that a line consists of: a label, a weekday and a time of day may stand around it.
pub(super) fn whole_date(text: &str, lang: Option<&str>) -> Option<Published> {
    if text.chars().count() > 80 || !text.chars().any(char::is_numeric) {
        return None;
    }
    if let Ok(published) = published::parse(text, lang, Provenance::Text)
        && published.precision >= Precision::Day
    {
        return Some(published);
    }
    let (day, span) = date_line(text, lang)?;
    let letters = |t: &str| t.chars().filter(|c| c.is_alphabetic()).count();
    let (before, after) = (text.get(..span.start)?, text.get(span.end..)?);
    // "Published", a place and a zone pass; half a sentence does not.
    if letters(before) > 16 || letters(after) > 6 || before.chars().any(|c| c.is_numeric()) {
        return None;
    }
    Some(Published::day(day, Provenance::Text))
}

/// A line that is one absolute URL.
fn address(text: &str, article: &mut Article) -> bool {
    if article.url.is_some() || !is_url(text) {
        return false;
    }
    article.url = Some(text.to_owned());
    true
}

pub(super) fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|r| r.contains('.') && !text.contains(char::is_whitespace))
}

/// `By Jane Doe and John Roe, Reuters`.
fn byline(text: &str, article: &mut Article) -> bool {
    if !article.authors.is_empty() {
        return false;
    }
    article.authors = byline_names(text).unwrap_or_default();
    !article.authors.is_empty()
}

/// The names of a byline; `None` if the line is none.
pub(super) fn byline_names(text: &str) -> Option<Vec<String>> {
    const WORDS: [&str; 9] = ["by", "von", "par", "por", "di", "door", "av", "af", "przez"];
    let (word, rest) = text.split_once(' ')?;
    if !WORDS.contains(&word.trim_end_matches(':').to_lowercase().as_str())
        || text.chars().count() > 120
    {
        return None;
    }
    let names = split_names(rest);
    (!names.is_empty() && names.iter().all(|n| is_name(n))).then_some(names)
}

/// Names joined by commas, semicolons, `and`, `&` and their like.
pub(super) fn split_names(text: &str) -> Vec<String> {
    let mut text = format!(" {text} ");
    for word in [
        " and ", " und ", " et ", " y ", " e ", " en ", " och ", " og ", " i ", " & ", " | ", " / ",
    ] {
        text = text.replace(word, ";");
    }
    text.split([';', ','])
        .map(str::trim)
        .filter(|n| !n.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Up to six words, each beginning as names do.
fn is_name(text: &str) -> bool {
    const PARTICLES: [&str; 14] = [
        "de", "da", "del", "della", "der", "den", "di", "du", "la", "le", "van", "von", "al-",
        "bin",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let named = |w: &&str| {
        PARTICLES.contains(w)
            || w.chars()
                .next()
                .is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()))
    };
    (1..=6).contains(&words.len())
        && words.iter().all(named)
        && words
            .first()
            .is_some_and(|w| !matches!(*w, "The" | "A" | "An" | "This"))
        && !text.chars().any(char::is_numeric)
        && (!text.ends_with('.')
            || text
                .split_whitespace()
                .next_back()
                .is_some_and(|w| w.chars().count() <= 4))
}

/// `Title: …`, `Date: …` and their like, while nothing but such lines has been seen or the label is certain.
fn labelled(text: &str, article: &mut Article) -> bool {
    let Some((label, value)) = text.split_once([':', '：']) else {
        return false;
    };
    let value = value.trim();
    let label = label.trim().to_lowercase();
    if value.is_empty() || label.len() > 30 {
        return false;
    }
    match label.as_str() {
        "title" | "headline" | "titel" | "titre" | "título" | "titolo" | "tytuł"
            if article.title.is_none() =>
        {
            article.title = Some(value.to_owned());
        }
        "date" | "published" | "publication date" | "pubdate" | "published on" | "published at"
        | "datum" | "fecha" | "data"
            if article.published.is_none() =>
        {
            article.published = whole_date(value, article.lang.as_deref());
            return article.published.is_some();
        }
        "updated" | "last updated" | "modified" if article.updated.is_none() => {
            article.updated = whole_date(value, article.lang.as_deref());
            return article.updated.is_some();
        }
        "author" | "authors" | "by" | "byline" | "autor" | "auteur" | "autore"
            if article.authors.is_empty() =>
        {
            let names = split_names(value);
            if !names.iter().all(|n| is_name(n)) {
                return false;
            }
            article.authors = names;
        }
        "url" | "link" | "canonical" if is_url(value) && article.url.is_none() => {
            article.url = Some(value.to_owned())
        }
        "source" | "publisher" | "quelle" | "fuente" | "fonte" | "źródło"
            if is_url(value) && article.url.is_none() =>
        {
            article.url = Some(value.to_owned());
        }
        "source" | "publisher" | "quelle"
            if article.source.is_none() && value.chars().count() <= 60 =>
        {
            article.source = Some(value.to_owned());
        }
        "language" | "lang" if value.len() <= 12 => article.lang = Some(value.to_owned()),
        "keywords" | "tags" if article.keywords.is_empty() => {
            article.keywords = value
                .split([',', ';'])
                .map(|k| k.trim().to_owned())
                .collect();
        }
        _ => return false,
    }
    true
}

/// Buttons that exports take for text.
fn is_menu(text: &str) -> bool {
    const WORDS: [&str; 18] = [
        "press release",
        "press releases",
        "news release",
        "for immediate release",
        "print",
        "share",
        "email",
        "e-mail",
        "tweet",
        "facebook",
        "twitter",
        "save",
        "listen",
        "drucken",
        "teilen",
        "imprimer",
        "พิมพ์",
        "印刷",
    ];
    WORDS.contains(
        &text
            .trim_matches(['[', ']', '|', ' '])
            .to_lowercase()
            .as_str(),
    )
}

/// The headline again; without the site's name before it, it is the better headline.
fn repeats_title(text: &str, article: &mut Article) -> bool {
    let Some(title) = &article.title else {
        return false;
    };
    if title == text {
        return true;
    }
    let before = title.strip_suffix(text).map(str::trim_end);
    let site_prefix = before.is_some_and(|b| b.ends_with(['-', '|', ':', '–', '—', '>', '»', '·']));
    if site_prefix && text.chars().count() >= 10 {
        article.title = Some(text.to_owned());
        return true;
    }
    false
}

/// A second headline: directly below the first, no sentence, and set off from what follows.
fn standfirst(line: &Line<'_>, tail: &[Line<'_>], article: &mut Article) -> bool {
    let fresh = article.published.is_none() && article.authors.is_empty() && article.url.is_none();
    let set_off = tail.first().is_some_and(|next| next.after_blank);
    let chars = line.text.chars().count();
    if article.standfirst.is_some()
        || !fresh
        || line.after_blank
        || !set_off
        || !(25..=200).contains(&chars)
        || line.text.ends_with(['?', '？', ':'])
        || list_item(line.text).is_some()
        || ends_sentence(line.text)
    {
        return false;
    }
    article.standfirst = Some(line.text.to_owned());
    true
}

/// Takes a last paragraph that is nothing but the article's address, with or without a label.
pub(super) fn source_at_the_end(article: &mut Article) {
    let Some(section) = article.sections.last_mut() else {
        return;
    };
    let Some(last) = section.paragraphs.last() else {
        return;
    };
    let url = last.split_whitespace().next_back().unwrap_or_default();
    let label = last.strip_suffix(url).unwrap_or(last).trim();
    let is_label =
        label.is_empty() || (label.ends_with([':', '：']) && label.chars().count() <= 16);
    if !is_url(url) || !is_label {
        return;
    }
    if article.url.is_none() {
        article.url = Some(url.to_owned());
    } else if article.url.as_deref() != Some(url) {
        return;
    }
    section.paragraphs.pop();
    if section.paragraphs.is_empty() && section.heading.is_none() {
        article.sections.pop();
    }
}
