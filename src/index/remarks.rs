//! What a run says at its end of articles that it took, though not all is well with them.

use crate::article::{Article, Status};

/// Remarks of one run, each told once with how many articles it is about.
#[derive(Default)]
pub(crate) struct Remarks {
    /// Read without something that they state, such as an impossible date, or cut by their crawler.
    dropped: Tally,
    /// Published on a day still to come.
    coming: Tally,
    /// Canceled, or withheld without an end.
    withheld: Tally,
}

impl Remarks {
    /// Looks at an article; `now_ns` are nanoseconds from 1970.
    pub fn look_at(&mut self, article: &Article, now_ns: i64) {
        if let Some(reason) = article.warnings.first() {
            self.dropped.add(article, reason);
        }
        if let Some(published) = article.published.filter(|p| p.is_after(now_ns)) {
            self.coming.add(article, &published.to_string());
        }
        if article.hidden_until() == Some(i64::MAX) {
            let status = article.status.unwrap_or(Status::Embargoed);
            self.withheld.add(article, status.as_str());
        }
    }

    /// The same with those of another round.
    pub fn merge(&mut self, other: Self) {
        self.dropped.merge(other.dropped);
        self.coming.merge(other.coming);
        self.withheld.merge(other.withheld);
    }

    /// Sentences for the run's summary.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let dropped = self.dropped.first().map(|(n, place, reason)| match n {
            1 => format!("{place}: read in part: {reason}"),
            n => format!("{n} articles were read in part, such as {place}: {reason}"),
        });
        let coming = self.coming.first().map(|(n, place, day)| match n {
            1 => format!("{place}: published {day}, which is still to come"),
            n => {
                format!("{n} articles are published on days still to come, such as {place}: {day}")
            }
        });
        let withheld = self.withheld.first().map(|(n, place, status)| match n {
            1 => format!("{place}: {status}; `show` has it, searches do not find it"),
            n => format!(
                "{n} articles are {status} or the like, such as {place}; `show` has them, searches do not find them"
            ),
        });
        [dropped, coming, withheld].into_iter().flatten()
    }
}

/// How many articles a remark is about, with the first by path and what is said of it.
#[derive(Default)]
struct Tally {
    articles: u64,
    first: Option<(String, String)>,
}

impl Tally {
    fn add(&mut self, article: &Article, said: &str) {
        let place = match article.record {
            0 => article.path.clone(),
            n => format!("{}, record {n}", article.path),
        };
        self.merge(Self {
            articles: 1,
            first: Some((place, said.to_owned())),
        });
    }

    fn merge(&mut self, other: Self) {
        self.articles += other.articles;
        self.first = self.first.take().into_iter().chain(other.first).min();
    }

    fn first(&self) -> Option<(u64, &str, &str)> {
        let (place, said) = self.first.as_ref()?;
        Some((self.articles, place, said))
    }
}
