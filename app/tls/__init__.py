"""HTTPS: where certificates lie, how they come by themselves, and how what serves takes new ones.

`served`, `plain`, `folder` and `validity` are loaded by workers and by the main process; `authority` by the courier
alone, as it needs libraries of app/unpacked.py.
"""
