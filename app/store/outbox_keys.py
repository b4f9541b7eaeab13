"""The key names of the outbox, beside all others (keys.py)."""


class OutboxKeys:
    """The keys of what a shard has to tell people who are away, see store/outbox.py.

    Scripts make the names of what belongs to one lane or job: `l:<lane>` list of the ids that wait, `s:<lane>` hash of
    how it stands (`fence`, `leased`, `tries`, `since`, `reason`), `d:<lane>` list of its dead, `j:<id>` hash of a job.
    """

    def __init__(self, shard: str) -> None:
        self.prefix = f"{shard}:o:"
        self.conversations = f"{shard}:c:"
        """What the names of the shard's conversations begin with."""
        self.marks = f"{self.prefix}marks"
        """Hash: uid of a conversation -> `<epoch>:<seq up to which jobs are planned>`."""
        self.began = f"{self.prefix}began"
        """Hash: an endpoint -> since when there is one, unix ms."""
        self.waiting = f"{self.prefix}waiting"
        """String: how many jobs wait."""
        self.failing = f"{self.prefix}failing"
        """Sorted set of the lanes whose last try failed; score: since when, unix ms."""
        self.dead = f"{self.prefix}dead"
        """Sorted set of the lanes of which something was given up; score: when last, unix ms."""

    def due(self, endpoint: str) -> str:
        """Sorted set of the lanes of an endpoint in which something waits; score: when to look at it, unix ms."""
        return f"{self.prefix}due:{endpoint}"

    def lane(self, lane: str) -> str:
        """List: the ids of the jobs that wait in a lane, in their order."""
        return f"{self.prefix}l:{lane}"

    def standing(self, lane: str) -> str:
        """Hash: how a lane stands."""
        return f"{self.prefix}s:{lane}"

    def dead_of(self, lane: str) -> str:
        """List, expiring: the ids of a lane's jobs that were given up."""
        return f"{self.prefix}d:{lane}"

    def job(self, id: str) -> str:
        """Hash: a job, without a word of text."""
        return f"{self.prefix}j:{id}"

    def breaker(self, endpoint: str) -> str:
        """String, expiring, JSON: why nothing is tried at an endpoint but now and then. In the first shard."""
        return f"{self.prefix}breaker:{endpoint}"
