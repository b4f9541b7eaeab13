"""What an upgrade raises when it cannot be done."""


class UpgradeError(Exception):
    """One line for the operator: what is wrong, how things stand, and what to do."""
