/*
 * The store as its callers see it: each function of store.h goes to the implementation that opened
 * the store. Here, and nowhere else, the place where a store lies decides which implementation that
 * is.
 */
#include "server/store/store_ops.h"

#include "crypto/err.h"

#include <stdio.h>

/* A folder means SQLite; a scheme names a kind that lies on a server. */
static const struct store_ops *
ops_of(const char *place)
{
	return strncmp(place, "postgresql:", 11) ? &sqlite_ops : &pg_ops;
}

unsigned
store_schema(const struct store *s)
{
	return s->ops->schema;
}

int
store_copy_open(struct store **out, const char *path, char why[static STORE_WHY_LEN])
{
	return ops_of(path)->file->open(out, path, why);
}

int
store_open(struct store **out, const char *path, char why[static STORE_WHY_LEN])
{
	bool half = false;
	int err = store_copy_open(out, path, why), unknown = 0;
	/* Where this cannot be read the store is damaged: its check finds that, and says more. */
	if (!err)
		unknown = (*out)->ops->copy->half(*out, &half);
	if (unknown && unknown != ERR_IO)
		err = unknown;
	if (!err && half) {
		snprintf(why, STORE_WHY_LEN,
			 "a copy into this store was begun and did not end: run davyd copy once "
			 "more, from the store that it was copied from");
		err = ERR_DENIED;
	}
	if (err) {
		store_close(*out);
		*out = NULL;
	}
	return err;
}

bool
store_begun(const char *path)
{
	return ops_of(path)->file->begun(path);
}

bool
store_held(int dir, const char *path)
{
	return ops_of(path)->file->held(dir, path);
}

bool
store_restoring(const char *path)
{
	return ops_of(path)->file->restoring(path);
}

int
store_restore_mark(const char *path, bool on)
{
	return ops_of(path)->file->restore_mark(path, on);
}

int
store_backup_check(int fd, const uint8_t gateway[static KEY_ID_LEN], char why[static STORE_WHY_LEN])
{
	return sqlite_ops.file->backup_check(fd, gateway, why);
}

void
store_close(struct store *s)
{
	if (s)
		s->ops->base->close(s);
}

int
store_begin(struct store *s)
{
	return s->ops->base->begin(s);
}

int
store_commit(struct store *s)
{
	return s->ops->base->commit(s);
}

void
store_rollback(struct store *s)
{
	s->ops->base->rollback(s);
}

bool
store_idle(struct store *s, size_t waiting)
{
	return s->ops->base->idle(s, waiting);
}

uint64_t
store_used(struct store *s)
{
	return s->ops->base->used(s);
}

uint64_t
store_place(struct store *s)
{
	return s->ops->base->place(s);
}

bool
store_common_get(struct store *s, uint8_t dst[static STORE_COMMON_MAX], size_t *len)
{
	return s->ops->base->common_get && s->ops->base->common_get(s, dst, len);
}

void
store_common_set(struct store *s, const void *bytes, size_t len)
{
	if (s->ops->base->common_set)
		s->ops->base->common_set(s, bytes, len);
}

unsigned
store_others(struct store *s)
{
	return s->ops->base->others ? s->ops->base->others(s) : 0;
}

int
store_vaults(struct store *s, struct store_vaults *out)
{
	*out = (struct store_vaults){ .cnt = 0 };
	return s->ops->base->vaults ? s->ops->base->vaults(s, out) : ERR_NOT_FOUND;
}

int
store_meta_get(struct store *s, const char *name, void *dst, size_t cap, size_t *len)
{
	return s->ops->base->meta_get(s, name, dst, cap, len);
}

int
store_meta_set(struct store *s, const char *name, const void *bytes, size_t len)
{
	return s->ops->base->meta_set(s, name, bytes, len);
}

int
store_pad(struct store *s, const uint8_t hash[static 32], const uint8_t body[static STORE_BODY_LEN],
	  bool leaf)
{
	return s->ops->base->pad(s, hash, body, leaf);
}

int
store_stats(struct store *s, struct store_stats *out)
{
	return s->ops->care->stats(s, out);
}

int
store_count(struct store *s, unsigned rows, bool *more)
{
	return s->ops->care->count(s, rows, more);
}

int
store_newest(struct store *s, uint32_t *day)
{
	return s->ops->care->newest(s, day);
}

int
store_purge(struct store *s, uint32_t day, uint32_t most, uint8_t (*ids)[KEY_ID_LEN], uint32_t *cnt)
{
	return s->ops->care->purge(s, day, most, ids, cnt);
}

int
store_purge_junk(struct store *s, uint32_t day, uint32_t most, uint8_t (*ids)[KEY_ID_LEN],
		 uint32_t *cnt)
{
	return s->ops->care->purge_junk(s, day, most, ids, cnt);
}

int
store_scrub(struct store *s)
{
	return s->ops->care->scrub(s);
}

int
store_check(struct store *s, char why[static STORE_WHY_LEN])
{
	return s->ops->care->check(s, why);
}

int
store_check_bytes(struct store *s, char why[static STORE_WHY_LEN])
{
	return s->ops->care->check_bytes(s, why);
}

int
store_check_start(struct store *s, char why[static STORE_WHY_LEN])
{
	return s->ops->care->check_start(s, why);
}

int
store_walk(struct store *s, unsigned rows, struct store_walk *out)
{
	return s->ops->care->walk(s, rows, out);
}

int
store_mix(struct store *s, uint64_t before, bool *more)
{
	return s->ops->care->mix(s, before, more);
}

int
store_log_get(struct store *s, struct store_log *out, uint8_t kind,
	      const uint8_t id[static KEY_ID_LEN])
{
	return s->ops->log->get(s, out, kind, id);
}

int
store_log_by_n(struct store *s, struct store_log *out, int64_t n)
{
	return s->ops->log->by_n(s, out, n);
}

int
store_log_add(struct store *s, struct store_log *log)
{
	return s->ops->log->add(s, log);
}

int
store_log_set(struct store *s, const struct store_log *log)
{
	return s->ops->log->set(s, log);
}

bool
store_log_gone(struct store *s, const uint8_t id[static KEY_ID_LEN])
{
	return s->ops->log->gone(s, id);
}

int
store_log_list(struct store *s, const struct store_range *range, store_take *take, void *arg)
{
	return s->ops->log->list(s, range, take, arg);
}

int
store_log_due(struct store *s, uint32_t hour, struct store_log *out, size_t cap, size_t *cnt)
{
	return s->ops->log->due(s, hour, out, cap, cnt);
}

int
store_entry_add(struct store *s, int64_t log, struct store_entry *entry,
		const uint8_t body[static STORE_BODY_LEN])
{
	return s->ops->entry->add(s, log, entry, body);
}

int
store_entry_get(struct store *s, struct store_entry *out, int64_t log, uint8_t thread,
		uint32_t number)
{
	return s->ops->entry->get(s, out, log, thread, number);
}

int
store_entry_by_source(struct store *s, struct store_entry *out, int64_t log, uint32_t source)
{
	return s->ops->entry->by_source(s, out, log, source);
}

int
store_entry_by_hash(struct store *s, struct store_entry *out, int64_t log, uint8_t thread,
		    const uint8_t hash[static 32])
{
	return s->ops->entry->by_hash(s, out, log, thread, hash);
}

int
store_entry_reply(struct store *s, struct store_entry *out, int64_t log, uint32_t from)
{
	return s->ops->entry->reply(s, out, log, from);
}

int
store_part_list(struct store *s, uint8_t dst[static STORE_BODY_LEN], size_t *cnt, int64_t log)
{
	return s->ops->entry->part_list(s, dst, cnt, log);
}

int
store_part_drop(struct store *s, int64_t log)
{
	return s->ops->entry->part_drop(s, log);
}

int
store_taken_list(struct store *s, uint8_t dst[static STORE_BODY_LEN], size_t *cnt, int64_t log,
		 uint32_t from)
{
	return s->ops->entry->taken_list(s, dst, cnt, log, from);
}

int
store_body_get(struct store *s, uint8_t dst[static STORE_BODY_LEN], int64_t body)
{
	return s->ops->entry->body_get(s, dst, body);
}

int
store_held_next(struct store *s, int64_t *log, struct store_entry *out, uint32_t hour)
{
	return s->ops->entry->held_next(s, log, out, hour);
}

int
store_held_place(struct store *s, int64_t log, const struct store_entry *entry, uint32_t number)
{
	return s->ops->entry->held_place(s, log, entry, number);
}

int
store_held_mute(struct store *s, int64_t log)
{
	return s->ops->entry->held_mute(s, log);
}

int
store_read_add(struct store *s, int64_t log, const struct frame_read *read, bool *added)
{
	return s->ops->entry->read_add(s, log, read, added);
}

int
store_read_list(struct store *s, uint8_t dst[static STORE_BODY_LEN], size_t *cnt, int64_t log,
		uint32_t from)
{
	return s->ops->entry->read_list(s, dst, cnt, log, from);
}

int
store_statement_add(struct store *s, int64_t log, const struct store_statement *statement)
{
	return s->ops->entry->statement_add(s, log, statement);
}

int
store_statement_list(struct store *s, struct store_statement *out, size_t cap, size_t *cnt,
		     int64_t log)
{
	return s->ops->entry->statement_list(s, out, cap, cnt, log);
}

int
store_chunk_add(struct store *s, int64_t log, struct store_chunk *chunk, uint32_t *have,
		const uint8_t body[static STORE_BODY_LEN])
{
	return s->ops->entry->chunk_add(s, log, chunk, have, body);
}

int
store_chunk_get(struct store *s, struct store_chunk *out, int64_t log, uint16_t attach,
		uint16_t part)
{
	return s->ops->entry->chunk_get(s, out, log, attach, part);
}

int
store_key_put(struct store *s, const struct store_key *key, const void *blob)
{
	return s->ops->doc->key_put(s, key, blob);
}

int
store_key_get(struct store *s, struct store_key *key, uint8_t dst[static STORE_BODY_LEN])
{
	return s->ops->doc->key_get(s, key, dst);
}

int
store_key_newest(struct store *s, struct store_key *key, uint8_t dst[static STORE_BODY_LEN])
{
	return s->ops->doc->key_newest(s, key, dst);
}

int
store_cert_list(struct store *s, store_take_key *take, void *arg)
{
	return s->ops->doc->cert_list(s, take, arg);
}

int
store_doc_put(struct store *s, enum store_doc kind, uint32_t version, const uint8_t hash[static 32],
	      const void *bytes, size_t len)
{
	return s->ops->doc->put(s, kind, version, hash, bytes, len);
}

int
store_doc_get(struct store *s, enum store_doc kind, const uint8_t *hash, uint8_t **out, size_t *len)
{
	return s->ops->doc->get(s, kind, hash, out, len);
}

int
store_leaf_add(struct store *s, const uint8_t row[static STORE_LEAF_LEN])
{
	return s->ops->tile->leaf_add(s, row);
}

int
store_leaf_count(struct store *s, uint64_t *cnt)
{
	return s->ops->tile->leaf_count(s, cnt);
}

int
store_leaf_list(struct store *s, uint8_t (*out)[STORE_LEAF_LEN], size_t cap, size_t *cnt)
{
	return s->ops->tile->leaf_list(s, out, cap, cnt);
}

int
store_leaf_clear(struct store *s)
{
	return s->ops->tile->leaf_clear(s);
}

int
store_tile_put(struct store *s, int level, uint64_t n, const void *bytes, size_t len)
{
	return s->ops->tile->put(s, level, n, bytes, len);
}

int
store_tile_get(struct store *s, int level, uint64_t n, uint8_t dst[static STORE_TILE_MAX],
	       size_t *len)
{
	return s->ops->tile->get(s, level, n, dst, len);
}

int
store_batch_put(struct store *s, const struct store_batch *b)
{
	return s->ops->tile->batch_put(s, b);
}

int
store_batch_get(struct store *s, struct store_batch *out, uint64_t n)
{
	return s->ops->tile->batch_get(s, out, n);
}

int
store_backup_begin(struct store_backup **out, struct store *s, int fd)
{
	return s->ops->backup->begin(out, s, fd);
}

int
store_backup_step(struct store_backup *b, int pages)
{
	return b->ops->step(b, pages);
}

unsigned
store_backup_left(const struct store_backup *b, unsigned *total)
{
	return b->ops->left(b, total);
}

void
store_backup_free(struct store_backup *b)
{
	if (b)
		b->ops->free(b);
}

int
store_copy(struct store *to, struct store *from, struct store_sum sum[static STORE_TABLES])
{
	return to->ops->copy->begin(to, from, sum);
}

int
store_copy_sum(struct store *s, struct store_sum sum[static STORE_TABLES])
{
	return s->ops->copy->sum(s, sum);
}

int
store_copy_end(struct store *s)
{
	return s->ops->copy->end(s);
}
