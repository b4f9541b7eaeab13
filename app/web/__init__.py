"""Quart: thin routes over the live layer."""
