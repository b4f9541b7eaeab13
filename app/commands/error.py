"""What a command raises when it cannot do what was asked."""


class CommandError(Exception):
    """A command could not do what was asked: one line for the person. Exit status 1."""
