//! Feeds: entries as their makers meant them.

use crate::read::shared;
use crate::read_wires::{articles, read};
use dateline::read::{Options, read_file};
use serde_json::Value;
use std::ops::ControlFlow;

const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Daily</title><language>en-gb</language>
<item><title>Bridge &amp; river</title><link>https://example.org/a</link><guid isPermaLink="false">id-1</guid>
<pubDate>Tue, 05 Mar 2024 10:15:00 +0100</pubDate><author>jane@example.org (Jane Doe)</author><category>Traffic</category>
<description>In short.</description><content:encoded><![CDATA[<p>The bridge <b>opened</b>.</p><h3>Cost</h3><p>Much.</p>]]></content:encoded></item>
<item><title>Second</title><description>&lt;p&gt;Only this.&lt;/p&gt;</description></item>
<item><title>Cut"#;

#[test]
fn content_comes_before_description_and_a_summary_says_so() {
    let all = read("a.xml", RSS.as_bytes());
    let [Ok(first), Ok(second), Err(cut)] = &all[..] else {
        panic!("{all:?}");
    };
    assert_eq!(first.title.as_deref(), Some("Bridge & river"));
    assert_eq!(first.text(), "The bridge opened.\n\nMuch.");
    assert_eq!(first.sections[1].heading.as_deref(), Some("Cost"));
    assert_eq!(
        (first.is_summary, first.standfirst.as_deref()),
        (false, Some("In short."))
    );
    assert_eq!(
        first.published.map(|p| p.to_string()).as_deref(),
        Some("2024-03-05T10:15:00+01:00")
    );
    assert_eq!(
        (first.own_id.as_deref(), first.url.as_deref()),
        (Some("id-1"), Some("https://example.org/a"))
    );
    assert_eq!(
        (&first.authors[..], &first.keywords[..]),
        (&["Jane Doe".to_owned()][..], &["Traffic".to_owned()][..])
    );
    assert_eq!(
        (first.source.as_deref(), first.lang.as_deref()),
        (Some("The Daily"), Some("en"))
    );
    assert_eq!(
        (second.is_summary, second.text().as_str(), second.record),
        (true, "Only this.", 2)
    );
    assert!(
        cut.reason.contains("truncated") && cut.record == 3,
        "{cut:?}"
    );
}

#[test]
fn atom_resolves_its_links_and_reads_xhtml() {
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.org/news/"><title>T</title>
    <entry><title type="html">a &amp;lt;b&amp;gt; &lt;i&gt;c&lt;/i&gt;</title><link href="../x"/><id>urn:x:1</id><updated>2024-03-05T10:15:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><ul><li>two</li></ul></div></content></entry></feed>"#;
    let entry = &articles("a.atom", atom.as_bytes())[0];
    assert_eq!(entry.url.as_deref(), Some("https://example.org/x"));
    assert_eq!(entry.text(), "One.\n\n- two");
    assert_eq!(entry.title.as_deref(), Some("a <b> c"));
}

#[test]
fn entities_of_a_feed_are_bounded_and_never_expanded() {
    let bomb = "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><rss><channel><item><title>&b;&b;</title></item></channel></rss>";
    assert_eq!(
        articles("a.xml", bomb.as_bytes())[0].title.as_deref(),
        Some("&b;&b;")
    );
    let many = format!(
        "<rss><channel><item><title>{}</title></item></channel></rss>",
        "&amp;".repeat(100_001)
    );
    let all = read("a.xml", many.as_bytes());
    assert!(
        matches!(&all[..], [Err(e)] if e.reason.contains("--max-entities")),
        "{all:?}"
    );
}

/// Entries, titles and times as the fixtures' own model has them.
#[test]
fn the_fixtures_of_a_feed_library_give_the_same_entries() {
    let Some(folder) = shared("feeds/feed-rs/fixture") else {
        return;
    };
    let mut seen = 0;
    for kind in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        for file in std::fs::read_dir(kind.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = file.path();
            let name = path.to_string_lossy().into_owned();
            let Some(stem) = name.strip_suffix(".serde.json") else {
                continue;
            };
            let Ok(Value::Object(model)) =
                serde_json::from_slice(&std::fs::read(&path).unwrap_or_default())
            else {
                panic!("{name}");
            };
            let extension = if name.contains("jsonfeed") {
                "json"
            } else {
                "xml"
            };
            let input = std::path::PathBuf::from(format!("{stem}.{extension}"));
            let mut titles = Vec::new();
            let _ = read_file(&input, &name, &Options::default(), &mut |outcome| {
                titles.extend(outcome.result.ok().map(|a| a.title.unwrap_or_default()));
                ControlFlow::Continue(())
            });
            let entries = model
                .get("entries")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let expected: Vec<String> = entries
                .iter()
                .map(|e| {
                    e["title"]["content"]
                        .as_str()
                        .unwrap_or("")
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" ")
                })
                .collect();
            assert_eq!(titles, expected, "{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, 17);
}
