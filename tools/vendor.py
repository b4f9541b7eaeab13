"""Copy the front end's library from node_modules to static/vendor, so that browsers can load it as it is.

A browser resolves relative imports only, and our content policy forbids the inline import map that would teach
it names, so each `from"preact"` becomes `from"./preact.mjs"`. The result depends on nothing but its input.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = {
    "preact": ("preact.mjs", "preact/dist/preact.mjs"),
    "preact/hooks": ("hooks.mjs", "preact/hooks/dist/hooks.mjs"),
    "@preact/signals-core": ("signals-core.mjs", "@preact/signals-core/dist/signals-core.mjs"),
    "@preact/signals": ("signals.mjs", "@preact/signals/dist/signals.mjs"),
    "htm": ("htm.mjs", "htm/dist/htm.mjs"),
}
IMPORT = re.compile(r"""\b(from|import)\s*(["'])([^"'./][^"']*)\2""")
SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")


def rewritten(source: str) -> str:
    """`source` with bare imports made relative and its source map, which is not shipped, forgotten."""
    relative = IMPORT.sub(lambda found: f'{found[1]}"./{MODULES[found[3]][0]}"', source)
    return SOURCE_MAP.sub("\n", relative)


def main() -> int:
    modules, target = ROOT / "node_modules", ROOT / "static" / "vendor"
    missing = [path for _, path in MODULES.values() if not (modules / path).is_file()]
    if missing:
        print(f"{missing[0]} is not in node_modules: run ./build.sh, or npm ci", file=sys.stderr)
        return 1
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, path in MODULES.values():
        (target / name).write_text(rewritten((modules / path).read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
