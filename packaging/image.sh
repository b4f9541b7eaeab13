#!/usr/bin/env bash
# Make a container image of dist/chatadmin: dist/chatadmin-<version>-<amd64 or arm64>.oci.tar, as docker, podman and
# skopeo load it.
#
#   packaging/image.sh                from dist/chatadmin, into dist/
#   OUT=/tmp/out packaging/image.sh   there, of the file there, if it has one
#
# From scratch: the file, and what that may need of a system, as Debian has it: libc, zlib (not where Python is linked
# into the file, nor in a release), time zones, certificate authorities. No shell and no package manager. Which processor
# it is for the file itself says, and for neither is anything run: this machine makes both. MIRROR and SECURITY name other
# mirrors of Debian's.
set -euo pipefail
cd "$(dirname "$0")/.."
OUT=${OUT:-dist}
mkdir -p "$OUT"
FILE=$OUT/chatadmin
[ -f "$FILE" ] || FILE=dist/chatadmin
SUITE=trixie RELEASE=13
PACKAGES=(libc6 libgcc-s1 gcc-14-base zlib1g tzdata ca-certificates)  # gcc-14-base: the licence of libgcc
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

stop() { echo "image.sh: $*" >&2; exit 1; }

look_for_tools() {
  local tool
  for tool in apt-get dpkg-deb python3; do
    command -v $tool >/dev/null || stop "needs $tool, as Debian and its relatives have it"
  done
  [ -e $KEYRING ] || stop "needs Debian's keys: apt-get install debian-archive-keyring"
  [ -f "$FILE" ] || stop "there is no $FILE: ./build.sh makes it"
}

# The processor that a program ($1) is for, as Debian calls it: two bytes of its head say so.
architecture() {
  case $(od -An -tu2 -j18 -N2 "$1" | tr -d ' ') in
    62) echo amd64 ;;
    183) echo arm64 ;;
    *) stop "$1 is no program for amd64 or arm64" ;;
  esac
}

# Debian's packages for processor $1, into $work/packages: by this machine's apt, which checks whose they are, but
# with lists and keys of their own, so that nothing of the machine's is used or changed.
fetch() {
  local state=$work/apt mirror=${MIRROR:-http://deb.debian.org/debian}
  mkdir -p "$state"/{state/lists,cache/archives}/partial "$work/packages"
  cat > "$state/sources.list" <<END
deb [signed-by=$KEYRING] $mirror $SUITE main
deb [signed-by=$KEYRING] $mirror $SUITE-updates main
deb [signed-by=$KEYRING] ${SECURITY:-http://deb.debian.org/debian-security} $SUITE-security main
END
  cat > "$state/apt.conf" <<END
Dir::Etc::SourceList "$state/sources.list"; Dir::Etc::SourceParts "/dev/null";
Dir::State "$state/state"; Dir::State::status "/dev/null"; Dir::Cache "$state/cache";
APT::Architecture "$1"; APT::Architectures { "$1"; }; APT::Sandbox::User "";
Acquire::Retries "5"; Acquire::Languages "none";
END
  export APT_CONFIG=$state/apt.conf
  apt-get -qq update || stop "Debian's lists cannot be had from $mirror"
  (cd "$work/packages" && apt-get -qq download "${PACKAGES[@]}") || stop "Debian's packages cannot be had from $mirror"
}

# What the packages bring, without what only others use; and the authorities as one file, as Debian's own script has it.
lay_out_system() {
  local root=$1 authorities=$1/etc/ssl/certs/ca-certificates.crt package name
  mkdir -p "$root"/{usr/lib,usr/lib64,dev,proc,sys,run,data,tmp,etc/chatadmin,etc/ssl/certs,var/lib/dpkg/status.d}
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  for package in "$work"/packages/*.deb; do
    name=$(dpkg-deb -f "$package" Package)
    dpkg-deb -x "$package" "$work/unpacked"
    dpkg-deb -f "$package" > "$root/var/lib/dpkg/status.d/$name"  # by which scanners know what is in the image
  done
  (
    cd "$work/unpacked"
    rm -rf usr/lib/*/gconv usr/lib/*/audit
    find usr/share/doc -type f ! -name copyright -delete
    find usr/share/doc -type d -empty -delete
    find usr/share/ca-certificates -name '*.crt' -print0 | LC_ALL=C sort -z | xargs -0 cat > "$authorities"
    cp -a --parents usr/lib usr/share/doc usr/share/zoneinfo "$root"
    if [ -d usr/lib64 ]; then cp -a --parents usr/lib64 "$root"; fi
  )
  printf '%s\n' 'root:x:0:0:root:/:/none' 'chatadmin:x:10001:0:chatadmin:/data:/none' > "$root/etc/passwd"
  echo 'root:x:0:' > "$root/etc/group"
  printf '%s\n' 'passwd: files' 'group: files' 'hosts: files dns' > "$root/etc/nsswitch.conf"
  printf '%s\n' 'PRETTY_NAME="chatadmin, with parts of Debian"' ID=debian "VERSION_ID=\"$RELEASE\"" \
    "VERSION_CODENAME=$SUITE" > "$root/etc/os-release"
}

look_for_tools
processor=$(architecture "$FILE")
version=${VERSION:-$(sed -n 's/^__version__ = "\(.*\)"/\1/p' app/__init__.py)}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
fetch "$processor"
lay_out_system "$work/system"
install -D -m 755 "$FILE" "$work/program/usr/local/bin/chatadmin"
made=$OUT/chatadmin-$version-$processor.oci.tar
python3 packaging/oci.py "$processor" "$version" "$(git rev-parse HEAD)" "$made" "$work/system" "$work/program"
stat -c '%n %s' "$made" | awk '{ printf "%s: %.1f MB\n", $1, $2 / 1e6 }'
