"""Drop addresses from each package-lock.json after `npm install`: names, versions and hashes are what locks."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (".", "tests/bench/peers/lighthouse", "tests/bench/peers/socketio", "tests/browser/oldest")
LOCKS = [ROOT / folder / "package-lock.json" for folder in FOLDERS]


def main() -> int:
    for file in LOCKS:
        lock = json.loads(file.read_text("utf-8"))
        for package in lock["packages"].values():
            package.pop("funding", None)
            package.pop("resolved", None)
        file.write_text(json.dumps(lock, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
