#!/bin/sh
# A legal hold by two, and what may then leave a case: the dossier, the sealed originals, and a note that says so.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips
as source tip send --tip "$T/open-tips.json" --pick T07 --words zh --county '' --receipt-file "$T/receipt"
as p1 sync
as p1 inbox --json
id=$(field 'd[0].id')
as p1 case show "$id" --json
secret=$(field 'd.tip.where')
as p1 case ack "$id"
notes() { as p1 case show "$id" --json && field 'd.entries.filter((e) => e.type === "note").length'; }

refused 'no hold, no export' 1 'No legal hold' p1 case export "$id" -o "$T/d.pdf"
works 'one proposes a hold' p1 case hold "$id" --text 'an accident is looked into'
refused 'one alone sets none' 1 'No legal hold' p1 case export "$id" -o "$T/d.pdf"
[ ! -e "$T/d.pdf" ] && [ ! -e "$T/d.pdf.tar" ] && [ "$(notes)" = 0 ]
ok $? 'nothing was written, nowhere'
works 'the second signs' p2 case cosign "$id"
works 'under a hold' p1 case export "$id" -o "$T/d.pdf"
[ "$(stat -c %a "$T/d.pdf" "$T/d.pdf.tar" | sort -u)" = 600 ]
ok $? 'only its owner reads the files'
pdftotext "$T/d.pdf" - | tr -d '\n' >"$T/text"
[ -s "$T/text" ] && ! grep -qF "$secret" "$T/text"
ok $? 'without the words of the source'
pdfinfo "$T/d.pdf" >"$T/about"
! grep -q '^Author' "$T/about"
ok $? 'and without an author'
[ "$(notes)" = 1 ]
ok $? 'a note stands in the case'
as p1 case show "$id" --json
[ "$(field 'd.entries.find((e) => e.type === "note").body.text.split(" ").pop()')" = \
	"$(sha256sum "$T/d.pdf.tar" | cut -d' ' -f1)" ]
ok $? 'and names the copy by its hash'
mkdir "$T/tar" && tar -xf "$T/d.pdf.tar" -C "$T/tar"
ok $? 'the originals are a tar'
node -e 'const fs = require("fs"), c = require("crypto"), dir = process.argv[1] + "/";
const all = JSON.parse(fs.readFileSync(dir + "proofs.json"));
process.exit(all.length > 3 && all.some((p) => p.frame_signature) && all.every((p) =>
	c.createHash("sha256").update(fs.readFileSync(dir + p.file)).digest("hex") === p.sha256) ? 0 : 1)' "$T/tar"
ok $? 'each with its hash, the tip with the signature of its source'
! grep -rqaF "$secret" "$T/tar"
ok $? 'sealed as they came'
works 'with the words, where that is asked for' p1 case export "$id" -o "$T/e.pdf" --with-tip
pdftotext "$T/e.pdf" - | tr -d '\n' | grep -qF "$secret"
ok $? 'they are there'
stop_gateway
as p1 case export "$id" -o "$T/g.pdf"
[ "$status" != 0 ] && [ ! -e "$T/g.pdf" ] && [ ! -e "$T/g.pdf.tar" ] && ! grep -q 'legal hold' "$T/err"
ok $? 'without a gateway no note, so no file'
start_gateway "$T/GW"
works 'one proposes to lift it' p1 case hold "$id" --lift --text 'it is over'
works 'the second signs that too' p2 case cosign "$id"
refused 'the hold is over' 1 'No legal hold' p1 case export "$id" -o "$T/f.pdf"
done_testing
