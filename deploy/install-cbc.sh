#!/usr/bin/env bash
# CBC, a second solver that tests hold the first one against, into a folder of this checkout, out of Debian's packages:
# nothing is installed on the machine and no root is needed. Does nothing where it is there already. The services never
# use it.
set -euo pipefail
into="${1:-var/cbc}"
if [[ -x "$into/bin/cbc" ]]; then exit 0; fi
command -v apt-get >/dev/null && command -v dpkg >/dev/null || {
  echo "no Debian package tools here: install CBC yourself, cbc on the PATH" >&2
  exit 1
}
mkdir -p "$(dirname "$into")"
packages="$(mktemp -d)"
unpacked="$(mktemp -d "$(dirname "$into")/cbc.XXXXXX")"
trap 'rm -rf "$packages" "$unpacked"' EXIT
(cd "$packages" && apt-get -qq -o APT::Sandbox::User=root download \
  coinor-cbc coinor-libcbc3 coinor-libclp1 coinor-libcgl1 coinor-libosi1v5 coinor-libcoinutils3v5 \
  libblas3 liblapack3 libgfortran5 libquadmath0)
for package in "$packages"/*.deb; do dpkg -x "$package" "$unpacked"; done
mkdir "$unpacked/bin"
cat >"$unpacked/bin/cbc" <<'EOF'
#!/usr/bin/env bash
# CBC with the libraries that lie beside it.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
beside="$(find "$here/usr/lib" "$here/lib" -name '*.so*' -printf '%h\n' 2>/dev/null | sort -u | paste -sd: -)"
LD_LIBRARY_PATH="$beside${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/usr/bin/cbc" "$@"
EOF
chmod 755 "$unpacked" "$unpacked/bin/cbc"
# Whole or not at all, also where two do this at once: the second finds the first one's folder.
mv -T "$unpacked" "$into" 2>/dev/null || [[ -x "$into/bin/cbc" ]]
