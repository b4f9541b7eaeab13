"""All that lies in a store, whatever its engine and its shards, read by a client that is none of ours."""

import re
from collections import Counter
from typing import Any

import redis
from redis.cluster import ClusterNode, RedisCluster

# What no backup has, or what is made anew behind the log: by their names, with the shard's number left out.
_LEFT_OUT = re.compile(
    r"\{s\}:(feed|present|nodes|node:.*|desk|store|formats|mark|lease:.*|x2.*|x:.*|o:.*)"
    r"|\{people\}:(tickets|setup|erased|mailed:.*|link:.*|attempt:.*|ss:.*|mail:day:.*|backups)"
)
_OF_TABS = re.compile("[tT]:|plain$|changes$")


def client(url: str) -> Any:
    """Someone to ask."""
    if "+cluster" in url:
        places = url.partition("//")[2].partition("/")[0].split(",")
        hosts = [place.rpartition(":") for place in places]
        return RedisCluster(startup_nodes=[ClusterNode(host, int(port)) for host, _, port in hosts])  # type: ignore[no-untyped-call]
    return redis.Redis.from_url(url)


def everything(url: str) -> dict[str, Any]:
    """What there is, by names without a shard; what several shards have of one kind is put together."""
    asked = client(url)
    found: dict[str, Any] = {}
    try:
        for raw in sorted(asked.scan_iter(count=1000)):
            name = re.sub(r"^\{s\d+\}", "{s}", raw.decode())
            if not _LEFT_OUT.fullmatch(name) and (value := _value(asked, raw)):
                found[name] = _together(found[name], value) if name in found else value
    finally:
        asked.close()
    return found


def _value(asked: Any, key: bytes) -> Any:
    kind = asked.type(key).decode()
    if kind == "hash":
        return _texts(asked.hgetall(key))
    if kind == "zset":
        return {member.decode(): score for member, score in asked.zrange(key, 0, -1, withscores=True)}
    if kind == "stream":
        return [(id.decode(), fields) for id, fields in asked.xrange(key)]
    if kind == "set":
        return {member.decode() for member in asked.smembers(key)}
    return asked.lrange(key, 0, -1) if kind == "list" else asked.get(key)


def _texts(found: dict[bytes, bytes]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in found.items()}


def _together(one: Any, other: Any) -> Any:
    if all(value.lstrip("-").isdigit() for some in (one, other) for value in some.values() if isinstance(value, str)):
        sums = Counter({name: float(value) for name, value in one.items()})
        sums.update({name: float(value) for name, value in other.items()})
        return {name: str(int(value)) if isinstance(one, dict) else value for name, value in sums.items()}
    return one | other


def lasting(found: dict[str, Any]) -> dict[str, Any]:
    """The same without what a restore changes: epochs, tabs, sessions of whom somebody else vouches for."""
    kept = {}
    for name, value in found.items():
        if re.fullmatch(r"\{s\}:c:\w+:m", name):
            own = {field: said for field, said in value.items() if not _OF_TABS.match(field) and field != "epoch"}
            value = own | ({"mailed": own["mailed"].partition(":")[2]} if "mailed" in own else {})
        elif re.fullmatch(r"\{people\}:s:.*", name):
            if value["kind"] == "agent" or value.get("kid"):
                continue
        elif re.fullmatch(r"\{people\}:mail:[a-z2-7]{20}", name):
            value = {field: said for field, said in value.items() if field != "epoch"}
        elif re.fullmatch(r"\{s\}:c:\w+:r", name):
            value = re.sub(rb"^\[\d+", b"[", value)
        elif name == "{s}:open":
            value = set(value)  # of a held one the score is that of its last change of status, which nobody asks for
        if isinstance(value, dict):
            value = {field: float(said) if _is_number(said) else said for field, said in value.items()}
        kept[name] = value
    return kept


def _is_number(said: Any) -> bool:
    return isinstance(said, int | float) or (isinstance(said, str) and said.isdigit())
