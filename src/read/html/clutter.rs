//! Names and phrases by which a page says what is not its article.

use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// Parts of `class`, `id` and test names, in lower case, that mark what surrounds an article.
///
/// A name is split at anything but letters and digits and before capitals, and joined by `-`
/// with one at each end, so that `-ad-` is a whole word here.
static NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        "-(?:",
        "related|recommend(?:ed|ation|ations|s)?|recirc(?:ulation)?|readmore|read-more|read-next|readnext|more-from|more-on|morefrom|",
        "more-stories|more-news|see-also|seealso|also-read|you-may|youmay|ymal|up-next|next-article|next-post|prev-post|",
        "trending|popular|most-read|mostread|most-viewed|topstories|top-stories|latest-news|taboola|outbrain|zergnet|revcontent|plista|",
        "share|shares|sharing|sharebar|sharetools|sharethis|share-this|social|socials|socialmedia|addthis|addtoany|sharedaddy|jp-relatedposts|",
        "newsletter|newsletters|subscribe|subscription|subscriptions|signup|sign-up|paywall|piano|regwall|",
        "promo|promos|promotion|promobox|teaser|teasers|teaserbox|sponsored|sponsor|advert|adverts|advertisement|advertising|advertorial|ads|adbox|adslot|ad-slot|",
        "ad-container|ad-wrapper|ad-unit|adsbygoogle|werbung|anzeige|publicidad|publicite|reklama|dfp|gpt-ad|",
        "comment|comments|commentlist|disqus|respond|reactions|kommentar|kommentare|comentarios|discussion|livefyre|coral|",
        "breadcrumb|breadcrumbs|pagination|pager|paging|navigation|nav|navbar|menu|submenu|sitemap|skip-link|skiplink|toolbar|",
        "sidebar|side-bar|rail|right-rail|rightrail|widgets|widget-area|widget-title|sidebar-widget|footer|site-footer|masthead|topbar|top-bar|",
        "cookie|cookies|consent|gdpr|cmp|onetrust|banner|modal|popup|pop-up|overlay|lightbox|dialog|tooltip|toast|",
        "author-bio|authorbio|author-box|authorbox|about-author|about-the-author|author-info|author-card|bio|biography|contributor-bio|author-description|post-author|autor-box|",
        "caption|captions|wp-caption|figcaption|image-credit|photo-credit|credit|credits|copyright|legal|disclaimer|image-caption|bildunterschrift|media-caption|",
        "tag-list|taglist|tags|tag-cloud|tagcloud|tag-links|post-tags|keywords|article-tags|entry-tags|topics|topic-list|",
        "byline|by-line|dateline-info|timestamp|entry-meta|entry-utility|post-meta|article-meta|post-info|meta-data|metadata|metainfo|article-info|",
        "login|register|search-form|searchform|poll|survey|quiz|rating|ratings|vote|votes|",
        "print-only|printonly|screen-reader|sr-only|visually-hidden|visuallyhidden|noprint|",
        "factbox-promo|video-playlist|playlist|gallery-thumbs|slideshow-nav|carousel|slider|ticker|",
        "feedback|donate|donation|crowdfunding|patreon|membership|app-store|download-app|whatsapp|telegram-channel|",
        "storyfooter|story-footer|article-footer|entry-footer|post-footer|articlefooter|article-bottom|after-content|below-article|post-navigation|",
        "correction-form|audio-player|player|article-audio|listen|speech|text-to-speech|toc|table-of-contents|",
        "hatnote|navbox|mw-editsection|printfooter|catlinks|reflist|references|",
        "backlinks|tools|utility|utilities|actions|buttons|button|icons",
        ")-",
    ))
    .unwrap_or_else(|_| never())
});

/// Names of what holds the text of an article.
static BODY_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        "-(?:article-?body|articlebody|article-?content|article-?text|articletext|article-?copy|article-body-content|story-?body|storybody|story-?content|story-?text|",
        "entry-?content|entrycontent|post-?content|postcontent|post-?body|postbody|body-?content|bodytext|body-?text|body-?copy|content-?body|contentbody|",
        "post-?text|news-?text|news-?content|news-?body|newsbody|newstext|text-?content|page-?content|article-main|article-page-content|single-content|td-post-content|rich-?text|",
        "main-?text|maintext|text-?body|textbody|artikeltext|artikel-?text|artikel-?content|artikelinhalt|article-?inner|articulo-cuerpo|cuerpo|texto-?noticia|contenido|corpo|",
        "article-paragraphs|articleparagraphs|paywall-content|meteredcontent|c-entry-content|wysiwyg|field-name-body|field-body|nota-cuerpo|texte|content-text|article-detail|detail-text)-",
    ))
    .unwrap_or_else(|_| never())
});

/// Names of a standfirst.
static STANDFIRST_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        "-(?:standfirst|stand-first|subtitle|sub-title|subheadline|sub-headline|subhead|subheading|sub-heading|article-dek|dek|deck|kicker-text|summary|",
        "lead|lede|lead-text|leadtext|article-lead|teaser-text|teaser|vorspann|intro|introduction|article-intro|chapeau|chapo|bajada|copete|sottotitolo|ingress|excerpt|",
        "article-description|article-summary|headline-sub|tagline|abstract)-",
    ))
    .unwrap_or_else(|_| never())
});

/// Paragraphs that are not the article's own, by how they begin or by all that they say.
static PHRASES: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        r"^(?:read|see|watch|listen|click|more)(?: (?:also|more|next|here|on this|on that|on the topic|about this|from [\w ]{1,30}))? ?(?::|»|>|→|$)",
        r"^(?:also read|read also|see also|related|related (?:articles?|stories|story|coverage|topics?|content|links?|posts?|news|reading|video)|recommended(?: (?:reading|stories|for you))?|you (?:may|might) (?:also )?(?:like|enjoy|be interested in)|don.t miss|editor.s? picks?|trending(?: now)?|most (?:read|popular|viewed)|more (?:from|on|stories|news|top stories|coverage)\b.{0,40}|up next|what to read next|top stories|latest (?:news|stories)|must read|in this article|share this.{0,40}|share (?:on|via|with) .{0,30}|share|tweet|email|print|comments?|leave a (?:comment|reply).{0,20}|advertisement|advertising|sponsored(?: content)?|promoted|story continues(?: below)?.{0,25}|article continues(?: below)?.{0,25}|continue reading.{0,30}|scroll (?:down )?(?:to|for) .{0,40}|skip (?:to|past|advert|ad|newsletter).{0,50}|loading.{0,20}|subscribe(?: now)?|sign up(?: now)?|log ?in|register|follow us.{0,30}|topics?|tags?|filed under.{0,60}|categories|photos?|video|gallery|view gallery|image \d+ of \d+|play video|see all.{0,30}|show more|load more|back to top|top|close|menu|search|next|previous|newsletter|contact us.{0,30}|about the author)\.?:?$",
        r"^(?:sign up (?:for|to|here|now|today)|subscribe (?:to|for|now|here|today)|get (?:the|our) .{0,60}(?:newsletter|inbox|app)|join (?:our|the) .{0,40}(?:newsletter|whatsapp|telegram|channel)|follow (?:us|me|him|her|the \w+|[\w ]{2,30}) on (?:twitter|facebook|instagram|x\b|linkedin|google)|like us on facebook|click here (?:to|for)|download (?:our|the) .{0,30}app\b|for more (?:news|stories|information on this)|to (?:read|see|comment|continue reading) .{0,60}(?:subscribe|log in|register|sign)|already a (?:subscriber|member)|by (?:signing|subscribing|submitting|entering)|we use cookies|this (?:site|website) uses cookies|this site is protected by recaptcha|please enable javascript|your browser does not|have (?:a|any) (?:story|tip|news tip).{0,60}|got a (?:tip|story).{0,60}|send (?:us )?(?:your )?(?:tips?|feedback))",
        r"^(?:©|copyright\b|\(c\) ?\d{4}|all rights reserved|this (?:article|story) (?:originally|first) appeared|this material may not be published)",
        r"(?:may not be published, broadcast, rewritten|all rights reserved\.?$|read the full (?:story|article) (?:here|at))",
        r"^(?:lesen sie (?:auch|mehr|hier)|mehr (?:zum thema|dazu|lesen|zu)|zum thema|auch interessant|das könnte (?:sie|dich) (?:auch )?interessieren|weiterlesen|weitere (?:artikel|nachrichten|infos|informationen zum thema|themen)|ähnliche (?:artikel|beiträge)|newsletter|anzeige|werbung|teilen|drucken|kommentare?|kommentar (?:schreiben|verfassen)|schlagw(?:ort|orte|örter)|jetzt (?:lesen|anmelden|abonnieren)|zur startseite|nach oben|bildrechte|quelle: .{0,40}|foto: .{0,60}|bild: .{0,60}|impressum|datenschutz)\b.{0,60}$",
        r"^(?:lire (?:aussi|la suite|également)|à lire(?: aussi)?|voir aussi|sur le même sujet|lea también|lee también|leer más|te puede interesar|más información|leggi anche|potrebbe interessarti|leia (?:também|mais)|veja também|lees ook|lees meer|czytaj (?:też|także|więcej)|zobacz (?:też|także|również)|читайте (?:также|ещё|еще)|les også|läs också|læs også|lue myös|ayrıca okuyun|关键词|责任编辑|相关(?:新闻|阅读|文章)|関連記事|続きを読む|原标题)",
        r"^(?:photo(?:graph)?|image|picture|credit|photo credit|video|file photo|fotos?|getty images|ap photo|reuters/)(?: ?[:/©|]| by )",
        r"^(?:veröffentlicht|published|posted) ?in.{0,40}$",
        r"^(?:published|updated|last (?:updated|modified)|posted|first published|created|veröffentlicht|aktualisiert|stand|erstellt|publié|mis à jour)(?: (?:on|at|am|le|:))? ?:? ?.{0,50}\d{4}.{0,30}$",
        r"^(?:empfohlener (?:redaktioneller|externer) inhalt|externer inhalt|an dieser stelle (?:befindet sich|finden sie|steht|wird) ein|ich bin (?:damit )?einverstanden, dass|mit (?:ihrer|deiner) zustimmung|wir respektieren (?:ihre|deine) privatsphäre|mehr (?:dazu|infos?) in (?:unserer|der) datenschutz|this content is (?:hosted|provided) by|to view this content|pour afficher ce contenu|para ver este contenido)",
        r"^(?:afp|dpa|reuters|getty images|epa|apa|imago|picture alliance|shutterstock|ap photo)(?: images?)? ?[/|©] ?[^.]{0,60}$",
        r"^(?:\d+ )?(?:comments?|shares?|views?|kommentare?|likes?|min(?:ute)?s? read|min read)$",
        r"^(?:[\w-]+ ){0,3}(?:facebook|twitter|whatsapp|linkedin|pinterest|e-?mail|telegram|reddit|instagram|messenger|copy link)(?: (?:facebook|twitter|whatsapp|linkedin|pinterest|e-?mail|telegram|reddit|instagram|print|messenger|copy link|share|x))*$",
    ])
    .unwrap_or_else(|_| never())
});

/// Patterns are constants, and a test compiles each.
#[allow(clippy::unreachable)]
pub(super) fn never<T>() -> T {
    unreachable!("a constant pattern does not compile")
}

/// What a name says of the element that bears it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct NameSays {
    pub clutter: bool,
    pub body: bool,
    pub standfirst: bool,
}

impl NameSays {
    /// What either says.
    pub fn or(self, other: Self) -> Self {
        Self {
            clutter: self.clutter || other.clutter,
            body: self.body || other.body,
            standfirst: self.standfirst || other.standfirst,
        }
    }
}

/// Names that are clutter only as a whole: `label-hidden` says nothing of what it labels.
const WHOLE: [&str; 8] = [
    "hide",
    "hidden",
    "invisible",
    "d-none",
    "is-hidden",
    "no-print",
    "display-none",
    "u-hidden",
];

/// Beginnings by which a name says what its element has or lacks around it, not what it is.
const RELATIONS: [&str; 11] = [
    "-no-",
    "-non-",
    "-not-",
    "-has-",
    "-with-",
    "-without-",
    "-enable-",
    "-js-",
    "-elementor-",
    "-type-",
    // WordPress names a post's topics on it.
    "-category-",
];

/// Judges one class, id or test name.
pub(super) fn judge(name: &str, buffer: &mut String) -> NameSays {
    buffer.clear();
    words(name, buffer);
    if buffer.len() < 4 {
        return NameSays::default();
    }
    let related = RELATIONS.iter().any(|r| buffer.starts_with(r))
        || buffer.contains("-with-")
        || buffer.contains("-non-");
    NameSays {
        clutter: (!related && NAMES.is_match(buffer))
            || WHOLE.iter().any(|w| name.eq_ignore_ascii_case(w)),
        body: BODY_NAMES.is_match(buffer),
        standfirst: STANDFIRST_NAMES.is_match(buffer),
    }
}

/// Appends `name` to `out` in lower case, split at capitals and signs, each part after a `-`.
pub(super) fn words(name: &str, out: &mut String) {
    let mut lower_before = false;
    if !out.ends_with('-') {
        out.push('-');
    }
    for c in name.chars().take(400) {
        if !c.is_alphanumeric() {
            if !out.ends_with('-') {
                out.push('-');
            }
            lower_before = false;
            continue;
        }
        if c.is_uppercase() && lower_before && !out.ends_with('-') {
            out.push('-');
        }
        lower_before = c.is_lowercase();
        out.extend(c.to_lowercase());
    }
    if !out.ends_with('-') {
        out.push('-');
    }
}

/// Whether a paragraph speaks to the reader of the page instead of telling the story.
///
/// Long paragraphs are not looked at: they tell something even where they begin so.
pub(super) fn is_chatter(text: &str) -> bool {
    text.len() < 400 && PHRASES.is_match(&text.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(name: &str) -> NameSays {
        name.split_whitespace()
            .map(|n| judge(n, &mut String::new()))
            .fold(NameSays::default(), NameSays::or)
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(NAMES.is_match("-related-"));
        assert!(BODY_NAMES.is_match("-article-body-"));
        assert!(STANDFIRST_NAMES.is_match("-standfirst-"));
        assert!(PHRASES.is_match("read more:"));
    }

    #[test]
    fn names_are_split_at_signs_and_capitals() {
        let mut out = String::new();
        words("ArticleBody__relatedLinks js_x", &mut out);
        assert_eq!(out, "-article-body-related-links-js-x-");
    }

    #[test]
    fn parts_of_words_do_not_mark_clutter() {
        assert!(!judged("shared-content").clutter);
        assert!(!judged("header").clutter);
        assert!(!judged("field--label-hidden has-comments non-paywall").clutter);
        assert!(judged("row hidden").clutter);
        assert!(judged("c-relatedPosts related").clutter);
        assert!(judged("StoryBody").body);
    }

    #[test]
    fn a_report_that_begins_with_read_is_no_chatter() {
        assert!(is_chatter("Read more: the budget in full"));
        assert!(is_chatter("Lesen Sie auch: Der Haushalt"));
        assert!(!is_chatter(
            "Read the minutes, said the judge, and the room fell silent."
        ));
        assert!(!is_chatter(
            "More than 200 people were killed in the flood."
        ));
    }
}
