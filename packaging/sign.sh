#!/usr/bin/env bash
# Sign files of a release, so that `chatadmin upgrade` takes them: each gets a FILE.minisig beside it.
#
#   CHATADMIN_RELEASE_SECRET   the file of minisign's secret key. It stays on this machine, and away from the repository
#   CHATADMIN_RELEASE_KEY      the public key that was built in; with several, any of them. What is signed is checked by it
#
#   packaging/sign.sh "chatadmin 0.2.0 x86_64" dist/chatadmin    the words are signed too, and shown to who upgrades
#
# The keys are made once:  minisign -G -p release.pub -s release.sec
set -euo pipefail
: "${CHATADMIN_RELEASE_SECRET:?sign.sh: names the file of the secret key}"
: "${CHATADMIN_RELEASE_KEY:?sign.sh: is the public key that was built in}"
command -v minisign >/dev/null || { echo "sign.sh: needs minisign (apt-get install minisign)" >&2; exit 1; }

words=$1
shift
for file; do
  minisign -S -s "$CHATADMIN_RELEASE_SECRET" -m "$file" -t "$words" >&2
  fits=no
  for key in $CHATADMIN_RELEASE_KEY; do
    if minisign -V -q -P "$key" -m "$file" 2>/dev/null; then fits=yes; fi
  done
  if [ $fits = no ]; then
    rm "$file.minisig"
    echo "sign.sh: $file would be taken by no version with this CHATADMIN_RELEASE_KEY: the secret key is another's" >&2
    exit 1
  fi
done
