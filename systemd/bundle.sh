#!/bin/sh
# Gathers what a box needs: wheels, Debian packages, units and the installer.
#
#   bundle.sh folder FOLDER         without Debian packages: the box fetches them (make install)
#   bundle.sh file FOLDER [ARCH]    everything in one file in FOLDER, for a box without a network (make bundle)
# With OCR=1 in the environment it has the reader of what stands on the screen, too.
#
# The packages are those of this machine's Debian release and Python, and of its architecture where none is named.
set -eu

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
SOURCE=$(dirname "$HERE")
LOCK=product.txt
[ -z "${OCR:-}" ] || LOCK=ocr.txt

. "$HERE/language.sh"

# What Python calls an architecture of Debian.
machine() {
	case $1 in
	amd64) echo x86_64 ;;
	arm64) echo aarch64 ;;
	*)
		in_words "bundle.sh：没有为 $1 架构发布的软件包，只能是 amd64 或 arm64" \
			"bundle.sh: $1 is no architecture that packages are published for: amd64 or arm64" >&2
		return 1
		;;
	esac
}

# The project's wheel, from a copy of the source, so that nothing is left behind in it; the locked versions of all that
# it needs; and requirements.txt, which names both with their hashes.
gather_wheels() {
	say "Python 软件包" "Python packages"
	mkdir "$WORK/source"
	for part in setup.py pyproject.toml calibrate.py LICENSE NOTICE drivers pipelines edge; do
		cp -R "$SOURCE/$part" "$WORK/source/"
	done
	python3 -m venv "$WORK/venv"
	pip install --require-hashes --requirement "$SOURCE/requirements/build.txt"
	pip wheel --no-deps --no-build-isolation --wheel-dir "$1/wheels" "$WORK/source"
	wheel=$(find "$1/wheels" -name 'classroom_edge-*.whl')
	version=$(basename "$wheel" | cut -d- -f2)
	# shellcheck disable=SC2046 # it is a list of words
	pip download --require-hashes --only-binary :all: $(platforms) --dest "$1/wheels" \
		--requirement "$SOURCE/requirements/$LOCK"
	{
		echo "classroom-edge==$version --hash=sha256:$(sha256sum "$wheel" | cut -d' ' -f1)"
		cat "$SOURCE/requirements/$LOCK"
	} >"$1/requirements.txt"
}

pip() {
	verb=$1
	shift
	"$WORK/venv/bin/pip" "$verb" --quiet --disable-pip-version-check --no-input "$@"
}

# How wheels for another architecture are marked. Its C library is this machine's, being of the same release; the
# newest comes first, as pip itself would have it there.
platforms() {
	[ "$ARCH" != "$NATIVE" ] || return 0
	echo --no-deps
	minor=$(getconf GNU_LIBC_VERSION | cut -d. -f2)
	while [ "$minor" -ge "$OLDEST_LIBC_MINOR" ]; do
		echo --platform "manylinux_2_${minor}_$MACHINE"
		minor=$((minor - 1))
	done
	echo --platform "manylinux2014_$MACHINE"
}

gather_files() {
	for file in "$HERE"/*.service "$HERE"/*.path "$HERE"/*.socket "$HERE"/*.target "$HERE"/*.slice "$HERE"/*.conf "$HERE"/*.rules \
		"$HERE/config.toml" "$HERE/kiosk.html" "$HERE/debian-packages" "$HERE/processes" "$HERE/install.sh" "$HERE/language.sh" \
		"$SOURCE/docs/operations.md" "$SOURCE/docs/operations.zh-CN.md" "$SOURCE/LICENSE" "$SOURCE/NOTICE"; do
		[ ! -e "$file" ] || cp "$file" "$1/"
	done
	echo "$ARCH" >"$1/arch"
}

# apt as on a machine of that architecture on which nothing is installed.
bare_apt() {
	apt-get -qq -o APT::Architecture="$ARCH" -o APT::Architectures="$ARCH" -o Dir::State="$WORK/apt" \
		-o Dir::State::status=/dev/null -o Dir::Cache="$WORK/apt" -o APT::Install-Recommends=false \
		-o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}

closure() { bare_apt --print-uris install "$@" | awk '{ print $2 }' | sort; }

# All that a Debian with nothing but its base and systemd lacks, as a repository that apt can read.
gather_debs() {
	say "Debian 软件包" "Debian packages"
	mkdir -p "$WORK/apt/lists/partial" "$WORK/apt/archives/partial" "$1/debs"
	bare_apt update
	closure '?essential' apt init systemd systemd-sysv udev dbus >"$WORK/base"
	# shellcheck disable=SC2046 # it is a list of words
	closure $(cat "$HERE/debian-packages") >"$WORK/wanted"
	comm -13 "$WORK/base" "$WORK/wanted" | sed -E 's/_([^_]*)_[^_]*$/=\1/; s/%3a/:/' >"$WORK/debs"
	# shellcheck disable=SC2046 # it is a list of words
	(cd "$1/debs" && bare_apt download $(cat "$WORK/debs"))
	for deb in "$1"/debs/*.deb; do
		dpkg-deb --field "$deb"
		echo "Filename: ./$(basename "$deb")"
		echo "Size: $(stat -c %s "$deb")"
		echo "SHA256: $(sha256sum "$deb" | cut -d' ' -f1)"
		echo
	done >"$1/debs/Packages"
}

seal() {
	payload=$1
	file=$2/classroom-edge-$version-$(cat "$payload/arch").run
	tar -C "$payload" --owner=0 --group=0 -cf "$WORK/payload.tar" .
	sum=$(sha256sum "$WORK/payload.tar" | cut -d' ' -f1)
	{
		sed -e "s/@SUM@/$sum/" -e "/^@LANGUAGE@$/r $HERE/language.sh" -e '/^@LANGUAGE@$/d' "$HERE/unpack.sh"
		cat "$WORK/payload.tar"
	} >"$file.part"
	mv "$file.part" "$file"
	size=$(du -h "$file" | cut -f1)
	say "$file（$size）：复制到教室的盒子上，然后执行 sudo sh $(basename "$file")" \
		"$file ($size): copy it to the box, then: sudo sh $(basename "$file")"
}

NATIVE=$(dpkg --print-architecture)
ARCH=${3:-$NATIVE}
MACHINE=
[ "$ARCH" = "$NATIVE" ] || MACHINE=$(machine "$ARCH")
# Wheels for an older C library 2.x than this are not made for any Python of ours.
OLDEST_LIBC_MINOR=17
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM

case ${1:-} in
folder)
	mkdir -p "$2"
	gather_wheels "$2"
	gather_files "$2"
	;;
file)
	mkdir -p "$2" "$WORK/payload"
	gather_wheels "$WORK/payload"
	gather_files "$WORK/payload"
	gather_debs "$WORK/payload"
	seal "$WORK/payload" "$2"
	;;
*)
	in_words "用法：bundle.sh folder 文件夹，或 bundle.sh file 文件夹 [架构]" \
		"usage: bundle.sh folder FOLDER, or bundle.sh file FOLDER [ARCH]" >&2
	exit 2
	;;
esac
