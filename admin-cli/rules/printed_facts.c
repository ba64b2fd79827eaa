/* What the papers of a visit may say, from the entries of its log (see printed.h). */
#include <string.h>

#include "admin-cli/rules/fold_done.h"
#include "admin-cli/rules/printed.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"

/* What each layer gives to the papers, under which name. The rest of a layer is on none: what the
 * order is for, who must not know of it, where else it goes. */
static const struct {
	unsigned layer;
	const char *member, *fact;
} layers[] = {
	{ 0, "kit", "kit" },
	{ 1, "muster", "muster" },
	{ 1, "vehicles", "vehicles" },
	{ 1, "papers", "papers" },
	{ 1, "turn", "drawn" },
	{ 2, "site", "site" },
	{ 2, "cover", "cover" },
	{ 2, "route", "route" },
	{ 2, "questions", "questions" },
	{ 2, "checklist", "checklist" },
	{ 2, "safety", "safety" },
	{ 2, "agencies", "agencies" },
};

static void
copy(json_t *to, const char *fact, const json_t *from, const char *member)
{
	json_t *v = json_object_get(from, member);

	if (v)
		json_object_set(to, fact, v);
}

/* The finding of that number, made where it is not there yet. Borrowed. */
static json_t *
finding(json_t *facts, unsigned k)
{
	json_t *list = json_object_get(facts, "findings"), *x;
	size_t i;

	json_array_foreach(list, i, x) if (schema_number(x, "k") == k) return x;
	x = json_pack("{s:i}", "k", (int)k);
	return x && !json_array_append_new(list, x) ? x : NULL;
}

static void
day_text(json_t *to, const char *name, uint32_t day)
{
	/* a number of days is what |day says as well */
	json_object_set_new(to, name, json_integer((json_int_t)day));
}

/* A step of a finding, under its own name; the newest counts. */
static void
step(json_t *facts, const struct fold_done *done, const char *name)
{
	json_t *x = finding(facts, schema_number(done->body, "k")), *own;

	own = x ? json_copy((json_t *)done->body) : NULL;
	if (!own)
		return;
	day_text(own, "on", done->e->day);
	if (done->type == ENTRY_REINSPECT && schema_is(own, "pass"))
		day_text(own, "passed", done->e->day);
	json_object_set_new(x, name, own);
}

static void
evidence(json_t *facts, const json_t *body)
{
	json_t *list = json_object_get(facts, "evidence"), *hash, *row;
	size_t i;

	json_array_foreach(json_object_get(body, "evidence"), i, hash)
	{
		row = json_pack("{s:i,s:O}", "k", (int)schema_number(body, "k"), "sha256", hash);
		copy(row, "spot", body, "place");
		json_array_append_new(list, row);
	}
}

static void
entry(json_t *facts, const struct fold_done *done)
{
	switch (done->type) {
	case ENTRY_ARRIVE:
		copy(facts, "hour", done->body, "at");
		copy(facts, "site", done->body, "site");
		day_text(facts, "day", done->e->day);
		break;
	case ENTRY_FINDING:
		step(facts, done, "finding");
		evidence(facts, done->body);
		break;
	case ENTRY_DECISION:
		json_array_append(json_object_get(facts, "measures"), (json_t *)done->body);
		break;
	case ENTRY_RECTIFY:
		step(facts, done, "rectify");
		break;
	case ENTRY_REINSPECT:
		step(facts, done, "reinspect");
		break;
	case ENTRY_SUPERVISE:
		step(facts, done, "supervise");
		break;
	case ENTRY_STRIKE_OFF:
		step(facts, done, "strike-off");
		break;
	default:
		break;
	}
}

json_t *
printed_order(const struct fold_input *in, const struct fold *f,
	      const json_t *const layer[FOLD_LAYERS])
{
	json_t *facts = json_pack("{s:[],s:[],s:[]}", "findings", "measures", "evidence");
	struct fold_done done;
	size_t i;

	for (i = 0; facts && i < f->order_cnt; i++)
		if (fold_done(&done, in, f, i))
			entry(facts, &done);
	for (i = 0; facts && i < sizeof(layers) / sizeof(*layers); i++)
		copy(facts, layers[i].fact, layer[layers[i].layer], layers[i].member);
	return facts;
}

json_t *
printed_referral(const struct fold *f)
{
	static const char *const members[] = { "kind", "target", "text",    "tier",
					       "post", "reason", "evidence" };
	json_t *facts = json_pack("{s:{}}", "referral");
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(*members); i++)
		copy(json_object_get(facts, "referral"), members[i], f->book, members[i]);
	return facts;
}

/* Removes from a list what is of another finding; 0 is the visit as a whole. */
static bool
keep(json_t *list, unsigned k)
{
	size_t i = json_array_size(list);
	bool has = false;

	while (i-- > 0) {
		unsigned of = schema_number(json_array_get(list, i), "k");

		has |= of == k;
		if (of && of != k)
			json_array_remove(list, i);
	}
	return has;
}

bool
printed_only(json_t *facts, unsigned k)
{
	keep(json_object_get(facts, "measures"), k);
	keep(json_object_get(facts, "evidence"), k);
	return keep(json_object_get(facts, "findings"), k);
}

/* An order says "name: its part" of each. */
bool
printed_agency(json_t *facts, const char *name)
{
	json_t *list = json_object_get(facts, "agencies"), *x;
	size_t i, len = strlen(name), colon;

	json_array_foreach(list, i, x)
	{
		const char *text = json_string_value(x);

		if (!text || strncmp(text, name, len) != 0)
			continue;
		text += len;
		colon = *text == ':' ? 1 : strncmp(text, "：", 3) ? 0 : 3;
		if (!colon)
			continue;
		text += colon;
		json_object_set_new(facts, "agency",
				    json_pack("{s:s,s:s}", "name", name, "part",
					      text + strspn(text, " ")));
		return true;
	}
	return false;
}
