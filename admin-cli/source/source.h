/*
 * A source in a terminal: her receipt (FORMATS §11), the choice of desks, sealing (FORMATS §6, §8),
 * attachments in parts, the replies to her. The room reads no command-line option and prints
 * nothing.
 *
 * A source's home has no keystore and keeps no secret of hers. Frames that could not be sent are
 * kept as they are: they show only what the gateway sees anyway.
 *
 * Functions return 0, or a positive enum davy_exit whose sentence has been recorded (session.h).
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto/choose.h"
#include "crypto/entry.h"
#include "crypto/open.h"
#include "crypto/proof.h"
#include "crypto/receipt.h"
#include "crypto/reward.h"
#include "crypto/seal.h"

struct session;
struct trust;

#define SOURCE_ATTACH_MAX 4

/* In guarded memory, made by source_new() or source_return(). */
struct source {
	struct receipt receipt;
	struct reward_code reward; /* her claim code; empty: she wants no reward */
	struct receipt_keys keys;
	struct xwing_public pk;
	const struct trust *view; /* borrowed from the session */
	struct seal_rng *rng;     /* NULL: the system's; a test gives another (source_seed.h) */
};

/* Makes a source with a new receipt (source_new), or with the receipt that she has (source_return):
 * it is read from the file at `path`, or asked for where `path` is NULL. source_free() wipes it. */
int source_new(struct session *ses, struct source **out) __attribute__((warn_unused_result));
int source_return(struct session *ses, const char *path, struct source **out)
	__attribute__((warn_unused_result));
void source_free(struct source *s);

/* What a command says about a tip in addition to its file; every pointer may be NULL. */
struct source_form {
	const char *pick; /* the id of one tip, where the file holds many */
	const char
		*words; /* "zh" or "en", the language of the form's texts; NULL: the one in use */
	const char *county; /* six digits that replace the form's */
	bool danger;        /* someone may die within a day */
};

/* Reads the body of a tip (FORMATS §7) from a file that holds the body itself or a form as in the
 * sample tips ("form", where_zh…). The caller drops the reference to *body. */
int source_read_tip(struct session *ses, const char *path, const struct source_form *form,
		    json_t **body) __attribute__((warn_unused_result));

/* The body of a form that was read already; new reference. */
json_t *source_form_body(const json_t *form, const struct source_form *said);
/* Puts the members of a tip's body into the order of FORMATS §7, since what was set later comes
 * last. Takes over `body`; returns a new reference. */
json_t *source_tip_order(json_t *body);

/* Desks that must not get the tip, in addition to what its body says. */
struct source_exclude {
	uint16_t desk[ROSTER_DESK_MAX];
	size_t cnt;
};

/* Chooses the desks of a tip by its body (FORMATS §8). */
int source_choose(struct session *ses, const struct source *s, const json_t *body,
		  const struct source_exclude *exclude, struct choose_set *out)
	__attribute__((warn_unused_result));

/* The desk that pays rewards, as a choice of that desk alone; false: the roster has none, or none
 * with a key. */
bool source_payer(const struct source *s, struct choose_set *out);

/* Frames to be sent in this order: first the entry, then the parts of attachments. */
struct source_frames {
	uint8_t *frame; /* cnt × FRAME_LEN */
	size_t cnt;
};

/* Chooses the desks for a later entry of hers, in a case that is at desk `receiving`. */
int source_choose_again(struct session *ses, const struct source *s, uint16_t receiving,
			const struct source_exclude *exclude, struct choose_set *out)
	__attribute__((warn_unused_result));

/* Seals the file at `path` for her case, appends its parts to the frames, and describes it in
 * `media`, the list that becomes a member of the entry's body. */
int source_attach(struct session *ses, const struct source *s, const struct choose_set *to,
		  const char *path, json_t *media, struct source_frames *frames)
	__attribute__((warn_unused_result));

/* One entry of the source; source_entry() puts its frame before the other frames. */
struct source_entry {
	uint16_t type;
	const json_t *body;
	uint32_t number;            /* counts the source's own entries */
	const uint8_t *prev, *seen; /* 32 bytes or NULL */
	uint16_t desk;              /* the receiving desk; for what opens her log only */
	bool urgent;                /* for a tip only */
};
int source_entry(struct session *ses, const struct source *s, const struct seal_set *set,
		 const struct source_entry *e, struct source_frames *frames)
	__attribute__((warn_unused_result));

/* One part of an attachment; source_part() appends its frame to the frames. */
struct source_slice {
	const uint8_t *bytes;
	size_t len;
	uint16_t attach, part, parts;
};
int source_part(struct session *ses, const struct source *s, const struct source_slice *slice,
		struct source_frames *frames) __attribute__((warn_unused_result));

/* Reads and writes frames as a file of `cnt` times FRAME_LEN bytes. source_frames_free() frees
 * them. */
int source_frames_load(struct session *ses, const char *path, struct source_frames *out)
	__attribute__((warn_unused_result));
int source_frames_save(struct session *ses, const char *path, const struct source_frames *frames)
	__attribute__((warn_unused_result));
/* Sends the frames from index *done on; *done grows with every frame that the gateway takes.
 * DAVY_AGAIN where the network fails. */
int source_frames_send(struct session *ses, struct source_frames *frames, size_t *done)
	__attribute__((warn_unused_result));
void source_frames_free(struct source_frames *frames);
/* The path of the file in which unsent frames for this gateway wait. */
int source_unsent(struct session *ses, const char **path) __attribute__((warn_unused_result));

/* What the gateway shows a source of her case. */
struct source_thread {
	json_t *reply[64]; /* bodies of the replies in order, without dummies */
	uint32_t day[64], number[64];
	size_t cnt;
	uint32_t count, source_cnt;  /* visible entries, and how many of them are hers */
	uint16_t desk;               /* the desk that has the case */
	uint8_t newest[32], own[32]; /* hash of the newest visible entry, of her newest */
	bool acknowledged, closed;
	bool removed; /* it was closed, and its bytes were removed later */
};
/* Fetches the thread of the source; source_thread_free() frees it. Entries that are not replies to
 * her are left out with a warning. */
int source_poll(struct session *ses, const struct source *s, struct source_thread *out)
	__attribute__((warn_unused_result));
void source_thread_free(struct source_thread *t);
/* The status code (taxonomy) that the source sees: that of the newest reply to her, else "2"
 * (acknowledged) or "1" (received). */
const char *source_status(const struct source_thread *t);

/* Where a frame of hers (0: the tip, n: her n-th message) stands in the public log (FORMATS §19),
 * by a proof that was checked. */
enum source_log {
	SOURCE_LOG_OFF,     /* the roster names no log: nobody was asked */
	SOURCE_LOG_NONE,    /* the gateway shows nothing: the frame may be older than the log */
	SOURCE_LOG_WAITS,   /* in the batch that is open */
	SOURCE_LOG_STANDS,  /* proven, seen by as many witnesses as the roster asks for */
	SOURCE_LOG_UNSEEN,  /* proven, but too few have seen it within two days */
	SOURCE_LOG_MISSING, /* the gateway has signed that the log does not have it, or that a frame
			     * of before yesterday waits for its batch */
	SOURCE_LOG_REFUTED  /* what it shows proves nothing, and it has signed that */
};
struct source_logged {
	enum source_log log;
	struct cosigned seen; /* fresh cosignatures */
	size_t quorum;        /* how many the roster asks for */
};
int source_logged(struct session *ses, const struct source *s, uint32_t number,
		  struct source_logged *out) __attribute__((warn_unused_result));

#endif
