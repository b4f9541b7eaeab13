"""Terminal clients of the public contract; nothing here imports the server."""
