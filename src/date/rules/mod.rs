//! The rules: each reads one kind of expression at a token and says where it ends and what it means.

mod absolute;
mod amount;
mod clock;
mod definite;
mod duration;
mod modified;
mod month;
mod near;
mod numeric;
mod period;
pub mod range;
mod relative;
mod romance;
mod set;
mod tense;
mod weekday;

pub use relative::shifted as unit_at_distance;
