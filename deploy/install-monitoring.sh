#!/usr/bin/env bash
# Prometheus, promtool, Alertmanager and amtool into a folder of this checkout, out of Debian's packages: nothing is
# installed on the machine and no root is needed. Does nothing where they are there already.
set -euo pipefail
into="${1:-var/monitoring}"
# Debian's Alertmanager knows its templates by one path of the machine. Here it finds them from the folder it is started
# in: a path of the same length, relative.
relocate() {
  local program="$1/usr/bin/prometheus-alertmanager"
  if grep -qaF /usr/share/prometheus/alertmanager "$program"; then
    LC_ALL=C sed -i 's|/usr/share/prometheus/alertmanager|usr/share/prometheus//alertmanager|g' "$program"
  fi
}
if [[ -x "$into/usr/bin/promtool" && -x "$into/usr/bin/amtool" ]]; then relocate "$into"; exit 0; fi
command -v apt-get >/dev/null && command -v dpkg >/dev/null || {
  echo "no Debian package tools here: install prometheus and alertmanager yourself, promtool and amtool on the PATH" >&2
  exit 1
}
mkdir -p "$(dirname "$into")"
packages="$(mktemp -d)"
unpacked="$(mktemp -d "$(dirname "$into")/monitoring.XXXXXX")"
trap 'rm -rf "$packages" "$unpacked"' EXIT
(cd "$packages" && apt-get -qq -o APT::Sandbox::User=root download prometheus prometheus-alertmanager)
for package in "$packages"/*.deb; do dpkg -x "$package" "$unpacked"; done
relocate "$unpacked"
# Whole or not at all, also where two do this at once: the second finds the first one's folder.
mv -T "$unpacked" "$into" 2>/dev/null || [[ -x "$into/usr/bin/promtool" ]]
