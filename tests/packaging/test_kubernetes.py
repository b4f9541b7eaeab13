"""The manifests for Kubernetes: strictly valid, confined, and such that the program understands what they tell it."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from app.config import Loaded, load
from app.server.supervisor import DRAIN_TIMEOUT
from app.store.embedded import SERVER_OPTIONS
from tests.packaging.kustomized import (
    COMPONENTS,
    FOLDER,
    SECRET,
    Manifest,
    build,
    command_line,
    environment,
    of_kind,
    only_container,
    pods,
    service_links,
)

# The oldest that has all we ask for (`preStop: sleep`), and the newest that there are schemas of.
VERSIONS = ("1.30", kubernetes_validate.latest_version())
CHOICES = {"with Valkey": ("valkey",), "with Valkey and files": COMPONENTS, "a store of one's own": ()}
# Seconds within which Kubernetes' services know of a pod's end, as a rule; and that a server takes at most to end.
SERVICES_KNOW, DRAINED = 5, 15


@pytest.fixture(scope="module", params=CHOICES)
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    return build(*CHOICES[request.param])


@pytest.fixture(scope="module")
def shop() -> list[Manifest]:
    """As the folder stands."""
    return build("valkey")


def faults(manifests: list[Manifest], version: str) -> list[str]:
    """What Kubernetes of that version would refuse, or pass over."""
    found = []
    for one in manifests:
        try:
            judged_by = kubernetes_validate.validate(one, version, strict=True)
            assert version.startswith(judged_by), f"there are no schemas of {version}"
        except kubernetes_validate.ValidationError as error:
            found.append(f"{one['kind']}: {error.message}")
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_they_are_strictly_valid(manifests: list[Manifest], version: str) -> None:
    assert faults(manifests, version) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("server/deployment.yaml", "readinessProbe:", "readynessProbe:"),
        ("server/deployment.yaml", "httpGet: {path: /healthz, port: http}", "httpGet: {uri: /healthz, port: http}"),
        ("server/disruption.yaml", "maxUnavailable: 1", "maxUnavailable: [1]"),
        ("valkey/statefulset.yaml", "serviceName: chatadmin-valkey", "service: chatadmin-valkey"),
    ],
)
def test_a_mistake_in_them_is_found(file: str, old: str, new: str) -> None:
    assert faults(build("valkey", instead={file: (old, new)}), VERSIONS[-1])


def test_the_folder_as_it_stands_has_valkey_and_no_files() -> None:
    text = (FOLDER / "kustomization.yaml").read_text("utf-8")
    assert re.findall(r"^  - (\w+)  ", text, re.MULTILINE) == ["valkey"]
    assert re.findall(r"^  # - (\w+)  ", text, re.MULTILINE) == ["files"]


# -- what is promised ---------------------------------------------------------------------------------------------


def test_two_replace_each_other_without_one_being_missed(manifests: list[Manifest]) -> None:
    deployment, budget = of_kind(manifests, "Deployment")["spec"], of_kind(manifests, "PodDisruptionBudget")["spec"]
    assert deployment["replicas"] == 2
    assert deployment["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    assert budget["maxUnavailable"] == 1
    container = only_container(deployment["template"]["spec"])
    asked = {probe: container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("readiness", "liveness")}
    assert asked == {"readiness": "/readyz", "liveness": "/healthz"}


def test_a_server_has_the_time_to_say_goodbye(shop: list[Manifest]) -> None:
    pod = pods(shop)["chatadmin"]
    waits = only_container(pod)["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert waits >= SERVICES_KNOW, "else people are sent to it who find nobody there"
    assert pod["terminationGracePeriodSeconds"] >= waits + DRAINED > waits + DRAIN_TIMEOUT


def test_what_belongs_together_finds_itself(manifests: list[Manifest]) -> None:
    """Selectors, ports by name, claims, and settings lead to what is there."""
    templates = [one["spec"]["template"] for one in manifests if "template" in one.get("spec", {})]
    labels = [template["metadata"]["labels"] for template in templates]
    for one in manifests:
        spec = one.get("spec", {})
        wanted = spec.get("selector") or spec.get("podSelector")
        if wanted and one["kind"] != "PersistentVolumeClaim":
            wanted = wanted.get("matchLabels", wanted)
            assert sum(wanted.items() <= found.items() for found in labels) == 1, one["metadata"]
    named = {port["name"] for t in templates for port in only_container(t["spec"])["ports"]}
    aimed = {port["targetPort"] for one in manifests if one["kind"] == "Service" for port in one["spec"]["ports"]}
    assert aimed == named
    volumes = pods(manifests)["chatadmin"]["volumes"]
    (settings,) = (volume["configMap"]["name"] for volume in volumes if "configMap" in volume)
    assert settings == of_kind(manifests, "ConfigMap")["metadata"]["name"]
    claimed = {volume["persistentVolumeClaim"]["claimName"] for volume in volumes if "persistentVolumeClaim" in volume}
    assert claimed == {one["metadata"]["name"] for one in manifests if one["kind"] == "PersistentVolumeClaim"}


def test_pods_may_do_what_the_restricted_standard_allows(manifests: list[Manifest]) -> None:
    """https://kubernetes.io/docs/concepts/security/pod-security-standards, and a root that nobody can write to."""
    for name, pod in pods(manifests).items():
        container, around = only_container(pod), pod["securityContext"]
        assert around["runAsNonRoot"] is True, name
        assert around.get("runAsUser", 1) != 0, name
        assert around["seccompProfile"] == {"type": "RuntimeDefault"}, name
        expected = {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["securityContext"] == expected, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys(), name
        kinds = {kind for volume in pod.get("volumes", []) for kind in volume if kind != "name"}
        assert kinds <= {"configMap", "emptyDir", "persistentVolumeClaim"}, name
        assert pod["automountServiceAccountToken"] is False, name
        assert "memory" in container["resources"]["limits"], name


# -- what the program makes of it ---------------------------------------------------------------------------------


def settings(manifests: list[Manifest], folder: Path, **more: str) -> Loaded:
    """Those in force in a pod, whose files are in `folder`; `more` stands in its environment, too."""
    container = only_container(pods(manifests)["chatadmin"])
    assert command_line(container, {}) == ["serve"]
    given = environment(container, {"chatadmin": SECRET})
    (place,) = (one["mountPath"] for one in container["volumeMounts"] if one["name"] == "settings")
    assert place == given["XDG_CONFIG_HOME"] + "/chatadmin", "where every command looks by itself"
    (folder / "chatadmin").mkdir(exist_ok=True)
    for name, text in of_kind(manifests, "ConfigMap")["data"].items():
        (folder / "chatadmin" / name).write_text(text, "utf-8")
    return load({}, {**given, "XDG_CONFIG_HOME": str(folder), **more}, None)


def test_the_program_understands_its_settings(manifests: list[Manifest], tmp_path: Path) -> None:
    found = settings(manifests, tmp_path).settings
    container = only_container(pods(manifests)["chatadmin"])
    assert found.server == f":{container['ports'][0]['containerPort']}"
    host = of_kind(manifests, "Ingress")["spec"]["rules"][0]["host"]
    assert found.url == f"https://{host}"
    assert found.trusted_proxies, "else all who come through the ingress have one address"
    names = {one["metadata"]["name"] for one in manifests}
    with_valkey = "chatadmin-valkey" in names
    beside = f"redis://:{SECRET['STORE_PASSWORD']}@chatadmin-valkey:6379/0"
    assert found.redis == (beside if with_valkey else SECRET["CHATADMIN_REDIS"])
    places = [one["mountPath"] for one in container["volumeMounts"] if one["name"] == "files"]
    assert [found.files_directory] == (places or [""])


def test_variables_of_services_are_no_settings_and_are_not_made(shop: list[Manifest], tmp_path: Path) -> None:
    """A cluster's admission, or an older one, may turn `enableServiceLinks` on again."""
    assert all(pod["enableServiceLinks"] is False for pod in pods(shop).values())
    links = dict(service_links(shop))
    assert {"CHATADMIN_PORT", "CHATADMIN_SERVICE_PORT_HTTP", "CHATADMIN_VALKEY_PORT_6379_TCP_ADDR"} <= links.keys()
    assert settings(shop, tmp_path, **links) == settings(shop, tmp_path)


def test_no_pod_starts_without_the_secret_of_its_store(manifests: list[Manifest]) -> None:
    """Where it is not there, a pod must not go on with a store of its own, in which nobody finds anybody."""
    needed = [one for pod in pods(manifests).values() for one in only_container(pod)["env"] if "valueFrom" in one]
    assert needed
    assert not any(one["valueFrom"]["secretKeyRef"].get("optional") for one in needed)


def test_valkey_is_run_as_the_store_inside_is(shop: list[Manifest]) -> None:
    words = command_line(only_container(pods(shop)["chatadmin-valkey"]), {"STORE_PASSWORD": "x"})[1:]
    options: dict[str, Any] = {
        name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)
    }
    for name in ("appendonly", "appendfsync", "save", "maxmemory-policy", "auto-aof-rewrite-min-size"):
        assert options[name] == SERVER_OPTIONS[name], name
    assert options["requirepass"] == "x"


def test_every_file_is_part_of_a_kustomization() -> None:
    named = set()
    for file in FOLDER.rglob("kustomization.yaml"):
        for resource in yaml.safe_load(file.read_text("utf-8"))["resources"]:
            named.add(file.parent / resource)
    there = set(FOLDER.rglob("*.yaml")) - set(FOLDER.rglob("kustomization.yaml")) - {FOLDER / "chatadmin.yaml"}
    assert there <= named
