/*
 * For those who write a store: the table behind the functions of store.h. A call store_log_add(s,
 * …) goes to s->ops->log->add(s, …); the contract of each function stands in store.h.
 *
 * An implementation lies in a folder of its own beside sqlite/. Its own struct begins with a struct
 * store (and its running backup with a struct store_backup), its files keep their functions static
 * and export one table each, and store.c names its struct store_ops in the one list of kinds. One
 * that speaks SQL takes most of it from sql/ and gives an engine (sql/sql.h).
 */
#ifndef SERVER_STORE_OPS_H
#define SERVER_STORE_OPS_H

#include "server/store/store.h"

struct store {
	const struct store_ops *ops;
};

struct store_backup {
	const struct store_backup_ops *ops;
};

/* Before a store is open, and its files. */
struct store_file_ops {
	int (*open)(struct store **out, const char *path, char why[static STORE_WHY_LEN]);
	bool (*begun)(const char *path);
	bool (*held)(int dir, const char *path);
	bool (*restoring)(const char *path);
	int (*restore_mark)(const char *path, bool on);
	int (*backup_check)(int fd, const uint8_t gateway[static KEY_ID_LEN],
			    char why[static STORE_WHY_LEN]);
};

/* Transactions, and what belongs to the store as a whole. */
struct store_base_ops {
	void (*close)(struct store *s);
	int (*begin)(struct store *s);
	int (*commit)(struct store *s);
	void (*rollback)(struct store *s);
	bool (*idle)(struct store *s, size_t waiting);
	uint64_t (*used)(struct store *s);
	uint64_t (*place)(struct store *s);
	/* NULL where a store has one vault. */
	bool (*common_get)(struct store *s, uint8_t dst[static STORE_COMMON_MAX], size_t *len);
	void (*common_set)(struct store *s, const void *bytes, size_t len);
	unsigned (*others)(struct store *s);
	int (*vaults)(struct store *s, struct store_vaults *out);
	int (*meta_get)(struct store *s, const char *name, void *dst, size_t cap, size_t *len);
	int (*meta_set)(struct store *s, const char *name, const void *bytes, size_t len);
	int (*pad)(struct store *s, const uint8_t hash[static 32],
		   const uint8_t body[static STORE_BODY_LEN], bool leaf);
};

struct store_care_ops {
	int (*stats)(struct store *s, struct store_stats *out);
	int (*count)(struct store *s, unsigned rows, bool *more);
	int (*newest)(struct store *s, uint32_t *day);
	int (*purge)(struct store *s, uint32_t day, uint32_t most, uint8_t (*ids)[KEY_ID_LEN],
		     uint32_t *cnt);
	int (*purge_junk)(struct store *s, uint32_t day, uint32_t most, uint8_t (*ids)[KEY_ID_LEN],
			  uint32_t *cnt);
	int (*scrub)(struct store *s);
	int (*check)(struct store *s, char why[static STORE_WHY_LEN]);
	int (*check_bytes)(struct store *s, char why[static STORE_WHY_LEN]);
	int (*check_start)(struct store *s, char why[static STORE_WHY_LEN]);
	int (*walk)(struct store *s, unsigned rows, struct store_walk *out);
	int (*mix)(struct store *s, uint64_t before, bool *more);
};

struct store_log_ops {
	int (*get)(struct store *s, struct store_log *out, uint8_t kind,
		   const uint8_t id[static KEY_ID_LEN]);
	int (*by_n)(struct store *s, struct store_log *out, int64_t n);
	int (*add)(struct store *s, struct store_log *log);
	int (*set)(struct store *s, const struct store_log *log);
	bool (*gone)(struct store *s, const uint8_t id[static KEY_ID_LEN]);
	int (*list)(struct store *s, const struct store_range *range, store_take *take, void *arg);
	int (*due)(struct store *s, uint32_t hour, struct store_log *out, size_t cap, size_t *cnt);
};

/* The parts of one log: entries and their bytes, held replies, read records, attachments. */
struct store_entry_ops {
	int (*add)(struct store *s, int64_t log, struct store_entry *entry,
		   const uint8_t body[static STORE_BODY_LEN]);
	int (*get)(struct store *s, struct store_entry *out, int64_t log, uint8_t thread,
		   uint32_t number);
	int (*by_source)(struct store *s, struct store_entry *out, int64_t log, uint32_t source);
	int (*by_hash)(struct store *s, struct store_entry *out, int64_t log, uint8_t thread,
		       const uint8_t hash[static 32]);
	int (*reply)(struct store *s, struct store_entry *out, int64_t log, uint32_t from);
	int (*part_list)(struct store *s, uint8_t dst[static STORE_BODY_LEN], size_t *cnt,
			 int64_t log);
	int (*part_drop)(struct store *s, int64_t log);
	int (*taken_list)(struct store *s, uint8_t dst[static STORE_BODY_LEN], size_t *cnt,
			  int64_t log, uint32_t from);
	int (*body_get)(struct store *s, uint8_t dst[static STORE_BODY_LEN], int64_t body);
	int (*held_next)(struct store *s, int64_t *log, struct store_entry *out, uint32_t hour);
	int (*held_place)(struct store *s, int64_t log, const struct store_entry *entry,
			  uint32_t number);
	int (*held_mute)(struct store *s, int64_t log);
	int (*read_add)(struct store *s, int64_t log, const struct frame_read *read, bool *added);
	int (*statement_add)(struct store *s, int64_t log, const struct store_statement *st);
	int (*statement_list)(struct store *s, struct store_statement *out, size_t cap, size_t *cnt,
			      int64_t log);
	int (*read_list)(struct store *s, uint8_t dst[static STORE_BODY_LEN], size_t *cnt,
			 int64_t log, uint32_t from);
	int (*chunk_add)(struct store *s, int64_t log, struct store_chunk *chunk, uint32_t *have,
			 const uint8_t body[static STORE_BODY_LEN]);
	int (*chunk_get)(struct store *s, struct store_chunk *out, int64_t log, uint16_t attach,
			 uint16_t part);
};

/* Key parts, certificates, documents. */
struct store_doc_ops {
	int (*key_put)(struct store *s, const struct store_key *key, const void *blob);
	int (*key_get)(struct store *s, struct store_key *key, uint8_t dst[static STORE_BODY_LEN]);
	int (*key_newest)(struct store *s, struct store_key *key,
			  uint8_t dst[static STORE_BODY_LEN]);
	int (*cert_list)(struct store *s, store_take_key *take, void *arg);
	int (*put)(struct store *s, enum store_doc kind, uint32_t version,
		   const uint8_t hash[static 32], const void *bytes, size_t len);
	int (*get)(struct store *s, enum store_doc kind, const uint8_t *hash, uint8_t **out,
		   size_t *len);
};

/* The public log. */
struct store_tile_ops {
	int (*leaf_add)(struct store *s, const uint8_t row[static STORE_LEAF_LEN]);
	int (*leaf_count)(struct store *s, uint64_t *cnt);
	int (*leaf_list)(struct store *s, uint8_t (*out)[STORE_LEAF_LEN], size_t cap, size_t *cnt);
	int (*leaf_clear)(struct store *s);
	int (*put)(struct store *s, int level, uint64_t n, const void *bytes, size_t len);
	int (*get)(struct store *s, int level, uint64_t n, uint8_t dst[static STORE_TILE_MAX],
		   size_t *len);
	int (*batch_put)(struct store *s, const struct store_batch *b);
	int (*batch_get)(struct store *s, struct store_batch *out, uint64_t n);
};

struct store_backup_ops {
	int (*begin)(struct store_backup **out, struct store *s, int fd);
	int (*step)(struct store_backup *b, int pages);
	unsigned (*left)(const struct store_backup *b, unsigned *total);
	void (*free)(struct store_backup *b);
};

/* A copy into a store of another kind; both have the same table of these. */
struct store_copy_ops {
	int (*half)(struct store *s, bool *is);
	int (*begin)(struct store *s, struct store *from,
		     struct store_sum out[static STORE_TABLES]);
	int (*sum)(struct store *s, struct store_sum out[static STORE_TABLES]);
	int (*end)(struct store *s);
};

struct store_ops {
	unsigned schema;
	const struct store_file_ops *file;
	const struct store_base_ops *base;
	const struct store_care_ops *care;
	const struct store_log_ops *log;
	const struct store_entry_ops *entry;
	const struct store_doc_ops *doc;
	const struct store_tile_ops *tile;
	const struct store_backup_ops *backup;
	const struct store_copy_ops *copy;
};

extern const struct store_ops sqlite_ops, pg_ops;

#endif
