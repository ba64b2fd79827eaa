/* Containers, the bundle of roster and certificates, and the upload of a roster (FORMATS.md
 * section 9). crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/bundle.h"

#include "crypto/bundle_log.h"
#include "crypto/err.h"
#include "crypto/text.h"

#include <stdlib.h>
#include <string.h>

#define KIND_ROSTER  "roster"
#define KIND_EPOCH   "epoch"
#define KIND_MEMBERS "members"
#define END          "end"

static int
kind_copy(char dst[static BUNDLE_KIND_MAX], const char *s, size_t len)
{
	if (len == 0 || len >= BUNDLE_KIND_MAX)
		return ERR_FORMAT;
	for (size_t i = 0; i < len; i++)
		if (s[i] < 'a' || s[i] > 'z')
			return ERR_FORMAT;
	memcpy(dst, s, len);
	dst[len] = '\0';
	return 0;
}

int
bundle_next(struct buf *b, struct bundle_doc *out)
{
	size_t n = 0;
	uint64_t len = 0;
	memset(out, 0, sizeof(*out));
	const char *line = buf_line(b, &n);
	if (line == NULL)
		return ERR_FORMAT;
	if (n == sizeof(END) - 1 && memcmp(line, END, n) == 0)
		return ERR_NOT_FOUND;
	const char *blank = n > 0 ? memchr(line, ' ', n) : NULL;
	size_t kind_len = blank == NULL ? 0 : (size_t)(blank - line);
	if (blank == NULL || kind_copy(out->kind, line, kind_len) ||
	    text_u64(&len, blank + 1, n - kind_len - 1, BUNDLE_MAX))
		return ERR_FORMAT;
	out->len = (size_t)len;
	out->bytes = buf_take(b, out->len);
	return out->bytes == NULL ? ERR_FORMAT : 0;
}

void
bundle_put(struct bufw *w, const char *kind, const void *bytes, size_t len)
{
	bufw_printf(w, "%s %zu\n", kind, len);
	bufw_bytes(w, bytes, len);
}

void
bundle_put_end(struct bufw *w)
{
	bufw_text(w, END "\n");
}

static bool
is_kind(const struct bundle_doc *d, const char *kind)
{
	return strcmp(d->kind, kind) == 0;
}

static int
epoch_order(const struct epoch *a, const struct epoch *b)
{
	if (a->desk != b->desk)
		return a->desk < b->desk ? -1 : 1;
	if (a->use != b->use)
		return a->use < b->use ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static bool
other_desk_has(const struct epoch *a, const struct epoch *b)
{
	return a->desk != b->desk && memcmp(a->key, b->key, sizeof(a->key)) == 0;
}

/* Adds one certificate. The array grows at 0 and at each power of two. */
static int
epoch_add(struct bundle *out, const struct bundle_doc *d)
{
	size_t cnt = out->epoch_cnt;
	if (cnt >= BUNDLE_CERT_MAX)
		return ERR_RANGE;
	if ((cnt & (cnt - 1)) == 0) { /* 0 and the powers of two */
		size_t cap = cnt == 0 ? 1 : 2 * cnt;
		struct epoch *p = realloc(out->epoch, cap * sizeof(*p));
		if (p == NULL)
			return ERR_MEM;
		out->epoch = p;
	}
	struct epoch *e = &out->epoch[cnt];
	int err = epoch_verify(e, d->bytes, d->len, out->roster, EPOCH_COMPLETE);
	if (err)
		return err;
	if (cnt > 0 && epoch_order(&out->epoch[cnt - 1], e) >= 0)
		return ERR_FORMAT;
	/* A desk that certified another desk's key could sit in its place unseen. */
	for (size_t i = 0; i < cnt; i++)
		if (other_desk_has(&out->epoch[i], e))
			return ERR_ROSTER;
	out->epoch_cnt++;
	return 0;
}

/* What stands behind a container: a proof, and the bundle before. */
struct behind {
	struct bundle_doc log, before;
};

static int
behind_take(struct buf *b, struct behind *out)
{
	memset(out, 0, sizeof(*out));
	for (struct bundle_doc d; b->left > 0 && *b->at != '\n';) {
		if (bundle_next(b, &d))
			return ERR_FORMAT;
		if (is_kind(&d, BUNDLE_LOG_KIND) && !out->log.bytes && !out->before.bytes)
			out->log = d;
		else if (is_kind(&d, BUNDLE_BEFORE_KIND) && !out->before.bytes)
			out->before = d;
		else
			return ERR_FORMAT;
	}
	return 0;
}

static int
padding_check(const uint8_t *at, size_t left, size_t len)
{
	if (len == 0 || len % BUNDLE_STEP != 0 || left >= BUNDLE_STEP)
		return ERR_FORMAT;
	for (size_t i = 0; i < left; i++)
		if (at[i] != '\n')
			return ERR_FORMAT;
	return 0;
}

/* To what stands behind it. */
static int
bundle_read(struct bundle *out, struct behind *more, const uint8_t *bytes, size_t len,
	    const struct roster_roots *roots)
{
	struct buf b;
	struct bundle_doc d;
	buf_init(&b, bytes, len);
	int err = bundle_next(&b, &d);
	if (err || !is_kind(&d, KIND_ROSTER))
		return ERR_FORMAT;
	out->roster = malloc(sizeof(*out->roster));
	if (out->roster == NULL)
		return ERR_MEM;
	err = roster_verify(out->roster, d.bytes, d.len, roots);
	if (err)
		return err;
	key_sha256(out->note_hash, d.bytes, d.len);
	for (err = bundle_next(&b, &d); !err; err = bundle_next(&b, &d)) {
		if (!is_kind(&d, KIND_EPOCH))
			return ERR_FORMAT;
		err = epoch_add(out, &d);
		if (err)
			return err;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	out->container_len = len - b.left;
	key_sha256(out->hash, bytes, out->container_len);
	err = behind_take(&b, more);
	out->whole_len = len - b.left;
	if (!err)
		out->logged = bundle_log_holds(out, more->log.bytes, more->log.len);
	return err;
}

/* The bundle before has none before it, and no padding. */
static int
before_read(struct bundle *out, const struct bundle_doc *d, const struct roster_roots *roots)
{
	struct behind more;
	out->before = calloc(1, sizeof(*out->before));
	if (out->before == NULL)
		return ERR_MEM;
	int err = bundle_read(out->before, &more, d->bytes, d->len, roots);
	if (!err && (out->before->whole_len != d->len || more.before.bytes != NULL))
		err = ERR_FORMAT;
	if (!err && out->before->logged)
		return 0;
	bundle_free(out->before);
	free(out->before);
	out->before = NULL;
	return err;
}

int
bundle_parse(struct bundle *out, const void *bytes, size_t len, const struct roster_roots *roots)
{
	struct behind more;
	memset(out, 0, sizeof(*out));
	int err = len > BUNDLE_MAX ? ERR_RANGE : bundle_read(out, &more, bytes, len, roots);
	if (!err)
		err = padding_check((const uint8_t *)bytes + out->whole_len, len - out->whole_len,
				    len);
	if (!err && !out->logged && more.before.bytes)
		err = before_read(out, &more.before, roots);
	if (err)
		bundle_free(out);
	return err;
}

void
bundle_free(struct bundle *b)
{
	if (b == NULL)
		return;
	bundle_free(b->before);
	free(b->before);
	free(b->roster);
	free(b->epoch);
	memset(b, 0, sizeof(*b));
}

const struct bundle *
bundle_sealing(const struct bundle *b)
{
	return b->logged ? b : b->before;
}

const struct epoch *
bundle_key(const struct bundle *b, uint16_t desk, enum epoch_use use, uint32_t day)
{
	const struct epoch *found = NULL;
	for (size_t i = 0; i < b->epoch_cnt; i++) {
		const struct epoch *e = &b->epoch[i];
		if (e->desk == desk && e->use == use && epoch_current(e, day))
			found = e; /* numbers ascend */
	}
	return found;
}

/* A certificate that goes into the bundle, with the key it is sorted by. */
struct chosen {
	struct epoch epoch;
	const struct bundle_doc *doc;
};

/* Insertion sort: qsort asks the system for its memory, and a sandbox may forbid that call. */
static void
sort_chosen(struct chosen *list, size_t cnt)
{
	for (size_t i = 1; i < cnt; i++) {
		const struct chosen c = list[i];
		size_t at = i;
		for (; at > 0 && epoch_order(&list[at - 1].epoch, &c.epoch) > 0; at--)
			list[at] = list[at - 1];
		list[at] = c;
	}
}

static bool
taken(const struct chosen *list, size_t cnt, const struct chosen *c)
{
	if (cnt > 0 && epoch_order(&list[cnt - 1].epoch, &c->epoch) == 0)
		return true;
	for (size_t i = 0; i < cnt; i++)
		if (other_desk_has(&list[i].epoch, &c->epoch))
			return true;
	return false;
}

/* Sorts the certificates, and leaves out those that do not verify, are over, are there twice, or
 * have the key of another desk. */
static size_t
choose_certs(struct chosen *list, const struct bundle_source *src)
{
	size_t cnt = 0, kept = 0;
	for (size_t i = 0; i < src->cert_cnt; i++) {
		const struct bundle_doc *d = &src->certs[i];
		struct epoch *e = &list[cnt].epoch;
		if (epoch_verify(e, d->bytes, d->len, src->roster, EPOCH_COMPLETE) ||
		    e->until <= src->day)
			continue;
		list[cnt++].doc = d;
	}
	sort_chosen(list, cnt);
	for (size_t i = 0; i < cnt; i++)
		if (!taken(list, kept, &list[i]))
			list[kept++] = list[i];
	return kept;
}

int
bundle_build(uint8_t **out, size_t *len, uint8_t hash[static 32], const struct bundle_source *src)
{
	struct bufw w;
	struct chosen *list = NULL;
	uint8_t *bytes = NULL;
	size_t cap = src->note.len + 64, cnt;
	int err = ERR_MEM;
	*out = NULL;
	*len = 0;
	if (src->note.len > BUNDLE_MAX || src->cert_cnt > BUNDLE_CERT_MAX)
		return ERR_RANGE;
	for (size_t i = 0; i < src->cert_cnt; i++)
		cap += src->certs[i].len + 32;
	if (cap > BUNDLE_MAX)
		return ERR_RANGE;
	cap = (cap / BUNDLE_STEP + 1) * BUNDLE_STEP;
	list = calloc(src->cert_cnt + 1, sizeof(*list));
	bytes = malloc(cap);
	if (list == NULL || bytes == NULL)
		goto out;
	cnt = choose_certs(list, src);
	bufw_init(&w, bytes, cap);
	bundle_put(&w, KIND_ROSTER, src->note.bytes, src->note.len);
	for (size_t i = 0; i < cnt; i++)
		bundle_put(&w, KIND_EPOCH, list[i].doc->bytes, list[i].doc->len);
	bundle_put_end(&w);
	err = bufw_end(&w);
	if (err)
		goto out;
	key_sha256(hash, bytes, w.len);
	size_t padded = (w.len + BUNDLE_STEP - 1) / BUNDLE_STEP * BUNDLE_STEP;
	memset(bytes + w.len, '\n', padded - w.len);
	*out = bytes; /* transferred */
	*len = padded;
	bytes = NULL;
out:
	free(bytes);
	free(list);
	return err;
}

int
bundle_upload_parse(struct bundle_doc *note, struct bundle_doc *members, const void *bytes,
		    size_t len)
{
	struct buf b;
	struct bundle_doc end;
	if (len > BUNDLE_MAX)
		return ERR_RANGE;
	buf_init(&b, bytes, len);
	if (bundle_next(&b, note) || !is_kind(note, KIND_ROSTER) || bundle_next(&b, members) ||
	    !is_kind(members, KIND_MEMBERS) || bundle_next(&b, &end) != ERR_NOT_FOUND)
		return ERR_FORMAT;
	return buf_end(&b);
}
