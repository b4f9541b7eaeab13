#!/usr/bin/env bash
# Make a release of the commit that is checked out: all that is published of it, in dist/. What each part is, and what
# the machine must have: packaging/README.md.
#
#   packaging/release.sh             for this machine's processor
#   packaging/release.sh aarch64     for another, as packaging/file.sh has it
#   OUT=FOLDER packaging/release.sh  into another folder
#
# CHATADMIN_RELEASE_KEY is built in: minisign's public key, whose signatures the file takes for upgrades (several while
# one takes another's place). Without, the file says that it has none, and takes what has a given SHA-256. With
# CHATADMIN_RELEASE_SECRET, the secret key's file, what was made is signed. See sign.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
ARCH=${1:-$(uname -m)}
OUT=$(realpath -m "${OUT:-dist}")
VERSION=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' app/__init__.py)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export OUT SOURCE_DATE_EPOCH

say() { printf 'release.sh: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# What would stop it half-way, after minutes of work.
look() {
  [ -z "$(git status --porcelain)" ] || stop "a release is of a commit, and something here is in none: git status"
  if [ -n "${CHATADMIN_RELEASE_SECRET:-}" ]; then
    : "${CHATADMIN_RELEASE_KEY:?release.sh: is the public key of CHATADMIN_RELEASE_SECRET}"
    command -v minisign >/dev/null || stop "needs minisign. Run: apt-get install -y minisign"
  fi
}

# Of what an earlier run made nothing stays, or it would be summed up with the rest.
clear_away() {
  mkdir -p "$OUT"
  (cd "$OUT" && rm -f chatadmin chatadmin.tar.xz chatadmin_* chatadmin-*.oci.tar chatadmin-*-deploy.tar.gz chatadmin.cdx.json LICENSES.txt NOTES.md SHA256SUMS ./*.minisig)
}

# What a container, a cluster and a service are set up by, as the tree has it, with how; and which image, for compose.
recipes() {
  local stage=build/deploy
  rm -rf "$stage"
  mkdir -p "$stage/systemd" "$stage/docs"
  cp -r packaging/compose packaging/kubernetes "$stage"
  cp packaging/chatadmin.{service,yaml} packaging/ports.conf default_config.yaml "$stage/systemd"
  cp docs/{operating,kubernetes}.md "$stage/docs"
  echo "CHATADMIN_VERSION=$VERSION" > "$stage/compose/.env"
  tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="@$SOURCE_DATE_EPOCH" \
    --transform "s,^,chatadmin-$VERSION/," -cf - compose docs kubernetes systemd | gzip -9n > "$OUT/chatadmin-$VERSION-deploy.tar.gz"
}

# The changelog's part about this version.
notes() {
  local part=$VERSION
  if ! grep -qF "## [$part]" CHANGELOG.md; then
    say "CHANGELOG.md has no part for $VERSION: the notes are what is unreleased"
    part=Unreleased
  fi
  awk -v part="## [$part]" '/^## / { on = index($0, part) == 1; next } on' CHANGELOG.md
}

look
clear_away
packaging/file.sh "$ARCH"
packaging/packages.sh
packaging/image.sh
recipes
build/release/bin/python packaging/sbom.py "build/oldest/$ARCH/venv/bin/python" "$OUT"/{chatadmin,chatadmin.cdx.json,LICENSES.txt}
notes > "$OUT/NOTES.md"
(cd "$OUT" && sha256sum chatadmin chatadmin.tar.xz chatadmin_* chatadmin-*.oci.tar chatadmin-*-deploy.tar.gz chatadmin.cdx.json LICENSES.txt NOTES.md > SHA256SUMS)
if [ -n "${CHATADMIN_RELEASE_SECRET:-}" ]; then
  packaging/sign.sh "chatadmin $VERSION $ARCH" "$OUT"/{chatadmin,chatadmin.tar.xz,SHA256SUMS}
fi
(cd "$OUT" && wc -c chatadmin* LICENSES.txt NOTES.md SHA256SUMS)
