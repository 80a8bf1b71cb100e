#!/bin/sh
# Installs a classroom's box, upgrades it, goes back to the version before, or takes everything but config and lessons
# away again.
#
#   install.sh install [--now]     from wheels/ beside this script, and debs/ where there is no network
#   install.sh rollback [--now]    to the release that the last upgrade replaced
#   install.sh uninstall [--now]
#
# A new release is made ready beside the old one, and tried on the config and on a copy of the ledger. Only then it is
# switched to. If it is not ready soon after, or anything fails on the way, the old release comes back, with the ledger
# as it was where it has been migrated. While a lesson runs nothing is switched; --now does not wait: the recorder goes
# on with the lesson a second or two later, and the missing stretch is shown as such.
set -eu

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
ROOT=/opt/classroom-edge
# What an upgrade has replaced: which release, files/ (those of places()), data/ (the ledger) and the ledger's version.
KEPT=$ROOT/replaced
CONFIG=/etc/classroom-edge
STATE=/var/lib/classroom-edge
PAGES=/var/lib/classroom-web
COMMAND=/usr/local/bin/classroom-edge
SPACE_MB=1000
# A new release that is not ready after so long is not good; emulated machines take longer.
READY_S=${CLASSROOM_EDGE_READY_S:-90}
# As often a process may die meanwhile.
MOST_DEATHS=2

# shellcheck source=language.sh
. "$HERE/language.sh"

# The units of the processes, in the order in which they start: the recorder takes up a lesson by itself, and then the
# controller finds it.
services() { sed 's/.*/classroom-&.service/' "$HERE/processes"; }

# Those of them that are there: a release that is replaced may have had fewer.
present_services() {
	for unit in $(services); do
		[ ! -e "/etc/systemd/system/$unit" ] || echo "$unit"
	done
}

# What starts by itself: the web process does not, but where the config has pages.
enabled() {
	echo "classroom-edge.target classroom-poweroff.path classroom-web.path"
	services | grep -v '^classroom-web.service$'
}

# The services that are to run with this config.
wanted_services() {
	for unit in $(present_services); do
		[ "$unit" = classroom-web.service ] && [ ! -e /run/classroom-edge/pages/config.toml ] || echo "$unit"
	done
}

# What would start the web process by itself.
stop_triggers() {
	for unit in classroom-web.path classroom-web.socket; do
		[ ! -e "/etc/systemd/system/$unit" ] || systemctl stop "$unit"
	done
}

# Where each file of this folder belongs: one "name place" a line.
places() {
	for unit in $(services) classroom-web.path classroom-web.socket classroom-kiosk.service classroom-poweroff.service \
		classroom-poweroff.path classroom-edge-calibration-check.service classroom-edge-calibration-check.timer \
		classroom-edge.target classroom.slice; do
		echo "$unit /etc/systemd/system/$unit"
	done
	cat <<-END
		sysusers.conf /etc/sysusers.d/classroom-edge.conf
		tmpfiles.conf /etc/tmpfiles.d/classroom-edge.conf
		modules-load.conf /etc/modules-load.d/classroom-edge.conf
		journald.conf /etc/systemd/journald.conf.d/60-classroom-edge.conf
		watchdog.conf /etc/systemd/system.conf.d/60-classroom-edge.conf
		kiosk.html /usr/local/share/classroom-edge/kiosk.html
		60-classroom-edge.rules /etc/udev/rules.d/60-classroom-edge.rules
	END
}

fail() {
	echo "install.sh: $(in_words "$@")" >&2
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

wait_for_lesson_end() {
	[ "$NOW" = no ] && lesson_runs || return 0
	say "正在录课。新版本已准备好，下课后再切换（按 Ctrl-C 放弃，现有版本不受影响）" \
		"A lesson runs. The new version is prepared and takes over when it has ended (Ctrl-C: all stays as it is)"
	while lesson_runs; do
		sleep 5
	done
}

need_root() {
	[ "$(id -u)" = 0 ] || fail "只有 root 可以执行：命令前加 sudo" "only root may do this: put sudo before the command"
}

check_machine() {
	need_root
	command -v apt-get >/dev/null ||
		fail "这不是 Debian 系统：没有 apt-get" "this is no Debian: there is no apt-get"
	command -v systemctl >/dev/null ||
		fail "没有 systemd：请先 apt-get install systemd" "there is no systemd here: apt-get install systemd"
	if [ -e "$HERE/arch" ]; then
		made_for=$(cat "$HERE/arch")
		is=$(dpkg --print-architecture)
		[ "$made_for" = "$is" ] || fail "安装包是给 $made_for 机器的，这台是 $is" \
			"this is for $made_for machines, and this one is $is"
	fi
	mkdir -p "$ROOT"
	free_mb=$(df -Pm "$ROOT" | awk 'NR == 2 { print $4 }')
	[ "$free_mb" -ge "$SPACE_MB" ] || fail "$ROOT 只剩 $free_mb MB，需要 $SPACE_MB MB：请腾出空间" \
		"$ROOT has $free_mb MB left and needs $SPACE_MB: make room"
}

missing_debs() {
	while read -r deb; do
		dpkg-query -W -f='${Status}' "$deb" 2>/dev/null | grep -q 'ok installed' || echo "$deb"
	done <"$HERE/debian-packages"
}

install_debs() {
	missing=$(missing_debs | xargs)
	[ -n "$missing" ] || return 0
	say "Debian 软件包：$missing" "Debian packages: $missing"
	export DEBIAN_FRONTEND=noninteractive
	set -- apt-get -qq -y -o DPkg::Lock::Timeout=600 -o APT::Install-Recommends=false
	if [ -d "$HERE/debs" ]; then
		echo "deb [trusted=yes] file:$HERE/debs ./" >"$WORK/debs.list"
		mkdir -p "$WORK/lists/partial"
		set -- "$@" -o Dir::Etc::SourceList="$WORK/debs.list" -o Dir::Etc::SourceParts=- \
			-o Dir::State::Lists="$WORK/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
			-o APT::Sandbox::User=root
	fi
	"$@" update >"$WORK/apt.log" 2>&1 || failed_apt "请检查网络和 /etc/apt" "look at the network and at /etc/apt"
	# shellcheck disable=SC2086 # it is a list of words
	"$@" install $missing >"$WORK/apt.log" 2>&1 </dev/null || failed_apt \
		"如果这台机器的软件包比安装包里的新，请重新制作安装包" \
		"where this machine has newer packages than the bundle, make the bundle anew"
}

failed_apt() {
	cat "$WORK/apt.log" >&2
	fail "Debian 软件包装不上（$1）；原因见上面 apt 的输出" \
		"the Debian packages cannot be installed ($2); apt says why above"
}

# A whole Python environment in a folder of its own; the old one, which may be running, is left alone.
make_release() {
	number=1
	while [ -e "$ROOT/releases/$number" ]; do
		number=$((number + 1))
	done
	NEW=$ROOT/releases/$number
	say "Python 软件包装入 $NEW" "Python packages into $NEW"
	mkdir -p "$ROOT/releases"
	python3 -m venv --without-pip "$NEW"
	# Debian's own pip, as it comes with python3-venv: a release needs none.
	PYTHONPATH=$(echo /usr/share/python-wheels/pip-*.whl) "$NEW/bin/python" -m pip --isolated install --quiet \
		--disable-pip-version-check --no-cache-dir --no-compile --no-index --find-links "$HERE/wheels" \
		--require-hashes --requirement "$HERE/requirements.txt" ||
		fail "Python 软件包与 $(python3 --version)（$(uname -m)）不符；原因见上面 pip 的输出" \
			"the Python packages do not fit $(python3 --version) on $(uname -m); pip says why above"
	# On all processors, and without the packages' own tests. What cannot be compiled is started more slowly.
	"$NEW/bin/python" -m compileall -qq -j 0 -x /tests/ "$NEW/lib" || true
	"$NEW/bin/classroom-edge" --version >/dev/null ||
		fail "装好的程序不能启动；原因见上" "what was installed does not start; it says why above"
	mkdir "$NEW/doc"
	cp "$HERE/operations.md" "$HERE/operations.zh-CN.md" "$NEW/doc/"
}

present_release() { readlink "$ROOT/current" || true; }

# Whether the new release can take over config and ledger. A config that the old release refuses as well is no reason
# to keep that one, unless it still runs with the config it has read.
check_config_and_ledger() {
	[ -e "$CONFIG/config.toml" ] || return 0
	say "新版本检查现有的配置和账本" "The new version checks the config and the ledger that are there"
	"$NEW/bin/classroom-edge" check --ledger --json >"$WORK/check.json" && return 0 || fits=$?
	if [ "$fits" = 2 ] && [ "$WAS_READY" = no ] && { [ -z "$OLD" ] || ! "$COMMAND" check >/dev/null 2>&1; }; then
		return 0
	fi
	"$NEW/bin/classroom-edge" check --ledger >&2 || true
	[ "$fits" != 2 ] || fail "新版本不接受现有的配置，所以没有安装，现有版本不受影响。请按上面的提示修改 $CONFIG/config.toml，再执行一次" \
		"the new version does not take the config, so it was not installed, and all stays as it was: mend $CONFIG/config.toml as told above, then do this again"
	fail "新版本不能接着用现有的账本，所以没有安装，现有版本不受影响。原因见上；账本若是更新的版本写的，请安装那个版本" \
		"the new version cannot go on with the ledger, so it was not installed, and all stays as it was. It says why above; a ledger that a newer version has written needs that version"
}

# Schema version and path of the ledger, from what `check --ledger --json` says; nothing without a ledger.
version_and_path() {
	python3 -c '
import json, sys
ledger = json.load(sys.stdin).get("ledger", {})
if "version" in ledger:
    print(ledger["version"], ledger["path"])' 2>/dev/null || true
}

# The controller is at rest: what lies beside the ledger belongs to it. The release's name comes last: with it all is
# there that going back takes.
keep_replaced() {
	mkdir -p "$KEPT/files" "$KEPT/data"
	chmod 0700 "$KEPT"
	places | while read -r _ place; do
		[ ! -e "$place" ] || cp -p --parents "$place" "$KEPT/files"
	done
	[ ! -e "$WORK/check.json" ] || version_and_path <"$WORK/check.json" >"$KEPT/ledger"
	if read -r _ ledger 2>/dev/null <"$KEPT/ledger"; then
		for file in "$ledger" "$ledger-wal" "$ledger-shm"; do
			[ ! -e "$file" ] || cp -p "$file" "$KEPT/data"
		done
	fi
	echo "$OLD" >"$KEPT/release"
}

install_files() {
	say "服务单元、用户和设置" "Units, users and settings"
	places | while read -r name place; do
		[ ! -e "$HERE/$name" ] || install -D -m 0644 "$HERE/$name" "$place"
	done
	systemd-sysusers classroom-edge.conf
	if [ -e "$CONFIG/config.toml" ]; then
		say "保留 $CONFIG/config.toml；本版本带注释的样本是旁边的 config.toml.new" \
			"$CONFIG/config.toml is kept; the commented one of this version is config.toml.new beside it"
		install -m 0640 "$HERE/config.toml" "$CONFIG/config.toml.new"
	else
		FRESH=yes
		install -D -m 0640 "$HERE/config.toml" "$CONFIG/config.toml"
	fi
	systemd-tmpfiles --create classroom-edge.conf
	# Lessons that were recorded before there were pages are for them too.
	find "$STATE/spool" -group classroom-edge -exec chgrp -h classroom-web {} + || true
	find "$STATE/spool" -type d ! -perm -2000 -exec chmod g+s {} + || true
}

# switch_to RELEASE, as "releases/N".
switch_to() {
	ln -sfn "$1" "$ROOT/next"
	mv -fT "$ROOT/next" "$ROOT/current"
	mkdir -p "$(dirname "$COMMAND")"
	ln -sfn "$ROOT/current/bin/classroom-edge" "$COMMAND"
}

# What the kernel, udev, journald and systemd itself do differently now.
apply_settings() {
	modprobe --quiet hid || true
	udevadm control --reload && udevadm trigger --subsystem-match=video4linux --subsystem-match=sound \
		--subsystem-match=gpio --subsystem-match=tty --subsystem-match=hidraw
	systemctl daemon-reexec
	systemctl restart systemd-journald.service
}

# All but the recorder, which goes on with a lesson until it is started anew.
stop_beside_the_recorder() {
	stop_triggers
	for unit in $(present_services); do
		[ "$unit" = classroom-recorder.service ] || systemctl stop "$unit"
	done
}

start() {
	for unit in $(present_services | grep -v '^classroom-web.service$') classroom-poweroff.path; do
		systemctl restart --no-block "$unit"
	done
	[ ! -e /etc/systemd/system/classroom-web.path ] || systemctl restart --no-block classroom-web.path
	systemctl start --no-block classroom-edge.target
}

# How often systemd has started one of the processes again since.
deaths() {
	total=0
	for unit in $(present_services); do
		total=$((total + $(systemctl show --property=NRestarts --value "$unit")))
	done
	echo "$total"
}

# Whether every process says that it is ready, and the controller answers.
is_ready() {
	for unit in $(wanted_services); do
		systemctl --quiet is-active "$unit" || return 1
	done
	"$COMMAND" status --json >/dev/null 2>&1
}

# The wall clock may be set meanwhile.
uptime_s() { cut -d. -f1 /proc/uptime; }

# Whether that comes to be within READY_S, and lasts.
becomes_ready() {
	until=$(($(uptime_s) + READY_S))
	first=$(deaths)
	before=$first
	good=0
	while [ "$(uptime_s)" -lt "$until" ]; do
		if is_ready && [ "$(deaths)" = "$before" ]; then
			good=$((good + 1))
			[ "$good" -lt 3 ] || return 0
		else
			good=0
			before=$(deaths)
			[ $((before - first)) -le "$MOST_DEATHS" ] || return 1
		fi
		sleep 1
	done
	return 1
}

# The release of $KEPT, its files, and its ledger where that was migrated since. Nothing here may end half-way.
restore_replaced() {
	set +e
	trap '' INT TERM HUP
	old=$(cat "$KEPT/release")
	if is_up; then
		stop_triggers
		# shellcheck disable=SC2046 # it is a list of words
		systemctl stop $(present_services)
	fi
	now=$("$COMMAND" check --ledger --json 2>/dev/null | version_and_path)
	if read -r version ledger 2>/dev/null <"$KEPT/ledger" && [ "${now%% *}" != "$version" ]; then
		say "账本恢复为升级前的副本" "The ledger is the copy from before the upgrade again"
		rm -f "$ledger" "$ledger-wal" "$ledger-shm"
		cp -p "$KEPT/data"/* "$(dirname "$ledger")/"
	fi
	# shellcheck disable=SC2046 # it is a list of words
	systemctl --quiet disable $(enabled) 2>/dev/null
	places | while read -r _ place; do
		cp -p "$KEPT/files$place" "$place" 2>/dev/null || rm -f "$place"
	done
	switch_to "$old"
	for unit in $(enabled); do
		[ ! -e "/etc/systemd/system/$unit" ] || systemctl --quiet enable "$unit"
	done
	rm -rf "$KEPT"
	drop_releases
	is_up || return 0
	apply_settings
	start
}

# All but the one in use and the one that is kept.
drop_releases() {
	kept=$(cat "$KEPT/release" 2>/dev/null || true)
	for release in "$ROOT"/releases/*; do
		case releases/${release##*/} in
		"$(present_release)" | "$kept") ;;
		*) rm -rf "$release" ;;
		esac
	done
}

# The new release has its time to be ready; one that replaced a release that was ready must be.
require_readiness() {
	say "启动，等待就绪（最多 $READY_S 秒）" "Starting, and waiting until it is ready ($READY_S s at most)"
	becomes_ready && return 0
	for unit in $(services); do
		systemctl --no-pager --lines=5 status "$unit" >&2 || true
	done
	"$COMMAND" status >&2 || true
	[ "$WAS_READY" = yes ] || fail "已安装，但没有就绪；原因见上，详见 journalctl -u 'classroom-*' -e" \
		"everything is in place, but it is not ready; see above, and: journalctl -u 'classroom-*' -e"
	fail "新版本启动后没有就绪，原因见上" "the new version has started and is not ready; see above"
}

install_all() {
	check_machine
	OLD=$(present_release)
	! is_up || [ -z "$OLD" ] || ! is_ready || WAS_READY=yes
	install_debs
	make_release
	check_config_and_ledger
	! is_up || wait_for_lesson_end
	rm -rf "$KEPT"
	SWITCHING=yes
	! is_up || stop_beside_the_recorder
	[ -z "$OLD" ] || keep_replaced
	install_files
	switch_to "releases/$number"
	# shellcheck disable=SC2046 # it is a list of words
	systemctl --quiet enable $(enabled)
	if is_up; then
		apply_settings
		start
		require_readiness
	fi
	SWITCHING=no
	NEW=
	drop_releases
	say "已安装：$("$COMMAND" --version)" "Installed: $("$COMMAND" --version)"
	"$COMMAND" check || FRESH=yes
	[ "$FRESH" = no ] || say "接下来：编辑 $CONFIG/config.toml，然后执行
   sudo classroom-edge check && sudo systemctl restart classroom-edge.target && sudo classroom-edge devices" \
		"Next: edit $CONFIG/config.toml, then run
   sudo classroom-edge check && sudo systemctl restart classroom-edge.target && sudo classroom-edge devices"
	[ -z "$OLD" ] || say "以前的版本仍保留；要退回去，用同一个文件执行 rollback（或 make rollback）" \
		"The version before is kept; to go back to it, run this with: rollback (or: make rollback)"
}

roll_back() {
	need_root
	[ -e "$KEPT/release" ] || fail "没有可以退回的版本" "there is no release to go back to"
	[ "$NOW" = yes ] || ! lesson_runs || fail "正在录课：请先下课，或加 --now" "a lesson runs: end it first, or add --now"
	restore_replaced
	say "已退回以前的版本：$("$COMMAND" --version)" "The version before is back: $("$COMMAND" --version)"
}

uninstall_all() {
	need_root
	[ "$NOW" = yes ] || ! lesson_runs || fail "正在录课：请先下课，或加 --now" "a lesson runs: end it first, or add --now"
	for unit in $(enabled) classroom-kiosk.service classroom-edge-calibration-check.timer; do
		[ ! -e "/etc/systemd/system/$unit" ] || systemctl --quiet disable "$unit"
	done
	if is_up; then
		# shellcheck disable=SC2046 # it is a list of words
		systemctl stop $(enabled) classroom-kiosk.service classroom-web.socket classroom-web.service \
			classroom-edge-calibration-check.timer classroom-edge-calibration-check.service 2>/dev/null || true
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
	say "已卸载。保留：$CONFIG（配置）、$STATE（录像和账本）、$PAGES（网页的密码和证书）、用户 classroom-edge、classroom-web、classroom-kiosk" \
		"Removed. Kept: $CONFIG (config), $STATE (lessons and ledger), $PAGES (the pages' passwords and certificate), the users classroom-edge, classroom-web and classroom-kiosk"
}

# However this ends: a switch that was begun and not finished is taken back.
clean_up() {
	if [ "$SWITCHING" = yes ] && [ ! -e "$KEPT/release" ] && [ "$WAS_READY" = yes ]; then
		start
	elif [ "$SWITCHING" = yes ] && [ -e "$KEPT/release" ] && { [ "$WAS_READY" = yes ] || ! is_up; }; then
		SWITCHING=no
		restore_replaced
		say "升级没有成功，已退回原来的版本（$("$COMMAND" --version)）。请把上面的输出交给维护者" \
			"The upgrade has failed, and the version before is back ($("$COMMAND" --version)). Show the maintainers what is above"
		if is_up && ! becomes_ready; then
			say "注意：原来的版本也还没有就绪，请看 classroom-edge status" \
				"Beware: the version before is not ready yet either; see classroom-edge status"
		fi
	fi
	rm -rf "$WORK"
	[ -z "$NEW" ] || [ "$SWITCHING" = yes ] || rm -rf "$NEW"
}

ACT=${1:-}
NOW=no
FRESH=no
[ "${2:-}" != --now ] || NOW=yes
NEW=
OLD=
WAS_READY=no
SWITCHING=no
WORK=$(mktemp -d)
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

case $ACT in
install) install_all ;;
rollback) roll_back ;;
uninstall) uninstall_all ;;
*) fail "要做什么？install.sh install [--now]、rollback [--now] 或 uninstall [--now]" \
	"what is to be done? install.sh install [--now], rollback [--now] or uninstall [--now]" ;;
esac
