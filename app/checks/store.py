"""Which server keeps the data, and what of them a crash of it would lose."""

from app.checks.finding import Finding
from app.config import Settings, masked
from app.store.store import Store


async def look(settings: Settings, store: Store) -> list[Finding]:
    """Its name and version; one that may forget was refused when it was opened."""
    info = await store.info()
    return [_version(settings, info), _durability(info)]


def _version(settings: Settings, info: dict[str, str]) -> Finding:
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = info.get("valkey_version") or info["redis_version"]
    place = f"at {masked('redis', settings.redis)}" if settings.redis else "of our own"
    return Finding("ok", "store", f"{name} {version} {place}, maxmemory-policy noeviction")


def _durability(info: dict[str, str]) -> Finding:
    if info.get("aof_enabled") == "1":
        return Finding("ok", "durability", "the append-only file is on")
    return Finding("warn", "durability", "a crash of the store loses messages: set appendonly yes in its configuration")
