#!/usr/bin/env bash
# Build the file for release: on AlmaLinux 8, whose glibc 2.28 is the oldest that the store's server runs on, so
# that the result runs on every Linux with glibc since 2018. Needs docker or podman. Writes to dist/.
#
#   packaging/release.sh            for this machine's processor
#   PLATFORM=linux/arm64 packaging/release.sh
set -euo pipefail
cd "$(dirname "$0")/.."
engine=$(command -v podman || command -v docker) || { echo "release.sh: needs podman or docker" >&2; exit 1; }

"$engine" run --rm ${PLATFORM:+--platform "$PLATFORM"} -v "$PWD:/source:ro" -v "$PWD/dist:/out" almalinux:8 bash -euc '
  dnf install -y -q git xz binutils python3.11 python3.11-libs python3.11-pip
  git config --global --add safe.directory /source
  git clone -q /source /build && cd /build
  PYTHON=python3.11 ./build.sh
  cp dist/* /out/
'
