#!/bin/sh
# Classroom edge controller: installs a box without a network. Everything needed is in this file.
#   sudo sh THIS-FILE [install [--now] | rollback [--now] | uninstall [--now]]
set -eu
@LANGUAGE@
[ "$(id -u)" = 0 ] || { in_words "只有 root 能安装：sudo sh $0" "only root may install: sudo sh $0" >&2; exit 1; }
PAYLOAD=$(mktemp -d /var/tmp/classroom-edge.XXXXXX)
trap 'rm -rf "$PAYLOAD"' EXIT
# The shell waits for install.sh, which puts back what it has begun.
trap 'exit 130' INT TERM HUP
archive() { tail -n "+$(awk '/^@END@$/ { print NR + 1; exit }' "$0")" "$0"; }
say "解包" "Unpacking"
[ "$(archive | sha256sum | cut -d' ' -f1)" = @SUM@ ] || {
	in_words "这个文件已损坏，请重新复制" "this file is damaged: copy it again" >&2
	exit 1
}
[ $# -gt 0 ] || set -- install
# Only an installation takes packages.
case $1 in
install) archive | tar -C "$PAYLOAD" -xf - ;;
*) archive | tar -C "$PAYLOAD" -xf - --exclude=./wheels --exclude=./debs ;;
esac
sh "$PAYLOAD/install.sh" "$@"
exit
# shellcheck disable=SC2317 # nobody comes here: the archive follows
@END@
