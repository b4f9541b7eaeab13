"""Why no certificate came, for whoever asks: without what asks the authority, which is long to load."""


class AcmeTrouble(Exception):
    """No certificate came: why, for an operator, in one line. `wait`: seconds that the authority asks us to."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait
