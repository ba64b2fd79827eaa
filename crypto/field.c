/* Reads and prints documents of `keyword value` lines from one table for each document:
 * roster, members, epoch certificates, cards (FORMATS.md section 9). crypto/ opens no file or
 * connection, never logs and never exits. */
#include "crypto/field.h"

#include "crypto/err.h"
#include "crypto/text.h"

#include <string.h>

struct reader {
	const struct field_doc *doc;
	void *top;
	void *block;   /* the open block, or NULL */
	size_t last;   /* index of the last line in the table */
	uint32_t seen; /* fields that were seen: outside of blocks, and in the open block */
	uint32_t block_seen;
};

static int
word_find(uint8_t *out, const struct field *f, const char *v, size_t len)
{
	for (size_t i = 0; f->words[i] != NULL; i++)
		if (strlen(f->words[i]) == len && memcmp(f->words[i], v, len) == 0) {
			*out = (uint8_t)i;
			return 0;
		}
	return ERR_FORMAT;
}

static int
uint_get(uint8_t *dst, const struct field *f, const char *v, size_t len)
{
	uint64_t n = 0;
	int err = text_u64(&n, v, len, f->max);
	if (err)
		return err;
	if (n < f->min)
		return ERR_RANGE;
	uint8_t n8 = (uint8_t)n;
	uint16_t n16 = (uint16_t)n;
	uint32_t n32 = (uint32_t)n;
	memcpy(dst,
	       f->size == 1   ? (void *)&n8
	       : f->size == 2 ? (void *)&n16
			      : (void *)&n32,
	       f->size);
	return 0;
}

static uint32_t
uint_of(const uint8_t *src, size_t size)
{
	uint16_t n16 = 0;
	uint32_t n32 = 0;
	if (size == 1)
		return *src;
	if (size == 2) {
		memcpy(&n16, src, sizeof(n16));
		return n16;
	}
	memcpy(&n32, src, sizeof(n32));
	return n32;
}

static int
value_get(uint8_t *base, const struct field *f, const char *v, size_t len)
{
	uint8_t *dst = base + f->at;
	size_t cnt = 0;
	int err = 0;
	if ((f->flags & FIELD_REPEATS) != 0) {
		memcpy(&cnt, base + f->cnt_at, sizeof(cnt));
		if (cnt >= f->max)
			return ERR_RANGE;
		dst += cnt++ * f->size;
	}
	switch (f->type) {
	case FIELD_TEXT:
		if (len >= f->size)
			return ERR_RANGE;
		memcpy(dst, v, len);
		dst[len] = '\0';
		break;
	case FIELD_HEX:
		err = text_unhex(dst, f->size, v, len);
		break;
	case FIELD_BASE64:
		err = text_unbase64(dst, f->size, v, len);
		break;
	case FIELD_UINT:
		err = uint_get(dst, f, v, len);
		break;
	case FIELD_DAY: {
		uint32_t day = 0;
		err = text_day(&day, v, len);
		memcpy(dst, &day, sizeof(day));
		break;
	}
	case FIELD_WORD:
		err = word_find(dst, f, v, len);
		break;
	default:
		err = f->get(base, v, len);
	}
	if (!err && (f->flags & FIELD_REPEATS) != 0)
		memcpy(base + f->cnt_at, &cnt, sizeof(cnt));
	return err;
}

/* Checks that every required field of this part was seen. */
static int
complete(const struct reader *rd, bool inner)
{
	uint32_t seen = inner ? rd->block_seen : rd->seen;
	for (size_t i = 0; i < rd->doc->cnt; i++) {
		uint8_t flags = rd->doc->field[i].flags;
		if ((flags & (FIELD_OPTIONAL | FIELD_BLOCK)) != 0 ||
		    ((flags & FIELD_INNER) != 0) != inner)
			continue;
		if ((seen & 1u << i) == 0)
			return ERR_FORMAT;
	}
	return 0;
}

static int
block_open(struct reader *rd)
{
	int err = rd->block == NULL ? complete(rd, false) : complete(rd, true);
	if (err)
		return err;
	rd->block_seen = 0;
	rd->block = rd->doc->open(rd->top);
	return rd->block == NULL ? ERR_RANGE : 0;
}

/* Takes one line whose index in the table is known; ERR_FORMAT if it may not be here. */
static int
line_take(struct reader *rd, size_t i, const char *v, size_t len)
{
	const struct field *f = &rd->doc->field[i];
	bool inner = (f->flags & FIELD_INNER) != 0;
	uint8_t *base = rd->top;
	if ((f->flags & FIELD_BLOCK) != 0) {
		int err = block_open(rd);
		if (err)
			return err;
		base = rd->block;
	} else {
		bool again = (f->flags & FIELD_REPEATS) != 0;
		uint32_t *seen = inner ? &rd->block_seen : &rd->seen;
		if (i < rd->last || (!again && (*seen & 1u << i) != 0) ||
		    inner != (rd->block != NULL))
			return ERR_FORMAT;
		*seen |= 1u << i;
		if (inner)
			base = rd->block;
	}
	rd->last = i;
	return value_get(base, f, v, len);
}

static int
line_read(struct reader *rd, const char *line, size_t len)
{
	bool inner = len > 0 && line[0] == ' ';
	if (inner) {
		line++;
		len--;
	}
	const char *blank = len > 0 ? memchr(line, ' ', len) : NULL;
	if (blank == NULL)
		return ERR_FORMAT;
	size_t word_len = (size_t)(blank - line);
	const char *v = blank + 1;
	size_t v_len = len - word_len - 1;
	if (v_len == 0 || v[0] == ' ' || v[v_len - 1] == ' ')
		return ERR_FORMAT;
	for (size_t i = 0; i < rd->doc->cnt; i++) {
		const struct field *f = &rd->doc->field[i];
		if (strlen(f->word) == word_len && memcmp(f->word, line, word_len) == 0 &&
		    ((f->flags & FIELD_INNER) != 0) == inner)
			return line_take(rd, i, v, v_len);
	}
	return ERR_FORMAT;
}

int
field_read(void *top, const struct field_doc *doc, const char *text, size_t len)
{
	struct reader rd = { .doc = doc, .top = top };
	struct buf b;
	size_t n = 0;
	int err = text_printable(text, len, 1);
	if (err)
		return err;
	buf_init(&b, text, len);
	const char *line = buf_line(&b, &n);
	if (line == NULL || n != strlen(doc->first) || memcmp(line, doc->first, n) != 0)
		return ERR_FORMAT;
	while (b.left > 0) {
		line = buf_line(&b, &n);
		err = line == NULL ? ERR_FORMAT : line_read(&rd, line, n);
		if (err)
			return err;
	}
	err = complete(&rd, false);
	if (!err && rd.block != NULL)
		err = complete(&rd, true);
	return err;
}

static void
value_put(struct bufw *w, const struct field *f, const uint8_t *base, const uint8_t *src)
{
	char day[TEXT_DAY_LEN + 1];
	if ((f->flags & FIELD_INNER) != 0)
		bufw_text(w, " ");
	bufw_text(w, f->word);
	bufw_text(w, " ");
	switch (f->type) {
	case FIELD_TEXT:
		bufw_bytes(w, src, strnlen((const char *)src, f->size));
		break;
	case FIELD_HEX:
		bufw_hex(w, src, f->size);
		break;
	case FIELD_BASE64:
		bufw_base64(w, src, f->size);
		break;
	case FIELD_UINT:
		bufw_printf(w, "%u", uint_of(src, f->size));
		break;
	case FIELD_DAY:
		text_day_print(day, uint_of(src, sizeof(uint32_t)));
		bufw_text(w, day);
		break;
	case FIELD_WORD:
		bufw_text(w, f->words[*src]);
		break;
	default:
		f->put(w, base);
	}
	bufw_text(w, "\n");
}

/* A text is empty if its first byte is zero, anything else if all of its bytes are. */
static bool
is_empty(const struct field *f, const uint8_t *at)
{
	size_t len = f->type == FIELD_TEXT ? 1 : f->size;
	for (size_t i = 0; i < len; i++)
		if (at[i] != 0)
			return false;
	return true;
}

static void
field_put(struct bufw *w, const struct field *f, const uint8_t *base)
{
	size_t cnt = 1;
	if ((f->flags & FIELD_REPEATS) != 0)
		memcpy(&cnt, base + f->cnt_at, sizeof(cnt));
	else if ((f->flags & FIELD_OPTIONAL) != 0 && is_empty(f, base + f->at))
		return;
	for (size_t i = 0; i < cnt; i++)
		value_put(w, f, base, base + f->at + i * f->size);
}

void
field_print(struct bufw *w, const struct field_doc *doc, const void *top)
{
	const void *block = NULL;
	bufw_text(w, doc->first);
	bufw_text(w, "\n");
	for (size_t i = 0; i < doc->cnt; i++)
		if ((doc->field[i].flags & (FIELD_BLOCK | FIELD_INNER)) == 0)
			field_put(w, &doc->field[i], top);
	for (size_t n = 0; doc->block != NULL && (block = doc->block(top, n)) != NULL; n++)
		for (size_t i = 0; i < doc->cnt; i++)
			if ((doc->field[i].flags & (FIELD_BLOCK | FIELD_INNER)) != 0)
				field_put(w, &doc->field[i], block);
}
