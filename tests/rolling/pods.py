"""What packaging/kubernetes makes of a shop, started by hand: each pod a program here, with the command line, the
environment and the settings that stand there.

What differs: all is on loopback, on free ports; limits are those of programs, not of people; nothing is confined.
"""

import asyncio
import random
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.clients.aio import call
from tests.packaging.kustomized import SECRET, Manifest, command_line, environment, of_kind, only_container, pods
from tests.prove.proxy import Proxy
from tests.prove.shop import PASSWORD, Node, Program, Shop
from tests.running import PATIENCE, UNLIMITED, Chatadmin, Valkey, engine_binary

SECRETS = {"chatadmin": {"STORE_PASSWORD": SECRET["STORE_PASSWORD"]}}


class Store(Valkey):
    """The Valkey of the manifests, its data in a folder of ours."""

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        container = only_container(pods(manifests)["chatadmin-valkey"])
        words = command_line(container, environment(container, SECRETS))
        assert words[0] == "valkey-server"
        (data,) = (mount["mountPath"] for mount in container["volumeMounts"])
        self.folder = Path(tempfile.mkdtemp(prefix="ca-store-"))
        self.socket = self.folder / "s"
        self.url = f"unix://:{SECRET['STORE_PASSWORD']}@{self.socket}"
        here = [str(self.folder) if word == data else word for word in words[1:]]
        assert str(self.folder) in here, f"its data are not in {data}, which is kept"
        self._command = [engine_binary("valkey"), *here, "--port", "0", "--unixsocket", str(self.socket)]
        self.process = self._start()


class Service(Proxy):
    """Passes each connection to one of its endpoints, and never ends one by itself."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__("", rng)
        self.endpoints: list[Node] = []

    def aim(self) -> str:
        """Any of them, as kube-proxy does it."""
        if not self.endpoints:
            raise ConnectionRefusedError
        return self._rng.choice(self.endpoints).front.target


class Pods(Shop):
    """The pods of the Deployment, those that live; the Service before them; and their store."""

    def __init__(self, manifests: Sequence[Manifest], seed: int) -> None:
        deployment = of_kind(manifests, "Deployment")
        super().__init__(nodes=deployment["spec"]["replicas"], embedded=False, seed=seed)
        self._manifests, self._spec = manifests, deployment["spec"]
        self._container = only_container(self._spec["template"]["spec"])
        self.service = Service(random.Random(f"service {seed}"))
        self._started = 0
        # Half a day from now, so that but one is due: the first.
        self.backups, at = self.folder / "backups", datetime.now().astimezone() + timedelta(hours=12)
        backup = {"CHATADMIN_BACKUP__AT": f"{at:%H:%M}", "CHATADMIN_BACKUP__TO": str(self.backups)}
        self._secrets = {"chatadmin": {**SECRETS["chatadmin"], **backup}}

    async def start(self) -> str:
        """The store, its replicas, and the first administrator; returns whose token."""
        self.store = await asyncio.to_thread(Store, self._manifests)
        await self.service.start()
        for _ in range(self._count):
            last = await self.new_pod()
        # Each that starts offers a link to set up by; that of the last is worth something.
        assert last.running is not None
        body = {"secret": last.running.setup_secret, "name": "Anna", "password": PASSWORD}
        await call(self.nodes[0].url, "/setup", body=body)
        return (await self.login("Anna", PASSWORD))[0]

    def urls(self) -> list[str]:
        """All come through the Service."""
        return [f"http://127.0.0.1:{self.service.port}"]

    async def stop(self) -> None:
        """End everything."""
        self.service.stop()
        await super().stop()

    def made(self) -> int:
        """How many backups the pods' couriers have made."""
        return len(list(self.backups.glob("*.tar.gz")))

    # -- as a cluster does it -------------------------------------------------------------------------------------

    async def new_pod(self) -> Node:
        """Start one; the Service sends people there once its readiness probe is answered with 200."""
        link, front = Proxy(str(self.store.socket if self.store else ""), self._rng), Proxy("", self._rng)
        await link.start()
        await front.start()
        pod = Node(self._started, front, link, self.folder / f"pod{self._started}")
        self._started += 1
        self.nodes.append(pod)
        await self.start_node(pod)
        await self.ready()
        self.service.endpoints.append(pod)
        return pod

    async def start_node(self, node: Node, program: Program | None = None) -> Chatadmin:
        """Its container, with what is mounted beneath a folder of its own."""
        assert program is None
        assert node.link is not None
        root = node.data_dir
        for mount in self._container["volumeMounts"]:
            self._mount(root / mount["mountPath"].lstrip("/"), mount["name"])
        given = environment(self._container, self._secrets)
        inside = {one["name"] for one in self._container["env"] if one.get("value", "").startswith("/")}
        env = {name: f"{root}{value}" if name in inside else value for name, value in given.items()}
        env["CHATADMIN_REDIS"] = _elsewhere(given["CHATADMIN_REDIS"], f"127.0.0.1:{node.link.port}")
        words = command_line(self._container, given)
        node.running = await asyncio.to_thread(
            Chatadmin, *words[1:], command=words[0], env={**UNLIMITED, **env}, data_dir=root / "data"
        )
        node.front.target = node.running.url.removeprefix("http://")
        return node.running

    def _mount(self, place: Path, name: str) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        (volume,) = (one for one in self._spec["template"]["spec"]["volumes"] if one["name"] == name)
        if "persistentVolumeClaim" in volume:  # of all pods
            place.symlink_to(self.files)
            return
        place.mkdir()
        if "configMap" in volume:
            for file, text in of_kind(self._manifests, "ConfigMap", volume["configMap"]["name"])["data"].items():
                (place / file).write_text(text, "utf-8")

    async def ready(self) -> None:
        """Wait until all are fit to serve."""
        async with asyncio.timeout(PATIENCE):
            for node in self.nodes:
                await self._until_ready(node)

    async def _until_ready(self, node: Node) -> None:
        assert self._container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        await super()._until_ready(node)

    async def forget(self, pod: Node) -> None:
        """It has ended, and nothing of it remains."""
        pod.front.stop()
        if pod.link:
            pod.link.stop()
        shutil.rmtree(pod.data_dir, ignore_errors=True)
        self.nodes.remove(pod)


def _elsewhere(address: str, place: str) -> str:
    """The address with another host and port."""
    parts = urlsplit(address)
    login, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=login + at + place))
