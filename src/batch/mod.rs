//! Many queries at once: topics files in, answers out in the same order.

mod run;
mod topics;
mod trec;

pub use run::{Batch, Done, Summary};
pub use topics::{BadRow, Topic, TopicFormat, Topics, guess};

#[cfg(test)]
mod tests;
