"""Processes and sockets: the launcher, its workers, and a socket after its upgrade."""
