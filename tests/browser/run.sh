#!/bin/sh
# The page's tests in a real Chromium, over the release build.
# run.sh [PICTURES]: screenshots go to that folder. Installs Debian's chromium and playwright-core where missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${DATELINE:-$root/target/release/dateline}
[ -x "$program" ] || { echo "$program: not built; run cargo build --release" >&2; exit 2; }
browser=${CHROMIUM:-/usr/bin/chromium}
if [ ! -x "$browser" ]; then
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y chromium
fi
[ -d "$here/node_modules/playwright-core" ] || (cd "$here" && npm ci --no-audit --no-fund)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
[ $# -eq 0 ] || mkdir -p "$1"
CHROMIUM=$browser node "$here/run.mjs" "$program" "$root/corpus" "$scratch" ${1+"$1"}
