"""The shop as a file: what is in its store, and its files, by no store's own rules, so that any other takes it in."""
