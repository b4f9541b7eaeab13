"""A socket after its upgrade, the event stream's pipe, and their bounds; the one place that knows Hypercorn."""
