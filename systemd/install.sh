#!/bin/sh
# Installs a classroom's box, upgrades it, or takes everything but config and lessons away again.
#
#   install.sh install [--now]     from wheels/ beside this script, and debs/ where there is no network
#   install.sh uninstall [--now]
#
# A new version is made ready beside the old one and then switched to at once: what fails on the way leaves the
# old one as it was. While a lesson runs the processes are not started anew before its end; --now does not wait:
# the recorder goes on with the lesson a second or two later, and the missing stretch is shown as such.
set -eu

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
ROOT=/opt/classroom-edge
CONFIG=/etc/classroom-edge
STATE=/var/lib/classroom-edge
COMMAND=/usr/local/bin/classroom-edge
ENABLED="classroom-edge.target classroom-recorder.service classroom-controller.service classroom-poweroff.path"
SPACE_MB=1000

# Where each file of this folder belongs: one "name place" a line.
places() {
	cat <<-END
		classroom-recorder.service /etc/systemd/system/classroom-recorder.service
		classroom-controller.service /etc/systemd/system/classroom-controller.service
		classroom-poweroff.service /etc/systemd/system/classroom-poweroff.service
		classroom-poweroff.path /etc/systemd/system/classroom-poweroff.path
		classroom-edge.target /etc/systemd/system/classroom-edge.target
		classroom.slice /etc/systemd/system/classroom.slice
		sysusers.conf /etc/sysusers.d/classroom-edge.conf
		tmpfiles.conf /etc/tmpfiles.d/classroom-edge.conf
		modules-load.conf /etc/modules-load.d/classroom-edge.conf
		journald.conf /etc/systemd/journald.conf.d/60-classroom-edge.conf
		watchdog.conf /etc/systemd/system.conf.d/60-classroom-edge.conf
		60-classroom-edge.rules /etc/udev/rules.d/60-classroom-edge.rules
	END
}

say() { echo "== $*"; }

fail() {
	echo "install.sh: $*" >&2
	exit 1
}

# Whether this machine is up under systemd; a folder in which an image is made is not.
is_up() { [ -d /run/systemd/system ]; }

# Whether a lesson goes on. A controller that does not answer knows of none.
lesson_runs() {
	is_up && [ -x "$COMMAND" ] || return 1
	case $("$COMMAND" status --json 2>/dev/null | tr -d ' \n') in
	*'"state":"idle"'*) return 1 ;;
	*'"state":"'*) return 0 ;;
	*) return 1 ;;
	esac
}

wait_for_the_bell() {
	[ "$NOW" = no ] && lesson_runs || return 0
	say "A lesson runs. The new version is ready and starts when it has ended (Ctrl-C: at the next boot)"
	while lesson_runs; do
		sleep 5
	done
}

check_machine() {
	[ "$(id -u)" = 0 ] || fail "only root may do this: put sudo before the command"
	command -v apt-get >/dev/null || fail "this is no Debian: there is no apt-get"
	command -v systemctl >/dev/null || fail "there is no systemd here: apt-get install systemd"
	if [ -e "$HERE/arch" ]; then
		made_for=$(cat "$HERE/arch")
		is=$(dpkg --print-architecture)
		[ "$made_for" = "$is" ] || fail "this is for $made_for machines, and this one is $is"
	fi
	mkdir -p "$ROOT"
	free_mb=$(df -Pm "$ROOT" | awk 'NR == 2 { print $4 }')
	[ "$free_mb" -ge "$SPACE_MB" ] || fail "$ROOT has $free_mb MB left and needs $SPACE_MB: make room"
}

missing_debs() {
	while read -r deb; do
		dpkg-query -W -f='${Status}' "$deb" 2>/dev/null | grep -q 'ok installed' || echo "$deb"
	done <"$HERE/debian-packages"
}

install_debs() {
	missing=$(missing_debs | xargs)
	[ -n "$missing" ] || return 0
	say "Debian packages: $missing"
	export DEBIAN_FRONTEND=noninteractive
	set -- apt-get -qq -y -o DPkg::Lock::Timeout=600 -o APT::Install-Recommends=false
	if [ -d "$HERE/debs" ]; then
		echo "deb [trusted=yes] file:$HERE/debs ./" >"$WORK/debs.list"
		mkdir -p "$WORK/lists/partial"
		set -- "$@" -o Dir::Etc::SourceList="$WORK/debs.list" -o Dir::Etc::SourceParts=- \
			-o Dir::State::Lists="$WORK/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
			-o APT::Sandbox::User=root
	fi
	"$@" update >"$WORK/apt.log" 2>&1 || failed_apt "look at the network and at /etc/apt"
	# shellcheck disable=SC2086 # it is a list of words
	"$@" install $missing >"$WORK/apt.log" 2>&1 </dev/null ||
		failed_apt "where this machine has newer packages than the bundle, make the bundle anew"
}

failed_apt() {
	cat "$WORK/apt.log" >&2
	fail "the Debian packages cannot be installed ($1); apt says why above"
}

# A whole Python environment in a folder of its own; the old one, which may be running, is left alone.
make_release() {
	number=1
	while [ -e "$ROOT/releases/$number" ]; do
		number=$((number + 1))
	done
	NEW=$ROOT/releases/$number
	say "Python packages into $NEW"
	mkdir -p "$ROOT/releases"
	python3 -m venv --without-pip "$NEW"
	# Debian's own pip, as it comes with python3-venv: a release needs none.
	PYTHONPATH=$(echo /usr/share/python-wheels/pip-*.whl) "$NEW/bin/python" -m pip --isolated install --quiet \
		--disable-pip-version-check --no-cache-dir --no-compile --no-index --find-links "$HERE/wheels" classroom-edge ||
		fail "the Python packages do not fit $(python3 --version) on $(uname -m); pip says why above"
	# On all processors, and without the packages' own tests. What cannot be compiled is started more slowly.
	"$NEW/bin/python" -m compileall -qq -j 0 -x /tests/ "$NEW/lib" || true
	"$NEW/bin/classroom-edge" --version >/dev/null || fail "what was installed does not start; it says why above"
	mkdir "$NEW/doc"
	cp "$HERE/operations.md" "$NEW/doc/"
}

put_files() {
	say "Units, users and settings"
	places | while read -r name place; do
		[ ! -e "$HERE/$name" ] || install -D -m 0644 "$HERE/$name" "$place"
	done
	systemd-sysusers classroom-edge.conf
	if [ -e "$CONFIG/config.toml" ]; then
		say "$CONFIG/config.toml is kept; the commented one of this version is config.toml.new beside it"
		install -m 0640 "$HERE/config.toml" "$CONFIG/config.toml.new"
	else
		FRESH=yes
		install -D -m 0640 "$HERE/config.toml" "$CONFIG/config.toml"
	fi
	systemd-tmpfiles --create classroom-edge.conf
}

switch() {
	ln -s "releases/$number" "$ROOT/next"
	mv -fT "$ROOT/next" "$ROOT/current"
	NEW=
	mkdir -p "$(dirname "$COMMAND")"
	ln -sfn "$ROOT/current/bin/classroom-edge" "$COMMAND"
	# shellcheck disable=SC2086 # it is a list of words
	systemctl --quiet enable $ENABLED
}

# What the kernel, udev, journald and systemd itself do differently now.
apply_settings() {
	modprobe --quiet hid || true
	udevadm control --reload && udevadm trigger --subsystem-match=video4linux --subsystem-match=sound \
		--subsystem-match=gpio --subsystem-match=tty --subsystem-match=hidraw
	systemctl daemon-reexec
	systemctl restart systemd-journald.service
}

# The recorder first: it takes up a lesson by itself, and then the controller finds it.
start() {
	say "Starting recorder and controller"
	for unit in classroom-recorder.service classroom-controller.service classroom-poweroff.path; do
		systemctl restart "$unit" ||
			fail "everything is in place, but $unit does not start; see: journalctl -u $unit -e"
	done
	systemctl start classroom-edge.target
}

drop_old_releases() {
	for release in "$ROOT"/releases/*; do
		[ "$release" = "$(readlink -f "$ROOT/current")" ] || rm -rf "$release"
	done
}

install_all() {
	check_machine
	install_debs
	make_release
	put_files
	switch
	if is_up; then
		apply_settings
		wait_for_the_bell
		start
	fi
	drop_old_releases
	say "Installed: $("$COMMAND" --version)"
	"$COMMAND" check || FRESH=yes
	[ "$FRESH" = no ] || say "Next: edit $CONFIG/config.toml, then run
   sudo classroom-edge check && sudo systemctl restart classroom-edge.target && sudo classroom-edge devices"
}

uninstall_all() {
	[ "$(id -u)" = 0 ] || fail "only root may do this: put sudo before the command"
	[ "$NOW" = yes ] || ! lesson_runs || fail "a lesson runs: end it first, or add --now"
	for unit in $ENABLED; do
		[ ! -e "/etc/systemd/system/$unit" ] || systemctl --quiet disable "$unit"
	done
	if is_up; then
		# shellcheck disable=SC2086 # it is a list of words
		systemctl stop $ENABLED 2>/dev/null || true
	fi
	places | while read -r _ place; do
		rm -f "$place"
	done
	rm -rf "$ROOT" "$COMMAND" "$CONFIG/config.toml.new"
	if is_up; then
		systemctl daemon-reexec
		systemctl restart systemd-journald.service
		udevadm control --reload
	fi
	say "Removed. Kept: $CONFIG (config), $STATE (lessons and ledger), the user classroom-edge"
}

clean_up() {
	rm -rf "$WORK"
	[ -z "$NEW" ] || rm -rf "$NEW"
}

ACT=${1:-}
NOW=no
FRESH=no
[ "${2:-}" != --now ] || NOW=yes
NEW=
WORK=$(mktemp -d)
trap clean_up EXIT
trap 'exit 130' INT TERM

case $ACT in
install) install_all ;;
uninstall) uninstall_all ;;
*) fail "what is to be done? install.sh install [--now], or install.sh uninstall [--now]" ;;
esac
