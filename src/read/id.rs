//! What an article is known by.

use crate::article::Article;

/// The id of an article whose path relative to its root is `path` (with the root's prefix, members as `a.zip!/b.html`).
///
/// Its own id first; else its canonical URL, if absolute with a path that is more than `/`; else
/// `path`, with `#N` where the format holds several articles.
pub fn identify(article: &Article, path: &str) -> String {
    if let Some(id) = article
        .own_id
        .as_deref()
        .map(str::trim)
        .filter(|id| !id.is_empty())
    {
        return id.to_owned();
    }
    if let Some(url) = article.url.as_deref().filter(|url| names_a_page(url)) {
        return url.to_owned();
    }
    match article.record {
        0 => path.to_owned(),
        n => format!("{path}#{n}"),
    }
}

/// Absolute, with a path (or query) beyond the site's front page.
fn names_a_page(url: &str) -> bool {
    let scheme = ["https://", "http://"].iter().find(|s| {
        url.get(..s.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(s))
    });
    let Some(scheme) = scheme else {
        return false;
    };
    let rest = &url[scheme.len()..];
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let path = rest[host_end..]
        .split(['?', '#'])
        .next()
        .unwrap_or_default();
    host_end > 0 && !path.trim_start_matches('/').is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(own_id: Option<&str>, url: Option<&str>, record: u32) -> Article {
        Article {
            own_id: own_id.map(str::to_owned),
            url: url.map(str::to_owned),
            record,
            ..Article::default()
        }
    }

    #[test]
    fn its_own_id_comes_first() {
        let article = article(Some("urn:x:1"), Some("https://example.org/a"), 3);
        assert_eq!(identify(&article, "a.jsonl"), "urn:x:1");
    }

    #[test]
    fn a_url_with_a_path_comes_second() {
        assert_eq!(
            identify(&article(None, Some("https://example.org/a"), 0), "a.html"),
            "https://example.org/a"
        );
        for front in [
            "https://example.org",
            "https://example.org/",
            "https://example.org/?p=1",
            "/a",
            "ftp://x/y",
            "",
        ] {
            assert_eq!(
                identify(&article(None, Some(front), 0), "a.html"),
                "a.html",
                "{front}"
            );
        }
    }

    #[test]
    fn the_path_comes_last_with_the_record_where_there_are_several() {
        assert_eq!(
            identify(&article(None, None, 0), "2024/a.zip!/b.html"),
            "2024/a.zip!/b.html"
        );
        assert_eq!(
            identify(&article(Some(" "), None, 12), "rows.csv"),
            "rows.csv#12"
        );
    }
}
