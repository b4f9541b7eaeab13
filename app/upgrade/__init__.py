"""One version of the program takes another's place, and gives it back where it does not serve."""
