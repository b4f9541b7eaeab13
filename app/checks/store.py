"""Which server keeps the data, how far it may be trusted with them, and whether it has room."""

from collections.abc import Iterator

from app.checks import machine
from app.checks.finding import Finding
from app.config import Settings, masked
from app.store.store import Store

# The share of what the store may take from which on somebody should look.
NEARLY_FULL = 0.9


async def look(settings: Settings, store: Store) -> list[Finding]:
    """Its name and version; one that may forget, or is too old, was refused when it was opened."""
    servers, synced = await store.infos(), await store.synced()
    first = servers[0]  # with the people, whose file `synced` is about
    found = [_version(settings, first), _durability(settings, first, synced)]
    return [*found, *_memory(settings, servers), *_troubles(servers)]


def _version(settings: Settings, info: dict[str, str]) -> Finding:
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = info.get("valkey_version") or info["redis_version"]
    place = f"at {masked('redis', settings.redis)}" if settings.redis else "of our own"
    return Finding("ok", "store", f"{name} {version} {place}, maxmemory-policy noeviction")


def _durability(settings: Settings, info: dict[str, str], synced: str) -> Finding:
    if info.get("aof_enabled") != "1":
        says = "a crash of the store loses messages: set appendonly yes in its configuration"
        return Finding("warn", "durability", says)
    if synced == "no":
        says = "the append-only file is on, and synced when its system likes: set appendfsync everysec, or always"
        return Finding("warn", "durability", says)
    if synced == "everysec" and not settings.acknowledge.on_disk:
        says = (
            "the append-only file is on, synced once a second: a power cut may lose the last one (acknowledge.on_disk)"
        )
        return Finding("ok", "durability", says)
    return Finding("ok", "durability", "the append-only file is on")


def _memory(settings: Settings, servers: list[dict[str, str]]) -> Iterator[Finding]:
    for told in servers:
        used, limit = int(told["used_memory"]), int(told["maxmemory"])
        share = f"the store's data take {used >> 20} of {limit >> 20} MiB"
        if limit and used >= limit:
            says = "raise its maxmemory" if settings.redis else "the disk is full: make room, and it goes on by itself"
            yield Finding("fail", "store memory", f"it takes no message any more: {says}")
        elif limit and used > NEARLY_FULL * limit:
            yield Finding("warn", "store memory", f"{share}: raise its maxmemory, or keep conversations less long")
        elif not settings.redis and used > (machine.available() or used):
            says = "more than there is to spare, which rewriting its file may need: add memory, or keep them less long"
            yield Finding("warn", "store memory", f"the store's data take {used >> 20} MiB, {says}")


def _troubles(servers: list[dict[str, str]]) -> Iterator[Finding]:
    """What the servers themselves complain of."""
    for told in servers:
        if told.get("role") == "slave":
            yield Finding("fail", "store role", "it is a replica, which takes no writes: name the primary in redis:")
        if told.get("aof_last_write_status", "ok") != "ok":
            says = "its last write to the append-only file failed, and it takes none: look at its log and its disk"
            yield Finding("fail", "store file", says)
        elif told.get("aof_last_bgrewrite_status", "ok") != "ok":
            says = "it could not rewrite its append-only file, which grows: look at its log, its memory and its disk"
            yield Finding("warn", "store file", says)
