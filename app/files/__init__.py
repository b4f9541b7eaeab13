"""The bytes of files: where they lie, and how they come in."""
