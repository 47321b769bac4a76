mod date;
mod index_update;
