//! One table a language: which words mean what. The rules know classes, never words.

pub mod basic;
pub mod de;
pub mod en;
pub mod es;
pub mod fr;
