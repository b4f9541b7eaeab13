#!/usr/bin/env bash
# Build the file for release: dist/chatadmin and its .tar.xz, which run on any Linux with glibc 2.28 (of 2018) or newer.
# What ./build.sh makes is the same program, for systems as new as this machine and newer.
#
#   packaging/file.sh           for this machine's processor, x86_64 or aarch64; OUT names another folder than dist
#
# Python is made first, in about ten minutes of a core, and kept in build/oldest until something in packaging/python
# changes. CHATADMIN_RELEASE_KEY is built in: see packaging/release.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
GLIBC=2.28  # that of the oldest system the store's server runs on
arch=${1:-$(uname -m)}
work=build/oldest/$arch

stop() { printf 'file.sh: %s\n' "$*" >&2; exit 1; }

if [ "$arch" != "$(uname -m)" ]; then stop "what freezes a program runs it: make the file for $arch on such a machine"; fi
for tool in ar curl make patch readelf xz; do
  command -v $tool >/dev/null || stop "needs $tool. Run: apt-get install -y binutils curl make patch xz-utils"
done

./build.sh release  # the compiler
made=$(cat packaging/python/* requirements/release.txt | sha256sum)
if [ "$(cat "$work/made-of" 2>/dev/null)" != "$made" ]; then
  zig=$(build/release/bin/python -c 'import pathlib, ziglang; print(pathlib.Path(ziglang.__file__).parent / "zig")')
  rm -rf "$work"
  mkdir -p "$work"
  packaging/python/make.sh "$arch" "$zig" "$work"
  echo "$made" > "$work/made-of"
fi
CC=$PWD/$work/bin/cc PYTHON=$PWD/$work/python/bin/python3.11 VENV=$work/venv LOADER=$work/loader OUT=${OUT:-dist} ./build.sh
"$work/venv/bin/python" tools/symbols.py "${OUT:-dist}/chatadmin" $GLIBC
