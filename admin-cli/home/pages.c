/* A database whose pages are records of the workspace: SQLite sees it as a file system with one
 * file (see pages.h). */
#include "admin-cli/home/pages.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/home/workspace.h"
#include "crypto/buf.h"
#include "crypto/err.h"

#define PAGE     4096
#define SIZE_AT  28      /* in the first page: of how many pages the database is */
#define CACHE_KB "16384" /* of memory that pages may take, and one transaction may change */

struct page_file {
	sqlite3_file base;
	struct pages *pages;
};

struct pages {
	sqlite3_vfs vfs;
	sqlite3_io_methods io;
	char name[40];
	struct workspace *ws;
	sqlite3 *db;
	uint32_t cnt; /* pages that there are, as far as is known */
};

static size_t
page_key(uint8_t key[static 4], sqlite3_int64 at)
{
	struct bufw w;

	bufw_init(&w, key, 4);
	bufw_u32(&w, (uint32_t)(at / PAGE));
	return 4;
}

static struct pages *
of(sqlite3_file *f)
{
	return ((struct page_file *)f)->pages;
}

static int
page_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

/* SQLite reads whole pages, and parts of the first one. */
static int
page_read(sqlite3_file *f, void *dst, int len, sqlite3_int64 at)
{
	size_t from = (size_t)(at % PAGE), want = (size_t)len, n;
	uint8_t key[4], *val;
	int err = from + want > PAGE ? ERR_RANGE
				     : workspace_get(of(f)->ws, WORKSPACE_SEARCH_PAGE, key,
						     page_key(key, at), &val, &n);

	if (err == ERR_NOT_FOUND) {
		memset(dst, 0, want);
		return SQLITE_IOERR_SHORT_READ;
	}
	if (err)
		return err == ERR_MEM ? SQLITE_NOMEM : SQLITE_IOERR_READ;
	bool whole = n == PAGE;
	if (whole)
		memcpy(dst, val + from, want);
	workspace_free(val, n);
	return whole ? SQLITE_OK : SQLITE_IOERR_READ;
}

static int
page_write(sqlite3_file *f, const void *src, int len, sqlite3_int64 at)
{
	struct pages *p = of(f);
	uint8_t key[4];
	uint32_t n = (uint32_t)(at / PAGE) + 1;

	if (len != PAGE || at % PAGE)
		return SQLITE_IOERR_WRITE;
	if (n > p->cnt)
		p->cnt = n;
	return workspace_put(p->ws, WORKSPACE_SEARCH_PAGE, key, page_key(key, at), src, PAGE)
		       ? SQLITE_IOERR_WRITE
		       : SQLITE_OK;
}

static int
page_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct pages *p = of(f);
	uint8_t key[4];

	for (; (sqlite3_int64)p->cnt * PAGE > size; p->cnt--)
		if (workspace_del(p->ws, WORKSPACE_SEARCH_PAGE, key,
				  page_key(key, (sqlite3_int64)(p->cnt - 1) * PAGE)))
			return SQLITE_IOERR_TRUNCATE;
	return SQLITE_OK;
}

/* The workspace's own transaction brings it to the disk. */
static int
page_sync(sqlite3_file *f, int flags)
{
	(void)f;
	(void)flags;
	return SQLITE_OK;
}

static int
page_size(sqlite3_file *f, sqlite3_int64 *size)
{
	*size = (sqlite3_int64)of(f)->cnt * PAGE;
	return SQLITE_OK;
}

/* A transaction of the workspace stands around every use, so locks are its matter. Each use begins
 * here: another terminal may have made the database longer. */
static int
page_lock(sqlite3_file *f, int level)
{
	uint8_t size[4];

	if (level != SQLITE_LOCK_SHARED)
		return SQLITE_OK;
	of(f)->cnt = 0;
	int err = page_read(f, size, sizeof(size), SIZE_AT);
	if (err == SQLITE_IOERR_SHORT_READ)
		return SQLITE_OK; /* there is none yet */
	of(f)->cnt = (uint32_t)size[0] << 24 | (uint32_t)size[1] << 16 | (uint32_t)size[2] << 8 |
		     size[3];
	/* a first page that says 0 is damaged, which SQLite finds out where it sees a page */
	of(f)->cnt += of(f)->cnt == 0;
	return err;
}

static int
page_unlock(sqlite3_file *f, int level)
{
	(void)f;
	(void)level;
	return SQLITE_OK;
}

static int
page_reserved(sqlite3_file *f, int *is)
{
	(void)f;
	*is = 0;
	return SQLITE_OK;
}

static int
page_control(sqlite3_file *f, int op, void *arg)
{
	(void)f;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int
page_sector(sqlite3_file *f)
{
	(void)f;
	return PAGE;
}

static int
page_traits(sqlite3_file *f)
{
	(void)f;
	return 0;
}

/* A journal or a temporary file is refused: SQLite is told to keep these in memory, and nothing
 * may lie in clear on the disk. */
static int
pages_vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *out)
{
	struct page_file *file = (struct page_file *)f;

	(void)name;
	f->pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	file->pages = vfs->pAppData;
	f->pMethods = &file->pages->io;
	if (out)
		*out = flags;
	return SQLITE_OK;
}

static int
pages_vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_OK;
}

static int
pages_vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *is)
{
	(void)vfs;
	(void)name;
	(void)flags;
	*is = 0;
	return SQLITE_OK;
}

static int
pages_vfs_path(sqlite3_vfs *vfs, const char *name, int cap, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)cap, "%s", name);
	return SQLITE_OK;
}

static int
make_vfs(struct pages *p)
{
	const sqlite3_vfs *os = sqlite3_vfs_find(NULL);

	if (!os)
		return ERR_IO;
	p->io = (sqlite3_io_methods){
		.iVersion = 1,
		.xClose = page_close,
		.xRead = page_read,
		.xWrite = page_write,
		.xTruncate = page_truncate,
		.xSync = page_sync,
		.xFileSize = page_size,
		.xLock = page_lock,
		.xUnlock = page_unlock,
		.xCheckReservedLock = page_reserved,
		.xFileControl = page_control,
		.xSectorSize = page_sector,
		.xDeviceCharacteristics = page_traits,
	};
	snprintf(p->name, sizeof(p->name), "davylamp-%p", (void *)p);
	p->vfs = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = sizeof(struct page_file),
		.mxPathname = 64,
		.zName = p->name,
		.pAppData = p,
		.xOpen = pages_vfs_open,
		.xDelete = pages_vfs_delete,
		.xAccess = pages_vfs_access,
		.xFullPathname = pages_vfs_path,
		.xRandomness = os->xRandomness,
		.xSleep = os->xSleep,
		.xCurrentTime = os->xCurrentTime,
		.xGetLastError = os->xGetLastError,
	};
	return sqlite3_vfs_register(&p->vfs, 0) ? ERR_IO : 0;
}

struct pages *
pages_open(struct workspace *ws)
{
	struct pages *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->ws = ws;
	if (!make_vfs(p) &&
	    !sqlite3_open_v2("pages", &p->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
			     p->name) &&
	    !sqlite3_exec(p->db,
			  "PRAGMA page_size = 4096; PRAGMA journal_mode = MEMORY;"
			  "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;"
			  "PRAGMA cache_spill = OFF; PRAGMA cache_size = -" CACHE_KB ";",
			  NULL, NULL, NULL))
		return p;
	pages_close(p);
	return NULL;
}

void
pages_close(struct pages *p)
{
	if (!p)
		return;
	sqlite3_close(p->db);
	sqlite3_vfs_unregister(&p->vfs);
	free(p);
}

sqlite3 *
pages_db(const struct pages *p)
{
	return p->db;
}

int
pages_begin(struct pages *p)
{
	if (!sqlite3_get_autocommit(p->db))
		return 0;
	return sqlite3_exec(p->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) ? ERR_IO : 0;
}

int
pages_settle(struct pages *p)
{
	if (sqlite3_get_autocommit(p->db))
		return 0;
	return sqlite3_exec(p->db, "COMMIT", NULL, NULL, NULL) ? ERR_IO : 0;
}
