"""The commands beside `serve`: each speaks to the same store."""
