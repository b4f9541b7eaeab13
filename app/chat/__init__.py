"""The rules of the chat: plain values and plain functions, no I/O, no clock, no event loop."""
