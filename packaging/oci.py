#!/usr/bin/env python3
"""Write a container image of folders, a layer each: oci.py ARCH VERSION REVISION OUT.tar FOLDER...

The file is an OCI image layout, with the `manifest.json` beside it by which every Docker knows it, too. No engine is
asked to write it: buildah leaves out the health check in this format, and its archives differ each time. The same
folders and SOURCE_DATE_EPOCH give the same bytes; who owns a file is said here, so nobody has to be root.
"""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROGRAM = "/usr/local/bin/chatadmin"
USER = 10001  # with group 0, as everybody is who is sent there under another number (OpenShift)
# What is not root's alone to write: (user, mode). Volumes that are made for them are as they are.
WRITABLE = {"data": (USER, 0o770), "tmp": (0, 0o1777)}
SECOND = 1_000_000_000  # as health checks count
CONFIG = {
    "User": f"{USER}:0",
    "ExposedPorts": {"9090/tcp": {}},
    "Env": [
        "PATH=/usr/local/bin",
        "CHATADMIN_DATA_DIR=/data",
        "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
    ],
    "Entrypoint": [PROGRAM],
    "WorkingDir": "/",
    "Volumes": {"/data": {}, "/tmp": {}},  # the latter so that a read-only root alone is no hindrance to unpacking
    "StopSignal": "SIGTERM",
    # The format knows of none. Docker does; elsewhere the compose file says it.
    "Healthcheck": {
        "Test": ["CMD", PROGRAM, "healthcheck"],
        "Interval": 30 * SECOND,
        "Timeout": 10 * SECOND,
        "StartPeriod": 60 * SECOND,
        "Retries": 3,
    },
}

EPOCH = int(os.environ["SOURCE_DATE_EPOCH"])
CREATED = datetime.fromtimestamp(EPOCH, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Layout:
    """An image layout that comes into being: blobs by what they hold, and the files beside them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"oci-layout": encoded({"imageLayoutVersion": "1.0.0"})}

    def blob(self, kind: str, content: bytes) -> dict[str, Any]:
        """Take a blob in; returns the descriptor by which others name it."""
        digest = hashlib.sha256(content).hexdigest()
        self.files[f"blobs/sha256/{digest}"] = content
        kind = f"application/vnd.oci.image.{kind}"
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(content)}

    def write(self, out: Path) -> None:
        """Put all of it into one archive."""
        draft = out.with_name(f"{out.name}.part")
        with tarfile.open(draft, "w", format=tarfile.USTAR_FORMAT) as archive:
            for name, content in sorted(self.files.items()):
                entry = tarfile.TarInfo(name)
                entry.size, entry.mtime = len(content), EPOCH
                archive.addfile(entry, io.BytesIO(content))
        draft.replace(out)


def encoded(value: object) -> bytes:
    """JSON, the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def layer(folder: Path) -> bytes:
    """An archive of all that is in a folder, as it shall lie in the container."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            entry = archive.gettarinfo(path, name)
            user, mode = WRITABLE.get(name, (0, 0o755 if entry.mode & 0o100 else 0o644))
            entry.uid, entry.gid, entry.uname, entry.gname = user, 0, "", ""
            entry.mode, entry.mtime = 0o777 if entry.issym() else mode, EPOCH
            with path.open("rb") if entry.isreg() else io.BytesIO() as content:
                archive.addfile(entry, content)
    return made.getvalue()


def packed(content: bytes) -> bytes:
    """By gzip, without name and time."""
    made = io.BytesIO()
    with gzip.GzipFile("", "wb", fileobj=made, mtime=0) as file:
        file.write(content)
    return made.getvalue()


def image(layout: Layout, architecture: str, version: str, revision: str, folders: list[Path]) -> None:
    """Make the image's parts of `folders`, the lowest first."""
    layers, blobs = [layer(folder) for folder in folders], []
    for content in layers:
        blobs.append(layout.blob("layer.v1.tar+gzip", packed(content)))
    labels = {"title": "chatadmin", "version": version, "revision": revision, "licenses": "MIT", "created": CREATED}
    config = {
        "architecture": architecture,
        "os": "linux",
        "created": CREATED,
        "config": {**CONFIG, "Labels": {f"org.opencontainers.image.{name}": text for name, text in labels.items()}},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(found).hexdigest()}" for found in layers]},
        "history": [{"created": CREATED, "created_by": folder.name} for folder in folders],
    }
    settings = layout.blob("config.v1+json", encoded(config))
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"}
    whole = layout.blob("manifest.v1+json", encoded({**manifest, "config": settings, "layers": blobs}))
    name = f"chatadmin:{version}"
    whole["platform"] = {"architecture": architecture, "os": "linux"}
    whole["annotations"] = {
        "io.containerd.image.name": f"docker.io/library/{name}",  # what `chatadmin:...` is short for
        "org.opencontainers.image.ref.name": version,
    }
    layout.files["index.json"] = encoded({"schemaVersion": 2, "manifests": [whole]})
    paths = [found["digest"].replace("sha256:", "blobs/sha256/") for found in (settings, *blobs)]
    layout.files["manifest.json"] = encoded([{"Config": paths[0], "RepoTags": [name], "Layers": paths[1:]}])


if __name__ == "__main__":
    made = Layout()
    image(made, *sys.argv[1:4], [Path(folder) for folder in sys.argv[5:]])
    made.write(Path(sys.argv[4]))
