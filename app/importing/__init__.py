"""Conversations from elsewhere: `lines.py` says what one is, `jsonl.py` and `chatwoot.py` read them, and the store has
them by `taking.py`. The readers do all their checking before anything is written."""
