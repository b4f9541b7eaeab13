"""The manifests of packaging/kubernetes as `kubectl apply -k` sends them, and what a kubelet makes of a container."""

import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.running import PATIENCE, ROOT

Manifest = dict[str, Any]

FOLDER = ROOT / "packaging" / "kubernetes"
# What can be chosen by a line of kustomization.yaml.
COMPONENTS = ("valkey", "files")
# The Secret that an operator makes: with the Valkey beside it, or for a store of their own.
SECRET = {"STORE_PASSWORD": "0123456789abcdef", "CHATADMIN_REDIS": "rediss://shop:secret@store.example.com:6380/0"}


def build(*components: str, instead: Mapping[str, tuple[str, str]] = {}) -> list[Manifest]:
    """All manifests, with these components. `instead`: file -> what stands there and what is to, to try a mistake."""
    with tempfile.TemporaryDirectory(prefix="ca-kustomize-") as name:
        copy = Path(name) / "shop"
        shutil.copytree(FOLDER, copy)
        for file, (old, new) in {**_choice(components), **instead}.items():
            text = (copy / file).read_text("utf-8")
            assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
            (copy / file).write_text(text.replace(old, new), "utf-8")
        done = subprocess.run(
            [_kubectl(), "kustomize", str(copy)], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def _choice(components: Sequence[str]) -> dict[str, tuple[str, str]]:
    text = (FOLDER / "kustomization.yaml").read_text("utf-8")
    found = re.search(r"^components:\n(?: .*\n)+", text, re.MULTILINE)
    assert found, "kustomization.yaml has no components"
    chosen = "components: [" + ", ".join(components) + "]\n"
    return {"kustomization.yaml": (found[0], chosen)}


def _kubectl() -> str:
    found = Path(sysconfig.get_path("scripts"), "kubectl")
    assert found.exists(), "kubectl is missing: ./build.sh test prepares it"
    return str(found)


def of_kind(manifests: Sequence[Manifest], kind: str, name: str = "") -> Manifest:
    """The only one of that kind (and name)."""
    (found,) = (one for one in manifests if one["kind"] == kind and name in ("", one["metadata"]["name"]))
    return found


def pods(manifests: Sequence[Manifest]) -> dict[str, Manifest]:
    """The specification of each kind of pod, by the name of what makes them."""
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in manifests
        if "template" in one.get("spec", {})
    }


def only_container(pod: Manifest) -> Manifest:
    """A pod's container; there is one."""
    (found,) = pod["containers"]
    return dict(found)


# -- as a kubelet does it -----------------------------------------------------------------------------------------


def environment(container: Manifest, secrets: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What stands in a container's environment. `secrets`: name -> key -> value."""
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        found |= secrets[source["secretRef"]["name"]]
    before: dict[str, str] = {}  # a value may name what is listed before it, and nothing else
    for one in container.get("env", []):
        if "valueFrom" in one:
            key = one["valueFrom"]["secretKeyRef"]
            before[one["name"]] = secrets[key["name"]][key["key"]]
        else:
            before[one["name"]] = expanded(one["value"], before)
    return found | before


def command_line(container: Manifest, environment: Mapping[str, str]) -> list[str]:
    """The program, where it is not the image's own, and its arguments."""
    return [expanded(word, environment) for word in [*container.get("command", []), *container.get("args", [])]]


def expanded(text: str, environment: Mapping[str, str]) -> str:
    """`$(NAME)` replaced by what is known; what is not stays as it stands."""
    return re.sub(r"\$\(([A-Za-z_]\w*)\)", lambda found: environment.get(found[1], found[0]), text)


def service_links(manifests: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    """The variables that every pod has of each service beside it, unless `enableServiceLinks` is false."""
    for number, service in enumerate(one for one in manifests if one["kind"] == "Service"):
        name, address = _variable(service["metadata"]["name"]), f"10.96.0.{number + 1}"
        ports = service["spec"]["ports"]
        yield f"{name}_SERVICE_HOST", address
        yield f"{name}_SERVICE_PORT", str(ports[0]["port"])
        yield f"{name}_PORT", f"tcp://{address}:{ports[0]['port']}"
        for port in ports:
            yield f"{name}_SERVICE_PORT_{_variable(port['name'])}", str(port["port"])
            this = f"{name}_PORT_{port['port']}_TCP"
            yield this, f"tcp://{address}:{port['port']}"
            yield from ((f"{this}_PROTO", "tcp"), (f"{this}_PORT", str(port["port"])), (f"{this}_ADDR", address))


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")
