#!/bin/sh
# The surface: help, usage errors, JSON, completion and languages, all from the one table.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run() { timeout 20 "$davy" "$@" >"$T/out" 2>"$T/err" </dev/null; }

run help
ok $? 'help'
[ "$(wc -l <"$T/out")" -le 48 ]
ok $? 'fits a tall screen'
run
ok $? 'no word at all is a call for help'
run help --json
node -e 'const j = JSON.parse(require("fs").readFileSync(0));
process.exit(j.ok && j.data.commands.length > 40 ? 0 : 1)' <"$T/out"
ok $? 'help --json lists the commands'

# every command of the table explains itself, and takes no option that it does not know
node -e 'for (const c of JSON.parse(require("fs").readFileSync(0)).data.commands) console.log(c.noun, c.verb ?? "")' \
	<"$T/out" >"$T/commands"
bad=
while read -r noun verb; do
	# shellcheck disable=SC2086
	{ run help $noun $verb && grep -q "^davy $noun" "$T/out"; } || bad="$bad $noun.$verb"
	# shellcheck disable=SC2086
	run --home "$T/none" $noun $verb --no-such-option; [ $? = 2 ] || bad="$bad $noun.$verb!"
done <"$T/commands"
[ -z "$bad" ]
ok $? "every command explains itself$bad"
run case
[ $? = 2 ] && grep -q 'davy case show' "$T/out"
ok $? 'a noun alone lists its verbs, and is no success'
run case --help
ok $? 'unless that was asked for'
run cas list
[ $? = 2 ] && grep -q 'did you mean "davy case"' "$T/err"
ok $? 'a slip of the noun is guessed'
run case shwo 12
[ $? = 2 ] && grep -q 'did you mean "davy case show"' "$T/err"
ok $? 'and of the verb'
run case show
[ $? = 2 ] && grep -q 'davy case show' "$T/err"
ok $? 'a missing word shows the usage'
run lock now
[ $? = 2 ] && grep -q 'Too many arguments. Usage: davy lock' "$T/err"
ok $? 'so does a word too many'
run help case shwo
[ $? = 2 ] && grep -q 'did you mean "davy case show"' "$T/err"
ok $? 'help guesses as well'
run help cas show
[ $? = 2 ] && grep -q 'did you mean "davy case"' "$T/err"
ok $? 'also the noun'
run case list --json --nope
[ $? = 2 ] && grep -q '"ok":false.*"code":"usage"' "$T/out" && [ ! -s "$T/err" ]
ok $? 'usage errors are JSON as well'
run --home "$T/none" key show
[ $? = 1 ] && grep -q 'davy key new' "$T/err"
ok $? 'a home that is not there: what to do'
mkdir -m 777 "$T/open"
run --home "$T/open" key show
[ $? = 1 ] && grep -q 'chmod 700' "$T/err"
ok $? 'a home where others may write is refused'
new_key L Lang
run --home "$T/L" gateway list
ok $? 'without a gateway the list is empty'
run --home "$T/L" sync
[ $? = 1 ] && grep -q 'davy gateway connect' "$T/err"
ok $? 'and sync says what to do'
run --home "$T/L" key show
[ $? = 1 ] && grep -q 'davy unlock' "$T/err"
ok $? 'locked: what to do'
DAVY_HOME="$T/L" run key card --passphrase-file "$T/pass"
ok $? 'DAVY_HOME is the home'

# what is wrong with the command line is said before a key is needed
wrong() { # NAME PATTERN WORDS…
	name=$1 pattern=$2
	shift 2
	run --home "$T/none" "$@"
	[ $? = 2 ] && grep -q -e "$pattern" "$T/err"
	ok $? "$name"
}
wrong 'an unknown state lists the known' 'none of:.* accepted' case triage 12 --move foo
wrong 'a hazard code that is nearly right is guessed' 'did you mean CM-15A?.*davy help case triage' \
	case triage 12 --outcome ACCEPT --hazard cm-15x
wrong 'any other leads to the list' 'no code 瓦斯;.*davy help case propose' \
	case propose 12 --outcome ACCEPT --hazard 瓦斯
wrong 'six hazards are too many' 'at most 4 hazards; you gave 6' \
	case abstract 12 --text x --hazard CM-15A,CM-15A,CM-15A,CM-15A,CM-15A,CM-15A
wrong 'a county has six digits' 'six digits.*"12"' case abstract 12 --text x --hazard CM-15A --county 12
wrong 'that of a tip too' 'six digits.*"12"' tip send --tip tests/data/sample-tips.json --county 12
wrong 'a credibility has two places' 'B2, not "Z9"' case triage 12 --outcome ACCEPT --credibility Z9
wrong 'a note needs a text' 'text is missing' case note 12
wrong 'with something in it' 'text is empty' case note 12 --text ' '
wrong 'in an order as well' 'text is empty' order note 12 --text ''
wrong 'from one place' 'not both' order note 12 --text a --file b
wrong 'a source says it once too' 'the text once' tip say words --text words
wrong 'an attachment has a number' 'N must be a number' case attach 12 photo
wrong 'a forward has a desk' 'desk NUMBER' case forward 12
wrong 'a desk that is excluded has a number' '--exclude must be a number' tip say words --exclude x
run --home "$T/none" case triage 12 --outcome accept --severity s2 --credibility b2 --hazard cm-15a
[ $? = 1 ] && grep -q 'davy key new' "$T/err"
ok $? 'codes may be lower case'
run --lang zh help
grep -q '密钥' "$T/out"
ok $? '--lang zh speaks Chinese'
LC_ALL=zh_CN.UTF-8 run help
grep -q '密钥' "$T/out"
ok $? '$LC_ALL too, with or without that locale'
LC_ALL=zh_CN.UTF-8 run --lang en help
grep -q 'Keys' "$T/out"
ok $? '--lang en is stronger'
run --lang fr help
[ $? = 2 ]
ok $? 'other languages are not spoken'
ln -s "$davy" "$T/linked"
"$T/linked" --lang zh help | grep -q '密钥'
ok $? 'the catalogue is found through a link'

# secrets and the shell
! "$davy" help --json | grep -qi '"name":"passphrase"'
ok $? 'no option takes a passphrase'
deep=$T/$(printf 'd%.0s' $(seq 60))/$(printf 'e%.0s' $(seq 60))
mkdir -p "$deep"
run --home "$deep" key new --name deep --memory 1 --passphrase-file "$T/pass" &&
	run --home "$deep" unlock --for 1 --passphrase-file "$T/pass" && run --home "$deep" key show
ok $? 'an agent works in a deep folder'
run --home "$deep" lock

# completion: every shell asks davy, which knows its table
PATH=$(dirname "$davy"):$PATH
export PATH
cat >"$T/complete.bash" <<'END'
eval "$("$1" completion bash)"
shift
COMP_WORDS=(davy "$@") COMP_CWORD=$#
COMPREPLY=()
_davy
printf '%s\n' "${COMPREPLY[@]}"
END
completes() { # WANT WORDS…
	want=$1
	shift
	bash "$T/complete.bash" "$davy" "$@" 2>"$T/err" >"$T/out"
	grep -qx -e "$want" "$T/out"
	ok $? "completes davy $*| to $want"
}
completes case ca
completes show case sh
completes --raw case show 12 --r
completes CM-15A case triage 12 --hazard CM-15
completes --json roster show --j
completes review roster desk-add --kind re
completes zh --lang ''
completes show --home x case sh
completes show --json case s
completes bash completion ''
completes CM-15A,CM-15B case triage 12 --hazard CM-15A,CM-15B
completes roster help ro
completes --home --ho
bash "$T/complete.bash" "$davy" roster sign --dir "$T/op" >"$T/out" 2>"$T/err"
grep -q "$T/open" "$T/out"
ok $? 'completes a folder'
bash -n "$T/complete.bash" && "$davy" completion bash | bash -n
ok $? 'the script parses'
fish_says() { # WANT LINE
	fish -N -c 'davy completion fish | source; complete -C "$argv[1]"' -- "$2" >"$T/out" 2>"$T/err"
	grep -q -e "^$1" "$T/out"
	ok $? "fish completes $2| to $1"
}
fish_says 'show.*show' 'davy case sh'
fish_says 'case' 'davy ca'
fish_says 'CM-15A' 'davy case triage 12 --hazard CM-15'
fish_says '--raw' 'davy case show 12 --r'
# zsh completes on a terminal only
tmux="tmux -L davylamp-surface-$$ -f /dev/null"
$tmux new-session -d -s z -x 100 -y 24 "cd '$T' && PATH='$PATH' HOME='$T' TERM=screen zsh -f"
zsh_says() { # WANT TYPED
	$tmux send-keys -t z C-u
	$tmux send-keys -t z "$2" Tab
	i=0
	while [ $i -lt 50 ]; do
		$tmux capture-pane -t z -p >"$T/out"
		grep -q -e "$1" "$T/out" && break
		i=$((i + 1))
		sleep 0.2
	done
	grep -q -e "$1" "$T/out"
	ok $? "zsh completes $2| to $1"
}
$tmux send-keys -t z 'autoload -U compinit; compinit -u -D; eval "$(davy completion zsh)"; echo rea""dy' Enter
i=0
until $tmux capture-pane -t z -p | grep -q ready || [ $i -ge 100 ]; do i=$((i + 1)); sleep 0.1; done
zsh_says 'davy case show' 'davy case sho'
zsh_says 'triage 12 --hazard CM-01' 'davy case triage 12 --hazard CM-01'
zsh_says '-- *print the case as\|show .*--' 'davy case s'
$tmux kill-server
# Without the agent nothing is said of what a home holds, and nothing is asked for.
"$davy" completion words -- --home "$T/L" case show '' >"$T/out" 2>"$T/err" </dev/null
[ ! -s "$T/out" ] && [ ! -s "$T/err" ]
ok $? 'no id without davy unlock, and no question'
"$davy" --passphrase-file "$T/pass" completion words -- --home "$T/L" case forward 12 --desk '' \
	>"$T/out" 2>"$T/err" </dev/null
[ ! -s "$T/out" ] && [ ! -s "$T/err" ]
ok $? 'nor a desk, even where a file has the passphrase'

# Everything that is said to people is there in Chinese.
root=$(dirname "$0")/../..
find "$root/admin-cli" -name '*.[ch]' >"$T/sources"
[ "$(wc -l <"$T/sources")" -ge 100 ]
ok $? "the catalogue is compared with $(wc -l <"$T/sources") sources"
xgettext --from-code=UTF-8 -k_ -kN_ -L C --no-location -f "$T/sources" -o "$T/now.pot" 2>"$T/err"
msgmerge -q --no-fuzzy-matching -o "$T/zh.po" "$root/admin-cli/po/zh_CN.po" "$T/now.pot" 2>"$T/err"
msgattrib --untranslated --no-wrap "$T/zh.po" | sed 1,/^$/d | grep '^msgid\|^"' >"$T/out"
[ ! -s "$T/out" ]
ok $? 'the Chinese catalogue is whole'
# What the libraries say is looked up by its text (crypto/err.c); all else that is translated is said somewhere.
msgattrib --only-obsolete --no-wrap "$T/zh.po" | sed -n 's/^#~ msgid \("..*"\)$/= \1,/p' >"$T/idle"
grep -o '= ".*",' "$root/crypto/err.c" >"$T/said"
[ "$(wc -l <"$T/idle")" -ge 20 ] && ! grep -vxFf "$T/said" "$T/idle" >"$T/out"
ok $? 'and translates nothing that nobody says'

# The manual: its commands are made from the table, in English and in ASCII whatever the language.
man=${BUILD:-build}/davy.1
run help --json
node - "$T/out" "$man" >"$T/missing" <<'END'
const { readFileSync } = require('node:fs');
const { commands, options } = JSON.parse(readFileSync(process.argv[2])).data;
const lines = readFileSync(process.argv[3], 'utf8').split('\n');
// What follows a line of the page, up to the next of its kind.
const part = (at, end) => lines.slice(at + 1, at + 1 + lines.slice(at + 1).findIndex((l) => end.test(l)));
const lacks = (list, text, of) => {
	for (const o of list)
		if (!text.some((l) => l.startsWith('.It Fl') && `${l} `.includes(`Fl -${o.name} `)))
			console.log(`${of} --${o.name}`);
};
lacks(options, part(lines.indexOf('The options of every command are:'), /^\.Sh/), 'every command');
for (const c of commands) {
	const name = `.It Cm ${c.noun}${c.verb ? ` ${c.verb}` : ''}`;
	const at = lines.findIndex((l) => l === name || l.startsWith(`${name} Ar`) || l.startsWith(`${name} Oo`));
	const text = at < 0 ? [] : part(at, /^\.It Cm|^\.Ss|^\.Sh/);
	if (at < 0 || !text[0].toLowerCase().startsWith(c.help.slice(0, 20).toLowerCase())) console.log(name);
	lacks(c.options, text, name);
}
END
[ ! -s "$T/missing" ]
ok $? "davy.1 names every command and option$(head -3 "$T/missing" | tr '\n' ' ')"
! grep -q '@COMMANDS@' "$man" && ! LC_ALL=C grep -q '[^ -~	]' "$man"
ok $? 'its frame is filled, with ASCII alone'
mandoc -Tlint -Wwarning "$man" >"$T/out" 2>&1
ok $? 'and is good mdoc'
run --lang zh help --mdoc && cp "$T/out" "$T/zh" &&
	run help --mdoc && cmp -s "$T/out" "$T/zh" && ! grep -q mdoc "$T/out"
ok $? 'it is English for everybody, and --mdoc is hidden'
run help help
! grep -q mdoc "$T/out" && ! "$davy" completion bash | grep -q mdoc
ok $? 'in help and completion as well'
done_testing
