#!/bin/sh
# Classroom edge controller: installs a box without a network. Everything needed is in this file.
#   sudo sh THIS-FILE [install [--now] | uninstall [--now]]
set -eu
[ "$(id -u)" = 0 ] || { echo "only root may install: sudo sh $0" >&2; exit 1; }
PAYLOAD=$(mktemp -d /var/tmp/classroom-edge.XXXXXX)
trap 'rm -rf "$PAYLOAD"' EXIT
trap 'exit 130' INT TERM
archive() { tail -n "+$(awk '/^@END@$/ { print NR + 1; exit }' "$0")" "$0"; }
echo "== Unpacking"
[ "$(archive | sha256sum | cut -d' ' -f1)" = @SUM@ ] || { echo "this file is damaged: copy it again" >&2; exit 1; }
[ $# -gt 0 ] || set -- install
# To take it away takes no packages.
case $1 in
install) archive | tar -C "$PAYLOAD" -xf - ;;
*) archive | tar -C "$PAYLOAD" -xf - --exclude=./wheels --exclude=./debs ;;
esac
sh "$PAYLOAD/install.sh" "$@"
exit
# shellcheck disable=SC2317 # nobody comes here: the archive follows
@END@
