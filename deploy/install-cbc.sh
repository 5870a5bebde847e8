#!/usr/bin/env bash
# install-cbc.sh PYTHON [INTO]: CBC, a second solver that tests hold the first one against, into a folder of this
# checkout. It is taken out of an old PuLP, which brought the program along, by pip and its hash: where `make env` works,
# so does this; nothing is installed on the machine. Does nothing where it is there already. The services never use it.
set -euo pipefail
python="$1" into="${2:-var/cbc}" top="$(cd "$(dirname "$0")/.." && pwd)"
if [[ -x "$into/cbc" ]]; then exit 0; fi
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) built=linux/64 ;;
  Linux-aarch64 | Linux-arm64) built=linux/arm64 ;;
  Darwin-*) built=osx/64 ;;
  *) echo "no CBC is built for $(uname -sm): install it yourself, cbc on the PATH" >&2 && exit 1 ;;
esac
fetched="$(mktemp -d)"
mkdir -p "$into"
trap 'rm -rf "$fetched"' EXIT
"$python" -m pip download -qq --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
  -r "$top/deploy/cbc.lock" -d "$fetched"
"$python" -m zipfile -e "$fetched"/*.whl "$fetched/all"
program="$(mktemp "$into/cbc.XXXXXX")"
cp "$fetched/all/pulp/solverdir/cbc/$built/cbc" "$program"
chmod 755 "$program"
# Whole or not at all, also where two do this at once.
mv "$program" "$into/cbc"
