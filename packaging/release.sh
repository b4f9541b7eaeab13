#!/usr/bin/env bash
# Build the file for release: on AlmaLinux 8, whose glibc 2.28 is the oldest that the store's server runs on, so
# that the result runs on every Linux with glibc since 2018. Needs docker or podman. Writes to dist/.
#
#   packaging/release.sh            for this machine's processor
#   PLATFORM=linux/arm64 packaging/release.sh
#
# CHATADMIN_RELEASE_KEY is built in: minisign's public key, whose signatures the file takes for upgrades (several while
# one takes another's place). Without, the file says that it has none, and takes what has a given SHA-256. With
# CHATADMIN_RELEASE_SECRET, the secret key's file, what was built is signed here: no container sees it. See sign.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
engine=$(command -v podman || command -v docker) || { echo "release.sh: needs podman or docker" >&2; exit 1; }

"$engine" run --rm ${PLATFORM:+--platform "$PLATFORM"} -e CHATADMIN_RELEASE_KEY="${CHATADMIN_RELEASE_KEY:-}" \
  -v "$PWD:/source:ro" -v "$PWD/dist:/out" almalinux:8 bash -euc '
  dnf install -y -q git xz binutils python3.11 python3.11-libs python3.11-pip
  git config --global --add safe.directory /source
  git clone -q /source /build && cd /build
  PYTHON=python3.11 ./build.sh
  cp dist/* /out/
'
if [ -n "${CHATADMIN_RELEASE_SECRET:-}" ]; then
  version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' app/__init__.py)
  packaging/sign.sh "chatadmin $version ${PLATFORM:-linux/$(uname -m)}" dist/chatadmin dist/chatadmin.tar.xz
fi
