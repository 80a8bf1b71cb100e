#!/bin/sh
# The lock files beside this script: exact versions of what setup.py and pyproject.toml allow, and all their hashes.
#
#   lock.sh UV [--upgrade]   write them; versions that are still allowed stay, unless --upgrade
#   lock.sh UV --check       whether they are what would be written
#
# One lock serves every architecture, and every Python from 3.11 on. UV is the command of the package uv.
set -eu

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
UV=$(realpath "$1")
MODE=${2:-}
export UV_CUSTOM_COMPILE_COMMAND='make lock'

pin() {
	file=requirements/$1
	shift
	"$UV" pip compile --quiet --universal --python-version 3.11 --generate-hashes --output-file "$file" "$@" >/dev/null
}

# The product's own versions are those of every other lock; the pages are tried beside what the other tests have.
pin_all() {
	sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml | pin build.txt - "$@"
	pin product.txt setup.py --extra calibration "$@"
	pin ocr.txt setup.py --extra calibration --extra ocr --constraints requirements/product.txt "$@"
	pin test.txt setup.py --extra calibration --extra dev --extra pyaudio --constraints requirements/product.txt "$@"
	pin e2e.txt setup.py --extra e2e --constraints requirements/test.txt "$@"
	pin node.txt setup.py --extra node --constraints requirements/product.txt "$@"
	pin bench.txt setup.py --extra bench --constraints requirements/product.txt "$@"
	pin fuzz.txt setup.py --extra fuzz --constraints requirements/product.txt "$@"
}

case $MODE in
'' | --upgrade)
	cd "$HERE/.."
	pin_all ${MODE:+"$MODE"}
	;;
--check)
	copy=$(mktemp -d)
	trap 'rm -rf "$copy"' EXIT
	cp -R "$HERE" "$HERE/../setup.py" "$HERE/../pyproject.toml" "$copy"
	cd "$copy"
	pin_all
	diff -ru "$HERE" requirements || {
		echo "lock.sh: the lock files are not what setup.py and pyproject.toml ask for: make lock" >&2
		exit 1
	}
	;;
*)
	echo "lock.sh UV [--upgrade | --check]" >&2
	exit 2
	;;
esac
