#!/bin/sh
# davy ui, the beginning of a visit by keys alone (tmux): a planner takes a need, writes the whole draft of an order for
# it in the form, and seals it from his agenda; the first of side A approves it. The shell is only asked whether it has
# happened.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/road.sh
. tests/cli/road.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'

# ---- a tip, and the need for which a planner takes it (their own screens: ui.t, ui_need.t) ----
a_need
ok $? 'a tip led to a need at the planners'

# ---- a draft for it, and its sealing ----
desk z n1
keys z :
sees 'a command line' z '^davy'
keys z "need take $need --now" Enter
sees 'a planner takes the need' z '盘 1'
keys z q
leaves z
drafts z '独立甲|独立乙' '人员t1|人员t2' SEASON
seals z

# ---- the first of two approves it ----
approves z i1
as n1 sync && as n1 order show "$id" --json
is 'one alone has not approved it' sealed d.state
shuts z
done_testing
