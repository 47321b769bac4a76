//! What tests of readers share.

use super::{Options, Trouble, read_stream};
use crate::article::Article;
use std::ops::ControlFlow;

/// Everything that a stream gives, in order.
pub(super) fn read(options: &Options, path: &str, bytes: &[u8]) -> Vec<Result<Article, Trouble>> {
    let mut out = Vec::new();
    let _ = read_stream(path, bytes, options, &mut |outcome| {
        out.push(outcome.result);
        ControlFlow::Continue(())
    });
    out
}

/// `TITLE@RECORD:OFFSET` of each article, the kind and record of each trouble.
pub(super) fn places(results: &[Result<Article, Trouble>]) -> Vec<String> {
    let place = |result: &Result<Article, Trouble>| match result {
        Ok(a) => {
            let title = a.title.as_deref().unwrap_or("-");
            format!("{title}@{}:{}", a.record, a.offset)
        }
        Err(t) => format!("{:?}@{}", t.kind, t.record),
    };
    results.iter().map(place).collect()
}

/// Why there is no article, for each trouble.
pub(super) fn reasons(results: &[Result<Article, Trouble>]) -> Vec<&str> {
    let troubles = results.iter().filter_map(|r| r.as_ref().err());
    troubles.map(|t| t.reason.as_str()).collect()
}
