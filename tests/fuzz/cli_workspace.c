/* The workspace. With an even first byte the rest are patches to a good file (offset, length,
 * bytes), as damage or a thief with the file would make them: nothing is read that was not written.
 * With an odd one it is a value of some kind, as another version might have written it. */
#include "tests/fuzz/cli_home.h"

#include "crypto/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define FILE_MAX (256 * 1024)

static uint8_t good[FILE_MAX], file[FILE_MAX];
static size_t good_len;
static const char *path;
static struct workspace_case cases[3];
static struct workspace_out out = { .kind = FRAME_CASE,
				    .type = 18,
				    .desk = 2,
				    .json = (char[]){ "{\"v\":1}" },
				    .extra = (char[]){ "{}" } };

static void
setup(void)
{
	static struct workspace_entry e = { .number = 3, .by_source = true, .sig = { 9 } };
	if (!home_start())
		return;
	assert(workspace_open(&ses) == DAVY_OK && workspace_begin(ses.workspace) == 0);
	for (uint8_t i = 0; i < 3; i++) {
		cases[i] = (struct workspace_case){
			.asked = 2, .line = { .state = "NEW", .severity = i, .title = "line" }
		};
		memset(cases[i].rec.id, 0x20 + i, KEY_ID_LEN);
		cases[i].rec.desk = 2;
		cases[i].rec.entries = i;
		assert(workspace_case_put(ses.workspace, &cases[i], 1) == 0);
	}
	assert(workspace_entry_put(ses.workspace, cases[0].rec.id, &e) == 0 &&
	       workspace_out_add(ses.workspace, &out) == 0);
	assert(workspace_put(ses.workspace, WORKSPACE_META, "k", 1, "value", 5) == 0 &&
	       workspace_commit(ses.workspace) == 0);
	workspace_close(&ses);
	assert(home_gateway_path(&ses, "workspace.db", &path) == DAVY_OK);
	path = strdup(path);
	FILE *f = fopen(path, "rb");
	assert(f);
	good_len = fread(good, 1, sizeof(good), f);
	fclose(f);
	assert(good_len > 4096 && good_len < sizeof(good));
}

static bool
is_case(const struct workspace_case *c)
{
	for (size_t i = 0; i < 3; i++)
		if (!memcmp(&c->rec, &cases[i].rec, sizeof(c->rec)) &&
		    !memcmp(&c->line, &cases[i].line, sizeof(c->line)))
			return true;
	return false;
}

/* Everything that is read; honest: what is read is what was written. */
static void
read_all(bool honest)
{
	struct workspace_case *list, one;
	struct workspace_entry e;
	struct workspace_out *outs;
	uint8_t *val;
	size_t cnt, n;
	if (workspace_case_list(ses.workspace, FRAME_CASE, &list, &cnt) == 0) {
		for (size_t i = 0; i < cnt; i++)
			assert(!honest || is_case(&list[i]));
		workspace_free(list, cnt * sizeof(*list));
	}
	if (workspace_case_get(ses.workspace, cases[1].rec.id, &one) == 0)
		assert(!honest || !memcmp(&one.rec, &cases[1].rec, sizeof(one.rec)));
	(void)!workspace_case_find(&ses, FRAME_CASE, "21", &one);
	if (workspace_entry_get(ses.workspace, cases[0].rec.id, 0, 3, &e) == 0)
		assert(!honest || (e.number == 3 && e.sig[0] == 9));
	if (workspace_out_list(ses.workspace, &outs, &cnt) == 0) {
		for (size_t i = 0; i < cnt; i++)
			assert(!honest || (outs[i].type == 18 && !strcmp(outs[i].json, out.json)));
		workspace_out_free(outs, cnt);
	}
	if (workspace_get(ses.workspace, WORKSPACE_META, "k", 1, &val, &n) == 0) {
		assert(!honest || (n == 5 && !memcmp(val, "value", 5)));
		workspace_free(val, n);
	}
}

static void
put_value(struct buf *b)
{
	static const uint8_t seq[8] = { 7 }, shelf[4] = { 0 };
	uint8_t kind = buf_u8(b), key[21] = { 0 };
	memcpy(key, cases[kind < WORKSPACE_ENTRY ? 1 : 0].rec.id, 16);
	key[17] = 3;
	int err = kind % 3 == 0 ? workspace_put(ses.workspace, WORKSPACE_CASE, shelf, sizeof(shelf),
						b->at, b->left)
		  : kind % 3 == 1 ? workspace_put(ses.workspace, WORKSPACE_ENTRY, key, sizeof(key),
						  b->at, b->left)
				  : workspace_put(ses.workspace, WORKSPACE_OUTBOX, seq, sizeof(seq),
						  b->at, b->left);
	assert(!err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buf b;
	char log[512];
	setup();
	buf_init(&b, data, len);
	bool patched = !(buf_u8(&b) & 1);
	memcpy(file, good, good_len);
	while (patched && b.left > 4 && !b.bad) {
		size_t at = ((size_t)buf_u16(&b) << 4 | buf_u8(&b)) % good_len, n = buf_u8(&b);
		n = n < b.left ? n : b.left;
		n = n < good_len - at ? n : good_len - at;
		buf_bytes(&b, file + at, n, n);
	}
	FILE *f = fopen(path, "wb");
	assert(f && fwrite(file, 1, good_len, f) == good_len && fclose(f) == 0);
	snprintf(log, sizeof(log), "%s-wal", path);
	unlink(log);
	if (workspace_open(&ses) == DAVY_OK) {
		if (!patched)
			put_value(&b);
		read_all(patched);
	}
	workspace_close(&ses);
	home_forget();
	return 0;
}
