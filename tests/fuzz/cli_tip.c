/* What davy shows of an entry. The first byte is its type (an index), the second how wide the
 * terminal is and who reads; the rest is the body, as a stranger sealed it. Nothing that moves,
 * hides or reverses text may be printed. */
#include <assert.h>
#include <sodium.h>
#include <unictype.h>
#include <unistr.h>

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/rules/risk.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"
#include "crypto/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct cli_state state;
static struct session session = { .home_dir = "/nonexistent" }; /* no names of counties */
static struct cli cli = { .state = &state, .ses = &session };
static struct roster roster = { .desk_cnt = 1,
				.desk = { { .number = 2, .name = "台", .name_en = "Desk" } } };
static const struct trust view = { .bundle = { .roster = &roster } };

/* Valid UTF-8, and every character one that a stranger may put on a terminal, or a line end. */
static void
harmless(const char *text, size_t len)
{
	const uint8_t *p = (const uint8_t *)text;
	for (size_t i = 0; i < len;) {
		ucs4_t c;
		int n = u8_mbtoucr(&c, p + i, len - i);
		assert(n > 0);
		i += (size_t)n;
		/* tables in a pipe have tabs */
		assert(c == '\n' || (c == '\t' && !cli.columns) ||
		       (c >= 0x20 && !(c >= 0x7f && c < 0xa0)));
		assert(!(c >= 0x200b && c <= 0x200f) && !(c >= 0x202a && c <= 0x202e) &&
		       !(c >= 0x2066 && c <= 0x2069));
		assert(c != 0x2028 && c != 0x2029 && c != 0xfeff && c != 0x061c &&
		       !(c >= 0xe0000 && c <= 0xe0fff));
		assert(!uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cs |
								    UC_CATEGORY_MASK_Co));
	}
}

/* The same body is printed and read again as the same. */
static void
again(uint16_t type, const json_t *body)
{
	char why[SCHEMA_WHY_CAP], *text = NULL;
	json_t *back = NULL;
	size_t n = 0;
	if (schema_print(&text, &n, type, body, ENTRY_ROOM, why))
		return;
	assert(n <= ENTRY_ROOM && schema_parse(&back, type, text, n, why) == 0 &&
	       json_equal(back, body));
	json_decref(back);
	free(text);
}

static void
show(struct opened *d)
{
	static char *out;
	static size_t out_len;
	static FILE *mem;
	FILE *real = stdout;
	if (!mem)
		mem = open_memstream(&out, &out_len);
	assert(mem);
	rewind(mem);
	stdout = mem;
	show_entry(&cli, d, 0);
	show_head(&cli, d);
	show_alarms(&cli, d);
	show_history(&cli, d);
	stdout = real;
	fflush(mem);
	long n = ftell(mem);
	harmless(out, (size_t)n);
	json_t *j = show_json(d);
	assert(j);
	json_decref(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t key[32] = { 9 };
	struct opened_inner inner = { 0 };
	struct opened_entry x = { .audit = OPENED_AUDITED, .desk = { 2, 7 }, .desk_cnt = 2 };
	struct fold_entry f = { .number = 0, .day = 20000 };
	struct opened d = { .view = &view, .x = &x, .entry = &f, .cnt = 1, .inner = &inner };
	size_t types;
	const struct entry_name *type = entry_name_table(&types);
	if (len < 2 || sodium_init() < 0)
		return 0;
	f.type = data[0] < types ? type[data[0]].no : data[0];
	f.by_source = data[1] & 1;
	f.thread = !(data[1] & 2);
	cli.columns = data[1] & 4 ? 8 + data[1] / 2 : 0;
	char *json = malloc(len - 1);
	assert(json);
	memcpy(json, data + 2, len - 2);
	int err = schema_parse(&x.body, f.type, json, len - 2, x.why);
	assert((!err) == (x.body != NULL));
	x.plain = key;
	x.e = (struct entry){ .type = f.type, .json = json, .json_len = len - 2 };
	f.body = x.body;
	f.newer = err == ERR_STALE;
	f.fault = err && !f.newer ? FOLD_BODY : FOLD_FINE;
	memcpy(f.who.handle, key, 8);
	f.who.related = true;
	f.who.roles = 0xffff;
	if (x.body)
		again(f.type, x.body);
	d.in = (struct fold_input){ .machine = f.type >= ENTRY_ORDER ? MACHINE_ORDER : MACHINE_TIP,
				    .entry = &f,
				    .entry_cnt = 1,
				    .today = 20001 };
	d.c.rec.desk = 2;
	assert(fold_run(&d.fold, &d.in) == 0);
	show(&d);
	fold_free(&d.fold);
	json_decref(x.body);
	free(json);
	session_end(&session);
	return 0;
}
