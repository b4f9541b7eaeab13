"""Processes: the launcher, the supervisor, its workers, and how all of them end."""
