#!/usr/bin/env bash
# Make a deb and an rpm of dist/chatadmin: chatadmin_<version>_<arch>.deb and .rpm, for the processor that the file is for.
#
#   packaging/packages.sh                from dist/chatadmin, into dist/
#   OUT=/tmp/out packaging/packages.sh   both there
#
# The same file at the same commit gives the same packages. What is in them: packaging/nfpm.yaml.
set -euo pipefail
cd "$(dirname "$0")/.."
OUT=${OUT:-dist}
mkdir -p "$OUT"
FILE=$OUT/chatadmin
[ -f "$FILE" ] || FILE=dist/chatadmin
PY=.venv/bin/python
NFPM=build/release/bin/nfpm
export STAGE=build/packages  # what is laid out for them

stop() { echo "packages.sh: $*" >&2; exit 1; }

need() {
  [ -f "$FILE" ] || stop "there is no $FILE: ./build.sh makes it"
  command -v readelf >/dev/null || stop "this machine lacks readelf: apt-get install binutils"
  ./build.sh release || stop "what makes packages could not be installed"
  SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
  MAINTAINER=${CHATADMIN_MAINTAINER:-the chatadmin authors <maintainers@chatadmin.example>}
  VERSION=${VERSION:-$(sed -n 's/^__version__ = "\(.*\)"/\1/p' app/__init__.py)}
  export SOURCE_DATE_EPOCH MAINTAINER VERSION LC_ALL=C.UTF-8 COLUMNS=80
}

# The machine that the file is for, as Debian and as rpm call it.
processor() {
  case $(od -An -j18 -N2 -tu2 "$FILE" | tr -d ' ') in
    62) DEB=amd64 RPM=x86_64 ;;
    183) DEB=arm64 RPM=aarch64 ;;
    *) stop "$FILE is for no processor that there are packages for" ;;
  esac
  export ARCH=$DEB
}

# The unit of the tree is for who puts the file into /usr/local by hand; a package may not.
unit() {
  sed 's#^ExecStart=/usr/local/bin/#ExecStart=/usr/bin/#' packaging/chatadmin.service > "$STAGE/chatadmin.service"
  grep -q '^ExecStart=/usr/bin/chatadmin ' "$STAGE/chatadmin.service" || stop "packaging/chatadmin.service does not start /usr/local/bin/chatadmin"
}

documents() {
  $PY packaging/man/describe.py "$STAGE"
  cp CHANGELOG.md docs/operating.md "$STAGE"
  cat > "$STAGE/changelog" <<END
chatadmin ($VERSION) stable; urgency=medium

  * CHANGELOG.md.gz beside this file says what is new.

 -- $MAINTAINER  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END
  {
    printf 'chatadmin is one file with all it needs inside: "chatadmin licenses" prints the licence of each part.\n\n'
    cat LICENSE
  } > "$STAGE/copyright"
  gzip -9n "$STAGE"/{chatadmin.1,changelog,CHANGELOG.md,operating.md}
}

lay_out() {
  rm -rf "$STAGE"
  mkdir -p "$STAGE"
  cp "$FILE" "$STAGE/chatadmin"
  unit
  documents
  GLIBC=$($PY tools/symbols.py "$FILE" | sed -n '$s/^GLIBC_\([0-9.]*\):.*/\1/p')  # the newest that it asks for
  [ -n "$GLIBC" ] || stop "which glibc $FILE needs cannot be read from it"
  export GLIBC
}

need
processor
lay_out
"$NFPM" package --config packaging/nfpm.yaml --packager deb --target "$OUT/chatadmin_${VERSION}_$DEB.deb" >&2
"$NFPM" package --config packaging/nfpm.yaml --packager rpm --target "$OUT/chatadmin_${VERSION}_$RPM.rpm" >&2
