mod date;
