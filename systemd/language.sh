# shellcheck shell=sh
# Sourced: sentences to a technician, in Chinese or English as the product itself chooses: by CLASSROOM_EDGE_LANG, else
# the config's room.language, else LANG, else Chinese.

chosen_language() {
	config=/etc/classroom-edge/config.toml
	configured=$(sed -n 's/^language *= *"\([^"]*\)".*/\1/p' $config 2>/dev/null | head -n 1) || true
	for named in "${CLASSROOM_EDGE_LANG:-}" "$configured" "${LANG:-}"; do
		case $named in
		[zZ][hH]*) echo zh && return ;;
		[eE][nN]* | C | C.* | POSIX) echo en && return ;;
		esac
	done
	echo zh
}

LANGUAGE_OF_READER=$(chosen_language)

# in_words CHINESE ENGLISH
in_words() {
	case $LANGUAGE_OF_READER in
	zh) echo "$1" ;;
	*) echo "$2" ;;
	esac
}

say() { echo "== $(in_words "$@")"; }
