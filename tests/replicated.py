"""Stores for tests: a primary with replicas under Sentinels, a cluster, or one server. All real, on loopback.

The first two can be made to fail over by its own means (`fail_over`), or by the death or the sleep of a primary. With a
`Lock` its servers speak TLS alone, to each other too, and ask everybody for a name and a password.
"""

import shutil
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.ports import free_port, free_ports
from tests.running import PATIENCE, Process, engine_binary, wait_until

# ms without an answer until a server counts as dead: short, so that tests are, and longer than a busy machine lets one
# stand; a shop's is 5,000 to 30,000.
DOWN_AFTER = 3000
SLOTS = 16384


class Lock(NamedTuple):
    """What opens a server: TLS with a self-signed certificate, and a log-in full of what URLs must quote."""

    certificate: Path
    key: Path
    user: str = "shop@keeper"
    password: str = "pass/w:rd@#?&+%20"

    @property
    def options(self) -> list[str]:
        """How a server is told. It enters others by the same log-in."""
        files = ["--tls-cert-file", str(self.certificate), "--tls-key-file", str(self.key)]
        files += ["--tls-ca-cert-file", str(self.certificate), "--tls-auth-clients", "no"]
        user = ["--user", "default", "off", "--user", self.user, "on", f">{self.password}", "~*", "&*", "+@all"]
        return [*files, "--tls-replication", "yes", *user, "--masteruser", self.user, "--masterauth", self.password]

    @property
    def entry(self) -> dict[str, Any]:
        """The same for the client library."""
        secret = {"username": self.user, "password": self.password}
        return {"ssl": True, "ssl_ca_certs": str(self.certificate), **secret}

    def url(self, kind: str, places: str, **more: str) -> str:
        """An address with all that is needed; `kind` is `""`, `+sentinel` or `+cluster`."""
        query = urlencode({"ssl_ca_certs": self.certificate, **more})
        return f"rediss{kind}://{quote(self.user, '')}:{quote(self.password, '')}@{places}?{query}"


class Server:
    """One server on a TCP port, with an append-only file."""

    def __init__(
        self, engine: str, port: int, options: Sequence[str] = (), config: str = "", lock: Lock | None = None
    ) -> None:
        self.port = port
        self.folder = Path(tempfile.mkdtemp(prefix="ca-server-"))
        self._command = [engine_binary(engine)]
        if config:  # Sentinel writes into its configuration
            file = self.folder / "server.conf"
            file.write_text(config)
            self._command.append(str(file))
        self._command += ["--tls-port", str(port), "--port", "0", *lock.options] if lock else ["--port", str(port)]
        self._command += ["--bind", "127.0.0.1", "--dir", str(self.folder), *options]
        how: dict[str, Any] = {"decode_responses": True, "retry": Retry(NoBackoff(), 0)} | (lock.entry if lock else {})
        self.client: Any = redis.Redis(port=port, socket_timeout=PATIENCE, **how)
        self._asking: Any = redis.Redis(port=port, socket_timeout=3, **how)  # whether it answers at all
        self.start()

    def start(self, *options: str, wait_for: str = "PONG", env: Mapping[str, str] | None = None) -> None:
        """Start it, with the data it has, and wait until it answers so to a PING."""
        self.process = Process([*self._command, *options], {"PATH": "/usr/bin:/bin"} | dict(env or {}), self.folder)
        wait_until(lambda: self._answer().startswith(wait_for), f"{wait_for} on port {self.port}")

    def _answer(self) -> str:
        try:
            return "PONG" if self._asking.ping() else ""
        except redis.BusyLoadingError:
            return "LOADING"
        except (redis.ConnectionError, redis.TimeoutError):
            return ""

    def answers(self) -> bool:
        return self._answer() == "PONG"

    def kill(self) -> None:
        self.process.signal(signal.SIGKILL)
        self.process.wait()

    def sleep(self) -> None:
        """SIGSTOP: connections stay open, nothing answers."""
        self.process.signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.process.signal(signal.SIGCONT)

    @property
    def role(self) -> str:
        """`master` or `slave`; empty where it does not answer."""
        try:
            return str(self._asking.role()[0])
        except (redis.ConnectionError, redis.TimeoutError):
            return ""

    def close(self) -> None:
        self.wake()
        self.client.close()
        self._asking.close()
        self.process.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Estate:
    servers: list[Server]
    data: list[Server]  # those that are not Sentinels
    url: str

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        for server in self.servers:
            server.close()


_AOF = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--repl-diskless-sync-delay", "0")


class Alone(_Estate):
    """One server."""

    def __init__(self, engine: str = "redis", lock: Lock | None = None) -> None:
        self.data = self.servers = [Server(engine, free_port(), _AOF, lock=lock)]
        place = f"127.0.0.1:{self.servers[0].port}"
        self.url = lock.url("", place) if lock else f"redis://{place}"


class Sentinels(_Estate):
    """A primary, `replicas` replicas, and three Sentinels that watch them."""

    def __init__(self, engine: str = "redis", replicas: int = 2, lock: Lock | None = None) -> None:
        self._ports = free_ports(1 + replicas)
        first = Server(engine, self._ports[0], _AOF, lock=lock)
        of = ("--replicaof", "127.0.0.1", str(first.port))
        self.data = [first, *(Server(engine, port, (*_AOF, *of), lock=lock) for port in self._ports[1:])]
        config = (
            f"sentinel monitor shop 127.0.0.1 {first.port} 2\n"
            f"sentinel down-after-milliseconds shop {DOWN_AFTER}\n"
            "sentinel failover-timeout shop 6000\n"
        )
        theirs = lock._replace(user="watch@man", password="watch&w+rd%20") if lock else None
        if lock and theirs:
            config += f'sentinel auth-user shop "{lock.user}"\nsentinel auth-pass shop "{lock.password}"\n'
            config += f'sentinel sentinel-user "{theirs.user}"\nsentinel sentinel-pass "{theirs.password}"\n'
        self.sentinels = [Server(engine, port, ("--sentinel",), config, theirs) for port in free_ports(3)]
        self.servers = [*self.data, *self.sentinels]
        places = ",".join(f"127.0.0.1:{server.port}" for server in self.sentinels) + "/shop"
        self.url = f"redis+sentinel://{places}"
        if lock and theirs:
            login = {"sentinel_username": theirs.user, "sentinel_password": theirs.password}
            self.url = lock.url("+sentinel", places, **login)
        self.settle()

    def settle(self) -> None:
        """Wait until every Sentinel knows the others and all replicas, and all replicas follow."""
        wait_until(self._settled, "Sentinels that agree")

    def _settled(self) -> bool:
        for sentinel in self.sentinels:
            seen = sentinel.client.sentinel_master("shop")
            if seen["num-other-sentinels"] != 2 or seen["num-slaves"] < len(self.data) - 1 or seen["is_sdown"]:
                return False
        replicas = [server for server in self.data if server.role == "slave"]
        return len(replicas) == len(self.data) - 1 and all(
            server.client.info("replication")["master_link_status"] == "up" for server in replicas
        )

    @property
    def primary(self) -> Server:
        """The server that most Sentinels name."""
        named = [sentinel.client.sentinel_get_master_addr_by_name("shop")[1] for sentinel in self.sentinels]
        port = max(set(named), key=named.count)
        return next(server for server in self.data if server.port == port)

    def fail_over(self) -> None:
        """Have the Sentinels name another primary, and wait until it is one."""
        before = self.primary
        wait_until(self._asked, "a replica that the Sentinels think fit")
        wait_until(lambda: self.primary is not before and self.primary.role == "master", "another primary")

    def _asked(self) -> bool:
        """Ask for it; right after another failover no replica has reported yet, and it is refused."""
        try:
            self.sentinels[0].client.execute_command("SENTINEL", "FAILOVER", "shop")
        except redis.ResponseError as error:
            if not str(error).startswith(("NOGOODSLAVE", "INPROG")):
                raise
            return False
        return True


class Cluster(_Estate):
    """Three primaries with `replicas` replicas each."""

    def __init__(
        self, engine: str = "redis", replicas: int = 1, *, full_coverage: bool = True, lock: Lock | None = None
    ) -> None:
        options = [*_AOF, *_CLUSTER, "--cluster-require-full-coverage", "yes" if full_coverage else "no"]
        options += ["--tls-cluster", "yes"] if lock else []
        primaries, count = 3, 3 * (1 + replicas)
        both = free_ports(2 * count)
        ports, buses = both[:count], both[count:]
        self.data = self.servers = [
            Server(engine, port, ("--cluster-port", str(bus), *options), lock=lock)
            for port, bus in zip(ports, buses, strict=True)
        ]
        places = ",".join(f"127.0.0.1:{server.port}" for server in self.servers[:3])
        self.url = lock.url("+cluster", places) if lock else f"redis+cluster://{places}"
        first = self.servers[0]
        for server, bus in zip(self.servers[1:], buses[1:], strict=True):
            first.client.execute_command("CLUSTER", "MEET", "127.0.0.1", server.port, bus)
        for number, server in enumerate(self.servers[:primaries]):
            low, high = number * SLOTS // primaries, (number + 1) * SLOTS // primaries - 1
            server.client.execute_command("CLUSTER", "ADDSLOTSRANGE", low, high)
        wait_until(lambda: all(len(self._nodes(s)) == len(self.servers) for s in self.servers), "all to have met")
        for number, server in enumerate(self.servers[primaries:]):
            server.client.execute_command("CLUSTER", "REPLICATE", self.id(self.servers[number % primaries]))
        self.settle()

    def settle(self) -> None:
        """Wait until the cluster serves every slot and every replica follows."""
        wait_until(self._settled, "a cluster that agrees")

    def _settled(self) -> bool:
        for server in self.servers:
            if not server.answers() or server.client.cluster("info")["cluster_state"] != "ok":
                return False
            if server.role == "slave" and server.client.info("replication")["master_link_status"] != "up":
                return False
        return sum(server.role == "slave" for server in self.servers) == len(self.servers) - 3

    @staticmethod
    def _nodes(server: Server) -> dict[str, Any]:
        return dict(server.client.cluster("nodes"))

    @staticmethod
    def id(server: Server) -> str:
        return str(server.client.execute_command("CLUSTER", "MYID"))

    def primary(self, slot: int) -> Server:
        """The server of a slot, by the word of one that answers."""
        asked = next(server for server in self.servers if server.answers())
        for low, high, node, *_ in asked.client.execute_command("CLUSTER SLOTS"):
            if int(low) <= slot <= int(high):
                return next(server for server in self.servers if server.port == int(node[1]))
        raise AssertionError(f"nobody serves slot {slot}")

    def replica(self, primary: Server) -> Server:
        """The server that follows `primary`."""
        return next(s for s in self.servers if s.role == "slave" and int(s.client.role()[2]) == primary.port)

    def fail_over(self, slot: int) -> None:
        """Have the replica take over the primary of a slot, and wait until it has."""
        before = self.primary(slot)
        after = self.replica(before)
        asked = 0.0

        def taken_over() -> bool:
            nonlocal asked
            if after.role == "master":
                return self.primary(slot) is after
            if time.monotonic() - asked > 6:  # the cluster gives a failover up after five seconds
                after.client.execute_command("CLUSTER", "FAILOVER")
                asked = time.monotonic()
            return False

        wait_until(taken_over, "the replica to take over")


_CLUSTER = (
    "--cluster-enabled",
    "yes",
    "--cluster-node-timeout",
    str(DOWN_AFTER),
    "--cluster-replica-validity-factor",
    "0",
)
