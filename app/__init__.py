"""chatadmin: live chat between a shop and its customers, in one executable file."""

__version__ = "0.1.0"
