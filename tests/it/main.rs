mod date;
mod index_update;
mod read;
mod search;
