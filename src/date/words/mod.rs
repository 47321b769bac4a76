//! One table a language: which words mean what. The rules know classes, never words.

pub mod en;
