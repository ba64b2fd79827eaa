#!/bin/sh
# Tab in bash, zsh and fish where the agent holds the keys: the ids of cases, and desks; of a case that is hidden from a
# member nothing, in none of the three; and without the agent neither (that davy asks nothing then is in surface.t).
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
new_key p3 省审核丙
as p3 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as registrar roster member-add --dir "$T/draft" --card "$T/p3.card" --desk 1 --roles TR,SR,PL
publish_draft
for h in p3 p1; do as $h sync; done
as p1 desk admit "$(sed -n 's/^handle //p' "$T/p3.card")"
for h in p1 p2 p3; do as $h sync; done

tip() {
	as source tip send --tip tests/data/sample-tips.json --pick T02 --words zh --county 990102 \
		--receipt-file "$T/$1" --json
}
tip r1
as p1 sync
as p1 case list --json
seen=$(field 'd[0].id')
today=$(date -u +%F)
as p1 rota set 省审核甲 省审核乙 --from "$today" --until "$today" --json
rota=$(field d.id)
as p2 sync
works 'two are on duty' p2 rota confirm "$rota"
tip r2
for h in p1 p2 p3; do as $h sync; done
as p1 case list --json
hidden=$(field "d.find((x) => x.id !== '$seen').id")
as p3 case list --json
is 'the third is shown one case of two' "$seen" 'd.map((x) => x.id).join()'
seen=$(printf %.8s "$seen") hidden=$(printf %.8s "$hidden")

PATH=$(dirname "$davy"):$PATH
export PATH
cat >"$T/complete.bash" <<'END'
eval "$(davy completion bash)"
COMP_WORDS=(davy "$@") COMP_CWORD=$#
COMPREPLY=()
_davy
printf '%s\n' "${COMPREPLY[@]}"
END
# bash_says, fish_says, zsh_says HOME LINE: what Tab offers at the end of that line, to $T/out; the line is split at
# blanks, and ends with one where a new word is completed.
bash_says() {
	line=$2
	set -- "$1"
	for word in $line; do set -- "$@" "$word"; done
	home=$1
	shift
	DAVY_HOME="$T/$home" bash "$T/complete.bash" "$@" '' >"$T/out" 2>"$T/err" </dev/null
}
fish_says() {
	DAVY_HOME="$T/$1" fish -N -c 'davy completion fish | source; complete -C "$argv[1]"' -- "davy $2 " \
		>"$T/out" 2>"$T/err" </dev/null
}
shells=0
zsh_says() { # on a terminal; every offer is listed, then the line is left
	shells=$((shells + 1)) # each has a server of its own: one that ends takes no new session
	tmux="tmux -L davylamp-completion-$$-$shells -f /dev/null"
	$tmux new-session -d -s z -x 100 -y 40 "cd '$T' && PATH='$PATH' DAVY_HOME='$T/$1' HOME='$T' TERM=screen zsh -f"
	$tmux send-keys -t z 'autoload -U compinit; compinit -u -D; eval "$(davy completion zsh)"' Enter
	$tmux send-keys -t z 'setopt LIST_AMBIGUOUS; bindkey "^I" list-choices; echo rea""dy' Enter
	i=0
	until $tmux capture-pane -t z -p | grep -q ^ready || [ $i -ge 100 ]; do i=$((i + 1)); sleep 0.1; done
	$tmux send-keys -t z "davy $2 " Tab
	i=0
	until $tmux capture-pane -t z -p | grep -q -e "$3" || [ $i -ge 100 ]; do i=$((i + 1)); sleep 0.1; done
	$tmux capture-pane -t z -p >"$T/out"
	$tmux kill-server
}

for h in p1 p3; do as $h unlock --for 30; done
agents="$T/p1 $T/p3"
for sh in bash fish zsh; do
	${sh}_says p1 'case show' "$hidden"
	said "$sh: who is on duty is offered both" "$seen"
	said "$sh: also the one that waits for him" "$hidden"
	${sh}_says p3 'case show' "$seen"
	said "$sh: the third is offered what he is shown" "$seen"
	grep -q "$hidden" "$T/out"
	[ $? = 1 ]
	ok $? "$sh: and not what is hidden from him"
	${sh}_says p1 "case forward $seen --desk" '^8\b'
	said "$sh: desks by their numbers" '^8\b'
done
as p1 lock
for sh in bash fish zsh; do
	${sh}_says p1 'case show' 'what never comes'
	grep -q "$seen\|$hidden" "$T/out"
	[ $? = 1 ]
	ok $? "$sh: locked, none"
done
done_testing
