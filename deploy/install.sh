#!/usr/bin/env bash
# install.sh PYTHON VENV LOCK: a fresh environment with exactly the locked packages and ours, editable unless EDITABLE=no.
# The Dockerfile runs the same file, so a test of it here is a test of the image's steps.
set -euo pipefail
python=$1 venv=$2 lock=$3
top=$(cd "$(dirname "$0")/.." && pwd)
flag=-e
[ "${EDITABLE:-yes}" = no ] && flag=
ours=()
for package in libs/contracts libs/kit libs/client services/registry services/allocation services/agreements; do
  ours+=($flag "$top/$package")
done
echo "environment: $("$python" --version) in $venv"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
export PIP_DISABLE_PIP_VERSION_CHECK=1
"$venv/bin/python" -m pip install -qq --require-hashes -r "$top/$lock"
"$venv/bin/python" -m pip install -qq --no-deps --no-build-isolation "${ours[@]}"
"$venv/bin/python" -m pip check
