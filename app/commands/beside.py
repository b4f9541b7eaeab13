"""Who was erased, as it lies beside backups in the place where they go."""

from app.backup.places import Place
from app.privacy.ledger import FILE, Ledger


def read(place: Place) -> Ledger | None:
    """The ledger there; None where there is none. Raises LedgerError, BackupError."""
    found = place.read(FILE)
    return None if found is None else _decoded(found, place)


def write(place: Place, ledger: Ledger) -> None:
    """Have the ledger there: whom that held before it goes on to hold, and so does `ledger`. Raises LedgerError,
    BackupError."""
    if before := place.read(FILE):
        ledger.merge(_decoded(before, place))
    place.write(FILE, ledger.encode())


def _decoded(raw: bytes, place: Place) -> Ledger:
    return Ledger.decode(raw, f"{place.label}/{FILE}")
