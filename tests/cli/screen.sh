# For the tests of davy ui: a desk in a real terminal (tmux), its keys and what is to be seen there. Comes after lib.sh.
# shellcheck shell=sh
: "${BUILD:?}" "${T:?}" "${davy:?}"
shots=$BUILD/screens
mkdir -p "$shots" "$T/shots"
tmux="tmux -L davylamp-ui-$$ -f /dev/null"
ui_end() {
	$tmux kill-server 2>/dev/null
	cleanup
}
trap ui_end EXIT

# ui NAME WIDTH HEIGHT LANG HOME ARGS…: a desk on a terminal of that size
ui() {
	name=$1 width=$2 height=$3 lang=$4 home=$5
	shift 5
	$tmux kill-session -t "$name" 2>/dev/null
	i=0 # with its last session tmux ends, and while it does, it takes no other
	until $tmux new-session -d -s "$name" -x "$width" -y "$height" \
		"LC_ALL=${LOCALE_UI:-C.UTF-8} TERM=${TERM_UI:-screen-256color}; export LC_ALL TERM
		echo \$\$ >'$T/$name.pid'
		exec '$davy' --home '$T/$home' --passphrase-file '$T/pass' --lang $lang ui $* 2>'$T/$name.err'" ||
		[ $i -ge 25 ]; do
		i=$((i + 1))
		sleep 0.2
	done
}
keys() { # NAME KEYS…
	name=$1
	shift
	$tmux send-keys -t "$name" "$@"
}
text() { $tmux capture-pane -t "$1" -p >"$T/out"; }
sees() { # TEXT NAME PATTERN: within 45 seconds, on a machine that does much else
	i=0
	while [ $i -lt 225 ]; do
		text "$2"
		grep -q -e "$3" "$T/out" && break
		i=$((i + 1))
		sleep 0.2
	done
	grep -q -e "$3" "$T/out"
	ok $? "$1"
}
shot() { # FILE NAME: a picture, drawn when the test is done
	text "$2"
	cp "$T/out" "$shots/$1.txt"
	$tmux capture-pane -t "$2" -e -p >"$T/shots/$1.ansi"
}
done_testing() {
	draw_shots 'davy ui'
	echo "1..$n"
}
lacks() { # TEXT NAME PATTERN
	text "$2"
	! grep -q -e "$3" "$T/out"
	ok $? "$1"
}
