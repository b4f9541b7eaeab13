"""Backups by the clock: where they are put, when they are made, and what becomes of those before."""
