#!/bin/sh
# Whether the units are clean and tight enough, and the scripts sound. verify wants commands that exist, so it
# gets copies whose commands do.
set -eu

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# systemd-analyze's exposure, times ten.
MOST_EXPOSED=20
# That of the web process, which everybody on the network reaches.
MOST_EXPOSED_WEB=15

COPIES=$(mktemp -d)
trap 'rm -rf "$COPIES"' EXIT
for unit in "$HERE"/*.service "$HERE"/*.path "$HERE"/*.socket "$HERE"/*.target "$HERE"/*.slice \
	"$HERE"/*.timer; do
	sed -e 's#^ExecStart=/\(opt\|usr/bin/cage\)[^ ]*#ExecStart=/bin/true#' -e '/^Documentation=/d' "$unit" \
		>"$COPIES/$(basename "$unit")"
done
SYSTEMD_UNIT_PATH="$COPIES:/lib/systemd/system" systemd-analyze verify --man=no "$COPIES"/*
while read -r process; do
	most=$MOST_EXPOSED
	[ "$process" != web ] || most=$MOST_EXPOSED_WEB
	systemd-analyze security --offline=yes --no-pager --threshold="$most" \
		"$HERE/classroom-$process.service" \
		>"$COPIES/report" || {
		cat "$COPIES/report"
		exit 1
	}
	tail -n 1 "$COPIES/report"
done <"$HERE/processes"
systemd-analyze security --offline=yes --no-pager --threshold="$MOST_EXPOSED" \
	"$HERE/classroom-edge-calibration-check.service" | tail -n 1
cd "$HERE/.."
shellcheck --external-sources --source-path=SCRIPTDIR systemd/*.sh requirements/*.sh .ci/run tests/bare/* tests/hil/arm64/run
