#!/bin/sh
# davy ui, a visit that is betrayed and the one in its place, by keys alone (tmux): the second approval, arming, release
# and opening of an order; who released it stops it, and its planner cannot say that it is planned anew; the next order
# has other people and another cover, and goes its whole way to the site. After ui_story_road.t, before ui_story_end.t.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/road.sh
. tests/cli/road.sh
more='v1 4 SR
v2 4 SR
u1 7 TL,IN
u2 7 TL,IN'
visit_world
ok $? 'a deployment with planners, two teams and two pairs who release'

# ---- what ui_story_road.t has shown: a need is taken, an order for it sealed, and approved by one ----
a_need && takes_it && an_order
ok $? 'an order for a need is sealed, and one has approved it'

# ---- it is approved, armed, released and opened ----
approves z1 i2 '已批准'
becomes approved 'two have approved it'
shuts z1
arms e1 n2
shuts e1
# releases TERMINAL LAYER: side A gives a layer, sealed
releases() {
	opens "$1" "放行第 $2 层\|release layer $2"
	keys "$1" Enter
	sees 'how the code goes' "$1" '^> 1'
	keys "$1" 1
	sees 'it is released' "$1" '已放行\|is released'
	keys "$1" q
}
# reads TERMINAL LAYER PATTERN: side B opens a layer with the code that was sealed, and reads it
reads() {
	opens "$1" "Enter: 打开第 $2 层\|Enter: open layer $2"
	keys "$1" Enter
	sees 'how the code came' "$1" '^> 1'
	keys "$1" 1
	sees "layer $2 says: $3" "$1" "$3"
	keys "$1" q
}
desk z1 i1
releases z1 0
desk e1 t1
reads e1 0 云柘市北部

# ---- it is known ----
keys z1 o
sees 'side A has it on the screen' z1 "$short"
keys z1 x
sees 'ways to stop it' z1 '^> 1'
keys z1 3
sees 'with the reason' z1 '理由'
keys z1 矿上提前停产 Enter
leaves z1
becomes compromised 'one alone has stopped it'
shuts z1
keys e1 q g
sees 'side B has nothing more to do with it' e1 'Nothing stands here'
shuts e1
old=$id
as t2 sync
refused 'and nothing of it opens' 1 'stopped' t2 order open "$old" 0

# ---- who planned it does not plan it anew after a leak ----
desk e1 n2
keys e1 :
sees 'a command line' e1 '^davy'
keys e1 "order show $short" Enter
sees 'a planner opens it by its id' e1 "^$short  .*compromised"
begin e1 'order replan' '> text'
fill e1 走漏
keys e1 s
sees 'the rules say who may' e1 'one level above'
[ "$(as n1 sync; as n1 order show "$id" --json; field d.state)" = compromised ]
ok $? 'and it stays as it is'
shuts e1

# ---- another order: other people, another cover ----
desk e1 n2
drafts e1 '人员v1|人员v2' '人员u1|人员u2' TRAINING
seals e1
shuts e1
[ "$id" != "$old" ]
ok $? 'under another id'
approves z1 v1
shuts z1
approves z1 v2 '已批准'
becomes approved 'two others have approved it'
arms e1 n1
shuts e1
desk z1 v1
desk e1 u1
releases z1 0
keys e1 g
reads e1 0 云柘市北部
keys e1 q
releases z1 1
keys e1 g
reads e1 1 北门停车场
sees 'next they leave' e1 'Enter: say who leaves'
keys e1 Enter
sees 'by a form' e1 '> people'
fill e1 '+人员u1|人员u2' 2
keys e1 s
leaves e1
becomes en_route 'they are on the road'
keys e1 q
releases z1 2
keys e1 g
reads e1 2 鹿鸣九号井
sees 'under the other cover' e1 'TRAINING\|raining'
sees 'next they arrive' e1 'Enter: say that you have arrived'
keys e1 Enter
sees 'as what' e1 '> as '
fill e1 SURPRISE 鹿鸣九号井
keys e1 s
leaves e1
becomes on_site 'they stand at the wall'
shuts z1
shuts e1
done_testing
