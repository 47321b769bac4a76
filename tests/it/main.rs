mod date;
mod families;
mod index_crash;
mod index_damage;
mod index_equal;
mod index_update;
mod read;
mod search;
