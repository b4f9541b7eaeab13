#!/usr/bin/env bash
# Make a Python that needs glibc 2.28 at most, to be frozen (packaging/file.sh):
#
#   packaging/python/make.sh ARCH ZIG FOLDER    ARCH: x86_64 or aarch64; ZIG: the compiler, of PyPI's ziglang
#   packaging/python/make.sh train              on x86_64, with Debian's clang-19, llvm-19 and libclang-rt-19-dev: write
#                                               python.profdata.xz anew, by which the compiler knows what runs most
#
# Zig links against any version of glibc, whatever this machine has. Python is Debian's, with its patches of security;
# OpenSSL, zlib, xz and libffi are Debian's static libraries, which ask for no version until they are linked; libgcc_s is
# Debian 11's. All is listed in `sources`, with its digest. What MIRROR has no more is looked for at SNAPSHOT, as it was when that was written.
#
# FOLDER becomes: python/, which may be moved; loader, PyInstaller's part of a frozen program; and what is needed on the way.
set -euo pipefail
HERE=$(realpath "$(dirname "$0")")
MIRROR=${MIRROR:-http://deb.debian.org}
SNAPSHOT=${SNAPSHOT:-https://snapshot.debian.org/archive}
WRITTEN=20261129T000000Z
GLIBC=2.28
PREFIX=/opt/python  # a name that stays in the library

stop() { printf 'make.sh: %s\n' "$*" >&2; exit 1; }

# Into sources/: what there is for the processor $1.
fetch() {
  local sum of path file
  mkdir -p sources
  while read -r sum of path; do
    if [ "$of" != all ] && [ "$of" != "$1" ]; then continue; fi
    file=sources/${path##*/}
    if [ ! -e "$file" ]; then
      case $path in
        https:*) curl -sSfL --retry 3 -o "$file.part" "$path" ;;
        *) curl -sfL --retry 3 -o "$file.part" "$MIRROR/$path" ||
           curl -sSfL --retry 3 -o "$file.part" "$SNAPSHOT/${path/\//\/$WRITTEN\/}" ;;
      esac || stop "${path##*/} could not be fetched. Where Debian has a newer one, put it into packaging/python/sources"
      mv "$file.part" "$file"
    fi
    echo "$sum  $file" | sha256sum --check --quiet || stop "$file is not what packaging/python/sources says"
  done < "$HERE/sources"
}

# Lays out cpython/ and pyinstaller/, and what the first is linked with: include/, lib/ and its licences.
unpack() {
  local package patch
  mkdir -p cpython debian packages pyinstaller lib include
  tar -xf sources/python3*.orig.tar.gz -C cpython --strip-components 1
  tar -xf sources/python3*.debian.tar.xz -C debian --strip-components 1
  tar -xf sources/pyinstaller-*.tar.gz -C pyinstaller --strip-components 1
  # from this one on they mend Python; those before fit it into Debian
  sed -n '/^shutdown-deadlock/,$p' debian/patches/series | while read -r patch; do
    patch -d cpython -p1 -s < "debian/patches/$patch"
  done
  for package in sources/*.deb; do ar p "$package" data.tar.xz | tar -xJ -C packages; done
  cp packages/usr/lib/*/lib{crypto,ssl,z,lzma}.a lib
  cp packages/usr/lib/*/libffi_pic.a lib/libffi.a
  cp -r packages/usr/include/* include
  cp -r include/*-linux-gnu/* include
}

# The compiler $2 for the processor $1, and its kin, in bin/. Left to itself it looks for faults: no such checks, no
# frame pointers, nothing for debuggers. With what comes by a pipe it takes no version of glibc.
compiler() {
  mkdir -p bin
  cat > bin/cc <<END
#!/bin/sh
version=.$GLIBC
for argument; do if [ "\$argument" = - ]; then version=; fi; done
exec "$2" cc -target $1-linux-gnu\$version -O2 -fno-sanitize=undefined -fomit-frame-pointer "\$@" -g0
END
  printf '#!/bin/sh\nexec "%s" ar "$@"\n' "$2" > bin/ar
  printf '#!/bin/sh\nexec "%s" ranlib "$@"\n' "$2" > bin/ranlib
  chmod +x bin/*
  export SOURCE_DATE_EPOCH; SOURCE_DATE_EPOCH=$(date -u -d "${WRITTEN%T*}" +%s)  # Python tells when it was made
  export CC=$PWD/bin/cc AR=$PWD/bin/ar RANLIB=$PWD/bin/ranlib ZIG_GLOBAL_CACHE_DIR=$PWD/cache
}

# Compiles cpython/ in $1, with flags for the compiler $2 and the linker $3.
# shellcheck disable=SC2016
compile() {
  local work=$PWD compiling=(-std=c11 -fvisibility=hidden -O3 -fno-semantic-interposition -w)
  mkdir "$1"
  cd "$1"
  CPPFLAGS=-I$work/include LDFLAGS=-L$work/lib \
    ZLIB_CFLAGS=-I$work/include ZLIB_LIBS="-L$work/lib -lz" LIBLZMA_CFLAGS=-I$work/include LIBLZMA_LIBS="-L$work/lib -llzma" \
    ../cpython/configure --quiet --prefix=$PREFIX --enable-shared --with-openssl="$work" --with-ensurepip=no \
    --without-static-libpython --with-computed-gotos --disable-test-modules ac_cv_prog_HAS_GIT=not-found
  # inside libpython: from the system, none but glibc. And the one form of the flag that Zig knows
  cp "$HERE/Setup.local" Modules/
  sed -i 's/-Wl,-h/-Wl,-soname,/' Makefile.pre
  # Python finds its library wherever both are put
  make --silent -j "$(nproc)" PY3LIBRARY= LINKFORSHARED='-Wl,-export-dynamic -Wl,-rpath,\$$ORIGIN/../lib' \
    CONFIGURE_CFLAGS_NODIST="${compiling[*]} $2" CONFIGURE_LDFLAGS_NODIST="-Wl,--version-script=$HERE/exported.map $3"
  cd "$work"
}

# python/, from what was compiled in $1.
install() {
  local package name version
  make --silent -C "$1" PY3LIBRARY= DESTDIR="$PWD/installed" install > install.log
  mv "installed$PREFIX" python
  cp "$HERE/_manylinux.py" python/lib/python3.11/
  cp cpython/LICENSE python/lib/python3.11/LICENSE.txt
  # comes into the file, which is the same from whatever folder
  sed -i "s#$PWD#$PREFIX#g" python/lib/python3.11/_sysconfigdata*.py
  cp packages/lib/*/libgcc_s.so.1 python/lib/  # which some wheels ask for: this machine's is of its own glibc
  mkdir -p python/share/licenses
  echo PGO > python/share/compiled-with  # which its configuration does not tell
  for package in sources/*.deb; do
    IFS=_ read -r name version _ <<< "${package##*/}"
    if [ -f "packages/usr/share/doc/$name/copyright" ] && [ ! -L "packages/usr/share/doc/$name" ]; then
      cp "packages/usr/share/doc/$name/copyright" "python/share/licenses/$name $version.txt"
    fi
  done
}

# PyInstaller's, that needs no library but glibc's: its own asks for zlib.
loader() {
  (cd pyinstaller/bootloader && ../../python/bin/python3.11 ./waf --clang --static-zlib configure build_release) > loader.log ||
    { tail loader.log >&2; stop "PyInstaller's loader could not be compiled"; }
  cp pyinstaller/bootloader/build/release/run loader
}

train() {
  local work=$HERE/../../build/training
  rm -rf "$work"; mkdir -p "$work"; cd "$work"
  fetch x86_64; unpack
  export CC=clang-19
  compile made -fprofile-instr-generate "-fprofile-instr-generate -fuse-ld=bfd"
  LLVM_PROFILE_FILE=$PWD/%m.profraw LD_LIBRARY_PATH=made PYTHONHASHSEED=1 made/python -E -B "$HERE/training.py"
  llvm-profdata-19 merge -sparse -o python.profdata ./*.profraw
  xz -9e < python.profdata > "$HERE/python.profdata.xz"
}

if [ "${1:-}" = train ]; then train; exit; fi
arch=$1 zig=$(realpath "$2")
cd "$3"
fetch "$arch"
unpack
compiler "$arch" "$zig"
xz -d < "$HERE/python.profdata.xz" > python.profdata
compile made "-Wno-error=date-time -fprofile-instr-use=$PWD/python.profdata" -Wl,--gc-sections
install made
loader
