/* What the files of a sync share: its steps. Other files use sync.h. */
#ifndef SYNC_STATE_H
#define SYNC_STATE_H

#include "admin-cli/desk/sync.h"
#include "admin-cli/net/net.h"

/* A case or order of which something is fetched. */
struct sync_job {
	struct workspace_case c;
	unsigned parts; /* enum sync_parts that are still wanted */
	uint32_t had;   /* entries that were here before */
	uint8_t thread; /* what was asked for last */
	uint8_t *read;  /* the read records that have come, until all have */
	uint32_t read_cnt;
	uint64_t came; /* what sync_hooks.came said of its last entry */
	bool changed;  /* since it was put into the workspace */
};

/* Whether something is to be fetched. */
bool sync_job_waits(const struct sync_job *job);
/* Fetches what the jobs lack, many at a time, in each case in order; stores what came before
 * anything else is asked for; and folds the cases again that have new entries. */
int sync_fetch(struct session *ses, struct sync_job *job, size_t cnt)
	__attribute__((warn_unused_result));

/*
 * The pages of a list. The first is asked for alone. Where more follow, the gateway says where, and
 * many are asked for at a time, since each answer waits for its even step. They are taken in their
 * order: a page begins where the page before it says that it ends, whatever was said ahead.
 */
struct sync_pages {
	struct session *ses;
	struct net_request q; /* desk, kind */
	/* Takes a page. It may set `rest`, or begin anew. */
	int (*take)(void *arg, const struct net_answer *a);
	void *arg;
	bool rest;  /* nothing more is asked or taken before the next run */
	bool over;  /* the last page was taken */
	bool alone; /* the gateway does not say where pages are */
	bool ahead; /* it is to be asked where those behind the last page are */
	struct page *first, *last, *stray;
	bool asked;                     /* that was asked, and is not answered yet */
	uint8_t from[FRAME_CURSOR_LEN]; /* where the last page began when it was */
	size_t cnt;
	unsigned turn; /* how often it has begun */
};

/* From that cursor on; what was asked for before is given up. */
int sync_pages_begin(struct sync_pages *p, const uint8_t *cursor)
	__attribute__((warn_unused_result));
/* Until the pages are over, or `take` wants rest, or something fails. A page that ends where it
 * begins fails as a list that does not end. */
int sync_pages_run(struct sync_pages *p) __attribute__((warn_unused_result));
void sync_pages_end(struct sync_pages *p);
/* Says that a list does not end; the code of that failure. */
int sync_pages_endless(struct session *ses);

/* Fetches the epoch secrets that this member lacks, warns of a certificate that needs a second
 * signature, and offers the subkey for the next epoch. */
int sync_keys(struct session *ses, const struct trust *v, struct sync_result *count)
	__attribute__((warn_unused_result));
/* Both lists, cases and orders, with the threads of what changed. */
int sync_lists(struct session *ses, const struct trust *v, struct sync_result *count)
	__attribute__((warn_unused_result));
/* Sends the outbox. An item that cannot be sent stays, with a warning, and is no failure. */
int sync_outbox(struct session *ses, struct sync_result *count) __attribute__((warn_unused_result));

#endif
