//! A sample of the articles that an index is first given, which its dictionary is made of.

use super::document::head_of;
use super::ledger::FileHead;
use super::packed::{dictionary, dictionary_bytes, sample_bytes};
use super::roots::Roots;
use super::scan::Item;
use super::stored::{self, Block, TOGETHER};
use crate::article::Article;
use crate::passage;
use crate::read::{Options, read_file};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

/// Files looked at, evenly spread over what is to be read.
const MOST_FILES: usize = 512;
/// What is taken of a file at least, if it has it.
const LEAST_OF_FILE: usize = 16 << 10;

/// The dictionary for an index that is first given these files; empty where they hold little.
pub(crate) fn dictionary_of(
    items: &[Item],
    roots: &Roots,
    readers: &Options,
    cancel: &AtomicBool,
) -> Vec<u8> {
    let size = dictionary_bytes(items.iter().map(|item| item.bytes).sum());
    if size == 0 {
        return Vec::new();
    }
    let wanted = sample_bytes(size);
    let step = items.len().div_ceil(MOST_FILES);
    let taken = items.len().div_ceil(step);
    let of_file = (wanted / taken).max(LEAST_OF_FILE);
    let mut samples: Vec<Vec<u8>> = Vec::new();
    let mut all = 0;
    for item in items.iter().step_by(step) {
        if all >= wanted || cancel.load(Ordering::Relaxed) {
            break;
        }
        let mut of_this = 0;
        let name = FileHead::new(item.root, roots.prefix(item.root), &item.path).name();
        // What cannot be read is told when it is read to be indexed.
        let _ = read_file(&item.place(roots), &name, readers, &mut |outcome| {
            let Ok(article) = outcome.result else {
                return ControlFlow::Continue(());
            };
            let texts = catch_unwind(AssertUnwindSafe(|| texts_of(&article))).unwrap_or_default();
            of_this += texts.iter().map(Vec::len).sum::<usize>();
            samples.extend(texts);
            match of_this >= of_file || cancel.load(Ordering::Relaxed) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        all += of_this;
    }
    dictionary(&samples, size)
}

/// The texts of an article's blocks, without what is found in them.
fn texts_of(article: &Article) -> Vec<Vec<u8>> {
    let passages = passage::split(article);
    let mut head = Some(head_of(article, passages.len()));
    let mut block = Block::default();
    let blocks = passages.chunks(TOGETHER).map(|passages| {
        let encoded = stored::encode(passages, head.take().as_ref(), &mut block);
        encoded.ok().map(|()| std::mem::take(&mut block.texts))
    });
    blocks.flatten().collect()
}
