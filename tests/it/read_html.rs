//! HTML pages: what is the article, what surrounds it, and pages that mean harm.

use crate::effort::Effort;
use dateline::article::Article;
use dateline::read::html::parse_html;
use dateline::read::{Limits, Trouble, TroubleKind};
use proptest::prelude::*;
use std::time::Duration;

fn read(html: &str) -> Article {
    parse_html(html, None, &Limits::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// The paragraphs, a line each.
fn text(article: &Article) -> String {
    let paragraphs = article.sections.iter().flat_map(|s| &s.paragraphs);
    paragraphs
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

fn sections(article: &Article) -> Vec<(Option<&str>, Vec<&str>)> {
    let parts = |s: &'_ dateline::article::Section| s.paragraphs.len();
    assert!(
        article
            .sections
            .iter()
            .all(|s| s.heading.is_some() || parts(s) > 0)
    );
    article
        .sections
        .iter()
        .map(|s| {
            (
                s.heading.as_deref(),
                s.paragraphs.iter().map(String::as_str).collect(),
            )
        })
        .collect()
}

const LEDE: &str = "The bridge over the river was opened on Tuesday, after nine years of work and two court cases.";
const COST: &str = "It cost ninety million, half as much again as the council had planned, the minister said on the day.";
const WAIT: &str = "Drivers waited for hours before the first cars could pass, and some turned round to take the ferry.";

fn page() -> String {
    format!(
        r#"<!DOCTYPE html><html lang="en-GB"><head><title>Bridge opens at last | The Daily</title>
        <meta property="og:site_name" content="The Daily"><meta property="og:title" content="Bridge opens at last">
        <link rel="canonical" href="https://example.org/news/bridge">
        <meta name="keywords" content="bridge, river">
        <script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle","headline":"Bridge opens at last",
        "datePublished":"2024-03-05T10:15:00+01:00","dateModified":"2024-03-06T08:00:00+01:00",
        "author":[{{"@type":"Person","name":"Jane Doe"}}],"mentions":[{{"@type":"Person","name":"Ann Lee"}}]}}</script></head>
        <body><div class="cookie-banner"><p>We use cookies to give you the best experience on this site, and so do our partners.</p></div>
        <nav><ul><li><a href="/">Home</a></li><li><a href="/uk">UK</a></li></ul></nav>
        <main><article><h1>Bridge opens at last</h1><p class="standfirst">Nine years late, cars cross the river.</p>
        <p class="byline">By Jane Doe</p>
        <div class="article-body"><p>{LEDE}</p>
        <figure><img src="a.jpg"><figcaption>A photograph of the bridge on the day of its opening.</figcaption></figure>
        <aside class="related"><h3>Related</h3><p><a href="/x">Ferry company to close its last line across the river</a></p></aside>
        <h2>What it cost</h2><p>{COST}</p><ul><li>Sixty million for steel, as the auditors found out in the end</li><li>Thirty million for land on the two banks of the river</li></ul>
        <p>Read more: <a href="/y">The ferry that nobody wants</a></p>
        <h2>What comes next</h2><p>{WAIT}</p></div>
        <div class="newsletter-signup"><p>Sign up for our newsletter and get the day's most important stories to your inbox.</p></div>
        </article></main><footer><p>© The Daily. All rights reserved. No part of this site may be copied.</p></footer></body></html>"#
    )
}

#[test]
fn a_page_gives_its_text_in_sections_and_nothing_around_it() {
    let article = read(&page());
    assert_eq!(
        sections(&article),
        [
            (None, vec![LEDE]),
            (
                Some("What it cost"),
                vec![
                    COST,
                    "- Sixty million for steel, as the auditors found out in the end",
                    "- Thirty million for land on the two banks of the river",
                ]
            ),
            (Some("What comes next"), vec![WAIT]),
        ]
    );
    assert_eq!(
        article.standfirst.as_deref(),
        Some("Nine years late, cars cross the river.")
    );
}

#[test]
fn a_page_gives_its_metadata_with_time_and_zone_as_written() {
    let article = read(&page());
    assert_eq!(article.title.as_deref(), Some("Bridge opens at last"));
    assert_eq!(article.authors, ["Jane Doe"]);
    assert_eq!(
        article.published.map(|p| p.to_string()).as_deref(),
        Some("2024-03-05T10:15:00+01:00")
    );
    assert_eq!(article.published.map(|p| p.from.as_str()), Some("json-ld"));
    assert_eq!(
        article.updated.map(|p| p.to_string()).as_deref(),
        Some("2024-03-06T08:00:00+01:00")
    );
    assert_eq!(article.source.as_deref(), Some("The Daily"));
    assert_eq!(
        article.url.as_deref(),
        Some("https://example.org/news/bridge")
    );
    assert_eq!(article.lang.as_deref(), Some("en-gb"));
    assert_eq!(article.keywords, ["bridge", "river"]);
    assert_eq!(
        article
            .entities
            .iter()
            .map(|e| e.name.as_str())
            .collect::<Vec<_>>(),
        ["Ann Lee"]
    );
}

#[test]
fn dates_are_taken_from_meta_url_and_text_and_never_invented() {
    let dated = |head: &str, body: &str| {
        let html = format!(
            "<head>{head}</head><body><h1>Bridge opens at last</h1>{body}<p>{LEDE}</p><p>{COST}</p></body>"
        );
        read(&html)
            .published
            .map(|p| format!("{p} {}", p.from.as_str()))
    };
    let meta = r#"<meta property="article:published_time" content="2024-03-05T10:15Z">"#;
    assert_eq!(
        dated(meta, "").as_deref(),
        Some("2024-03-05T10:15:00Z meta")
    );
    let url = r#"<link rel="canonical" href="https://example.org/2024/03/05/bridge">"#;
    assert_eq!(dated(url, "").as_deref(), Some("2024-03-05 url"));
    assert_eq!(
        dated("", r#"<p class="date">5 March 2024, 10:15</p>"#).as_deref(),
        Some("2024-03-05T10:15:00 text")
    );
    let time = r#"<time datetime="2024-03-05T10:15:00+01:00">Tuesday</time>"#;
    assert_eq!(
        dated("", time).as_deref(),
        Some("2024-03-05T10:15:00+01:00 meta")
    );
    assert_eq!(
        dated(
            r#"<meta property="article:modified_time" content="2024-03-05">"#,
            ""
        ),
        None
    );
    assert_eq!(dated("", "<p>© 2024 The Daily</p>"), None);
    let footer = "<article><p>Cars cross it.</p><footer>Posted on March 5th, 2024 by Jane</footer></article>";
    assert_eq!(dated("", footer).as_deref(), Some("2024-03-05 text"));
    let abbr = r#"<abbr class="published" title="2024-03-05T10:15:00+01:00">Tuesday</abbr>"#;
    assert_eq!(
        dated("", abbr).as_deref(),
        Some("2024-03-05T10:15:00+01:00 meta")
    );
    let both = r#"<time class="published updated" datetime="2024-03-05">Tuesday</time>"#;
    assert_eq!(dated("", both).as_deref(), Some("2024-03-05 meta"));
    let elsewhere = format!("{}<p>5 March 2024</p>", "<p>x</p>".repeat(200));
    assert_eq!(dated("", &elsewhere).as_deref(), Some("2024-03-05 text"));
    let two = format!("{elsewhere}<p>6 March 2024</p>");
    assert_eq!(dated("", &two), None);
    let related = r#"<div class="related"><p>5 March 2024</p></div>"#;
    assert_eq!(dated("", related), None);
}

#[test]
fn of_several_dates_the_publications_is_taken() {
    let dated = |head: &str, body: &str| {
        let html = format!(
            "<html lang=de><head>{head}</head><body>{body}<p>{LEDE}</p><p>{COST}</p></body>"
        );
        let article = read(&html);
        let day =
            |p: Option<dateline::article::Published>| p.map(|p| p.to_string()[..10].to_owned());
        (day(article.published), day(article.updated))
    };
    let some = |day: &str| Some(day.to_owned());
    let shown = "<article><h1>Bridge opens at last</h1>";
    for (name, head, body, published, updated) in [
        (
            "a date of no said meaning, against the one at the headline",
            r#"<meta name="date" content="2024-03-12">"#,
            format!(r#"<div class="news-date">05.03.2024</div>{shown}"#),
            some("2024-03-05"),
            None,
        ),
        (
            "a system's month and day, decided by what is printed",
            r#"<meta name="date" content="03/05/2024 12:43:42">"#,
            format!("{shown}<p>Erstellt am: 05.03.2024</p>"),
            some("2024-03-05"),
            None,
        ),
        (
            "an update, told by the words before it",
            "",
            format!(
                "{shown}<p>Published 5 March 2024</p>last updated <time datetime=2024-04-04>4 April</time>"
            ),
            some("2024-03-05"),
            some("2024-04-04"),
        ),
        (
            "only an update is known: the day of the text as it stands",
            "",
            format!("{shown}<p>Zuletzt bearbeitet: 04.04.2024</p>"),
            some("2024-04-04"),
            some("2024-04-04"),
        ),
        (
            "a post that the article quotes",
            "",
            format!("{shown}<blockquote><time datetime=2024-01-01>x</time></blockquote>"),
            None,
            None,
        ),
        (
            "an aside that holds the byline",
            "",
            format!("{shown}<aside><time>5. März 2024</time></aside>"),
            some("2024-03-05"),
            None,
        ),
        (
            "an aside that holds other articles",
            "",
            format!("{shown}<aside><h3>Dam fails</h3><time>6. März 2024</time></aside>"),
            None,
            None,
        ),
    ] {
        let head = format!("{head}<title>Bridge opens at last</title>");
        assert_eq!(dated(&head, &body), (published, updated), "{name}");
    }
}

#[test]
fn the_headline_is_what_the_pages_own_statements_agree_on() {
    let title = |head: &str, body: &str| {
        let html = format!("<head>{head}</head><body>{body}<p>{LEDE}</p></body>");
        read(&html).title.unwrap_or_default()
    };
    let og = |t: &str| format!(r#"<meta property="og:title" content="{t}">"#);
    // A site's name is the first h1 of many blogs.
    let head = format!(
        "{}<title>The River Post: Bridge opens after nine years</title>",
        og("Bridge opens after nine years")
    );
    assert_eq!(
        title(&head, "<h1>The River Post</h1>"),
        "Bridge opens after nine years"
    );
    // A section's name stands in og:title.
    let head = format!(
        "{}<title>Press: Bridge opens after nine years</title>",
        og("Press releases")
    );
    assert_eq!(
        title(&head, "<h1>Bridge opens after nine years</h1>"),
        "Bridge opens after nine years"
    );
    // A date is appended to every field, and shown inside the heading.
    let head = og("Bridge opens after nine years : 05.03.2024, 11.41 Uhr");
    assert_eq!(
        title(&head, "<h1>Bridge opens after nine years</h1>"),
        "Bridge opens after nine years"
    );
    // Nothing agrees with what a page shows as its one headline.
    let head = og("13 ways to cross a river");
    assert_eq!(
        title(&head, "<h1>Bridge opens after nine years</h1>"),
        "Bridge opens after nine years"
    );
    // Scripts without spaces, and a site's name behind a colon.
    let head = og("長年の工事を経て橋がついに開通：川の新聞");
    assert_eq!(
        title(&head, "<h1>長年の工事を経て橋がついに開通</h1>"),
        "長年の工事を経て橋がついに開通"
    );
    let head = format!(
        r#"{}<link rel="canonical" href="https://www.riverpost.example/a">"#,
        og("Bridge opens after nine years : World : Riverpost online")
    );
    assert_eq!(title(&head, ""), "Bridge opens after nine years : World");
    // What its readers saw goes before what was written for search engines.
    let head = og("River bridge opens: what drivers must know after nine years");
    assert_eq!(
        title(&head, "<h1>Bridge opens after nine years of work</h1>"),
        "Bridge opens after nine years of work"
    );
}

#[test]
fn a_publishers_own_text_tells_the_article_from_what_looks_like_it() {
    let other = "The ferry company said on Monday that it would close its last line across the river by the end of June, with forty people out of work.";
    let html = format!(
        r#"<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Bridge opens","articleBody":"{LEDE} {COST} {WAIT}"}}</script>
        <h1>Bridge opens</h1><div><p>{LEDE}</p><p>{COST}</p><p>{WAIT}</p><p>{other}</p><p>{other}</p></div>"#
    );
    assert_eq!(sections(&read(&html)), [(None, vec![LEDE, COST, WAIT])]);
}

#[test]
fn a_references_day_is_not_the_articles() {
    let page = read(concat!(
        "<title>On rheumatism</title><h1>On rheumatism</h1><p>Published: <time datetime=2017-01-30>30 January 2017</time>",
        "<ol><li itemprop=citation itemscope><meta itemprop=datePublished content=1988>An older paper</ol>",
    ));
    assert_eq!(page.published.unwrap().to_string(), "2017-01-30");
}

#[test]
fn a_day_is_found_in_an_articles_own_teaser_and_in_a_page_named_for_its_sidebar() {
    let long =
        "The ministry paid a premium for every animal that was shot in the region last year. "
            .repeat(4);
    for html in [
        format!(
            "<h3 class=bb-teaser-meta>02.01.2022</h3><h1>Land pays premium for boars</h1><p>{long}"
        ),
        format!(
            "<h1>Land pays premium for boars</h1><div class=teaser-metadata><p>By Jo on 2 January 2022</div><p>{long}"
        ),
        format!(
            "<div class=layoutRightSidebar><h2>Food</h2><ul><li class=artikeldatum><time datetime='2022-01-02 16:11'>2. 1.</time></ul><p>{long}</div>"
        ),
    ] {
        let html = format!("<html lang=de><title>Land pays premium for boars</title>{html}");
        let day = read(&html).published.map(|p| p.to_string());
        assert_eq!(
            day.as_deref().and_then(|d| d.get(..10)),
            Some("2022-01-02"),
            "{html}"
        );
    }
    let other = format!(
        "<title>Land pays premium</title><h1>Land pays premium</h1><p>{long}<div class=teaser><h2>Fox seen</h2><span class=date>2.1.2022</span></div>"
    );
    assert_eq!(read(&other).published, None);
}

#[test]
fn of_several_days_in_a_footer_the_one_called_published_counts() {
    let page = read(concat!(
        "<title>A review</title><h2>A review</h2><p>The book has three parts.<p>Born 4 May 1960 in Linz.",
        "<p>Last updated: 31.10.2023 - 14:49:39<br>Erschienen am: 01.11.2023<br>",
    ));
    assert_eq!(page.published.unwrap().to_string(), "2023-11-01");
}

#[test]
fn a_machine_time_that_cannot_be_read_gives_way_to_what_is_printed() {
    let page = read(
        "<title>Travel costs</title><h1>Travel costs</h1><time datetime='01-11-2023 10:29'>1. November 2023 10:29</time><p>Text.",
    );
    assert_eq!(page.published.unwrap().to_string(), "2023-11-01T10:29:00");
}

#[test]
fn a_page_of_one_short_paragraph_gives_it() {
    let page = read(
        "<html><title>Notice</title><body><ul><li><a href=/>Home page</a></ul><p>The office is closed today.</p></body></html>",
    );
    assert_eq!(text(&page), "The office is closed today.");
}

#[test]
fn a_gallery_is_read_with_what_is_told_of_each_picture() {
    let told = |n: usize| {
        format!(
            "<figure class=slide><img src={n}.jpg><p>Costume number {n} needs a bowler hat, false lashes and white trousers.</figure>"
        )
    };
    let page = format!(
        "<title>Costumes</title><div class=entry-content><h1>Costumes</h1><p>Ten ideas that are easy to sew for the feast.{}</div>",
        (0..10).map(told).collect::<String>()
    );
    let text = text(&read(&page));
    assert!(
        text.contains("Costume number 0") && text.contains("Costume number 9"),
        "{text}"
    );
}

#[test]
fn a_story_in_parts_with_links_between_is_read_whole() {
    let links =
        "<ul><li><a href=/a>Look at this lamp</a><li><a href=/b>Look at that chair</a></ul>";
    let part = |n: usize| {
        format!(
            "<article class=part><div><p>Part {n}: the cupboard is from the fifties and was found at a market.</p></div>{links}</article>"
        )
    };
    let page = format!(
        "<title>At home</title><h1>At home</h1><div>{}</div>",
        (0..8).map(part).collect::<String>()
    );
    let text = text(&read(&page));
    assert!(text.contains("Part 0") && text.contains("Part 7"), "{text}");
}

#[test]
fn an_excerpt_in_json_ld_does_not_cut_the_article_short() {
    let opening = "Graphics cards are finally starting to hit store shelves, and so do the machines that hold them; we list what we know of each of these machines, their prices, and when they can be had, as far as the makers told us this week.";
    let rest = |n: usize| {
        format!(
            "<p>Machine {n} has two fans, a quiet case, and costs about as much as the card alone did last year."
        )
    };
    let page = format!(
        r#"<title>Where to buy</title><script type="application/ld+json">{{"@type":"NewsArticle","headline":"Where to buy","articleBody":"{opening}"}}</script><h1>Where to buy</h1><div><p>{opening}</p>{}</div>"#,
        (0..12).map(rest).collect::<String>()
    );
    let text = text(&read(&page));
    assert!(
        text.contains("Graphics cards") && text.contains("Machine 11"),
        "{text}"
    );
}

#[test]
fn an_article_of_the_category_newsletter_is_no_newsletter() {
    let long =
        "The cake is baked on a tray and keeps fresh for three days under a cloth. ".repeat(3);
    let comment =
        "I have baked it three times now and everybody liked it very much indeed! ".repeat(9);
    let page = format!(
        "<title>Lemon cake</title><article class='post category-newsletter entry'><h1>Lemon cake</h1><p>{long}</article><div class=comments><p>{comment}</div>"
    );
    let text = text(&read(&page));
    assert!(
        text.contains("on a tray") && !text.contains("three times"),
        "{text}"
    );
}

#[test]
fn readings_above_characters_are_left_out() {
    let html = "<h1>題</h1><p><ruby>漢字<rt>かんじ</rt></ruby>の本文がここにあり、とても長い文章が続いていきます。そしてまた、もう一つの文章が続きます。</p>";
    assert!(
        read(html).text().starts_with("漢字の本文"),
        "{}",
        read(html).text()
    );
}

#[test]
fn old_encodings_are_read_by_their_declaration() {
    let html = b"<html><head><meta http-equiv='Content-Type' content='text/html; charset=iso-8859-2'></head><body><h1>\xa3\xf3d\xbc</h1></body></html>";
    let article = dateline::read::html::parse_bytes(html, None, None, &Limits::default());
    assert_eq!(
        article.map(|a| (a.title, a.encoding)),
        Ok((Some("Łódź".into()), "ISO-8859-2".into()))
    );
}

/// Reads a hostile page: an article or a failure, but soon.
fn survives(name: &str, html: &str) -> Result<Article, Trouble> {
    let begun = Effort::begin();
    let read = parse_html(html, None, &Limits::default());
    let took = begun.so_far();
    assert!(took < Duration::from_secs(10), "{name}: {took:?}");
    if let Err(trouble) = &read {
        assert_eq!(trouble.kind, TroubleKind::Failed, "{name}");
    }
    read
}

#[test]
fn hostile_pages_end_soon_in_an_article_or_a_failure() {
    let deep = survives("nested divs", &"<div>".repeat(100_000));
    assert!(deep.is_err_and(|e| e.reason.contains("nested deeper than 500")));
    let wide = "x".repeat(10 << 20);
    assert!(survives("attribute", &format!("<p class=\"{wide}\">a</p>")).is_ok());
    assert!(survives("text", &format!("<p>{wide}</p>")).is_ok());
    assert!(survives("comment", &format!("<!--{wide}")).is_ok());
    for (name, html) in [
        ("tags", "<i></i>".repeat(500_000)),
        ("unclosed inline", "<b><i><a href=x>".repeat(50_000)),
        ("unclosed paragraphs", "<p>x".repeat(200_000)),
        ("tables", "<table><tr><td>".repeat(160)),
        ("end tags", "</div></p></a>".repeat(300_000)),
        ("references", "&#0;&#xFFFFFF;&bogus;&amp&lt".repeat(50_000)),
        ("lists", "<ul><li>".repeat(240)),
        (
            "json",
            format!(
                "<script type=\"application/ld+json\">{}</script>",
                "[".repeat(200_000)
            ),
        ),
        ("metas", "<meta name=a content=b>".repeat(100_000)),
        ("headings", "<h1>x</h1>".repeat(50_000)),
        ("times", "<time datetime=2024-03-05>x</time>".repeat(20_000)),
        (
            "attributes",
            format!(
                "<p {}>",
                (0..30_000).map(|n| format!("a{n} ")).collect::<String>()
            ),
        ),
        ("nothing", String::new()),
        ("zeros", "\0".repeat(100_000)),
    ] {
        let _ = survives(name, &html);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_survived(text in "\\PC{0,400}") {
        let _ = parse_html(&text, None, &Limits::default());
    }

    #[test]
    fn any_cut_of_a_page_is_survived(at in 0_usize..3_000) {
        let page = page();
        let at = page.floor_char_boundary(at.min(page.len()));
        let _ = parse_html(&page[..at], None, &Limits::default());
        let _ = parse_html(&page[at..], None, &Limits::default());
    }
}
