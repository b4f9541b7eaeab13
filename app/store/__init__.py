"""All that knows Redis: connections, key names, atomic scripts, people, conversations, presence."""
