"""A process of its own that tells people who are away what there is to be told. No worker imports any of it."""
