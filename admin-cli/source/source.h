/*
 * A source in a terminal: receipt, choice of desks, sealing, attachments in parts, answers.
 * A source's home has no keystore; what must be sent again after a lost connection is kept as
 * the frames themselves, which tell nothing but what the gateway sees anyway.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto/choose.h"
#include "crypto/entry.h"
#include "crypto/open.h"
#include "crypto/receipt.h"
#include "crypto/seal.h"

struct session;
struct trust;

#define SOURCE_ATTACH_MAX 4

/* Secret: secret_alloc() it. */
struct source {
	struct receipt receipt;
	struct receipt_keys keys;
	struct xwing_public pk;
	const struct trust *view;
	struct seal_rng *rng; /* NULL but in test builds */
};

/* A source with a new receipt, or with hers: read from the file at `path`, or asked for where that
 * is NULL. source_free() wipes. */
int source_new(struct session *ses, struct source **out) __attribute__((warn_unused_result));
int source_return(struct session *ses, const char *path, struct source **out)
	__attribute__((warn_unused_result));
void source_free(struct source *s);

/* What the command line says of a tip beside its file; each may be NULL. */
struct source_form {
	const char *pick;   /* which one, where the file holds many */
	const char *words;  /* "zh" or "en": which words of a form; NULL: of the language in use */
	const char *county; /* six digits, set over the form's */
	bool danger;        /* someone may die within a day */
};

/* The body of a tip from a file: the body itself, or a form as in the sample tips ("form",
 * where_zh…). */
int source_read_tip(struct session *ses, const char *path, const struct source_form *form,
		    json_t **body) __attribute__((warn_unused_result));

/* Desks that she wants kept out, beside what the tip's body says. */
struct source_exclude {
	uint16_t desk[ROSTER_DESK_MAX];
	size_t cnt;
};

/* The desks of a tip (FORMATS §8). */
int source_choose(struct session *ses, const struct source *s, const json_t *body,
		  const struct source_exclude *exclude, struct choose_set *out)
	__attribute__((warn_unused_result));

/* Frames on their way: first the entry, then the parts. */
struct source_frames {
	uint8_t *frame; /* cnt × FRAME_LEN */
	size_t cnt;
};

/* The desks of a case that is at this desk already: for what she says later. */
int source_choose_again(struct session *ses, const struct source *s, uint16_t receiving,
			const struct source_exclude *exclude, struct choose_set *out)
	__attribute__((warn_unused_result));

/* Seals a file for the case and appends its parts to the frames; adds it to `media`. */
int source_attach(struct session *ses, const struct source *s, const struct choose_set *to,
		  const char *path, json_t *media, struct source_frames *frames)
	__attribute__((warn_unused_result));

/* One entry of the source: its frame goes in front of the frames. `number` counts hers. */
struct source_entry {
	uint16_t type;
	const json_t *body;
	uint32_t number, hour;
	const uint8_t *prev, *seen; /* 32 bytes or NULL */
	uint16_t desk;              /* receiving; of a tip */
	bool urgent;                /* of a tip */
};
int source_entry(struct session *ses, const struct source *s, const struct seal_set *set,
		 const struct source_entry *e, struct source_frames *frames)
	__attribute__((warn_unused_result));

/* One part of an attachment, appended to the frames. */
struct source_slice {
	const uint8_t *bytes;
	size_t len;
	uint16_t attach, part, parts;
};
int source_part(struct session *ses, const struct source *s, const struct source_slice *slice,
		struct source_frames *frames) __attribute__((warn_unused_result));

int source_frames_load(struct session *ses, const char *path, struct source_frames *out)
	__attribute__((warn_unused_result));
int source_frames_save(struct session *ses, const char *path, const struct source_frames *frames)
	__attribute__((warn_unused_result));
/* Sends from *done on; *done counts what the gateway took. Network: DAVY_AGAIN. */
int source_frames_send(struct session *ses, struct source_frames *frames, size_t *done)
	__attribute__((warn_unused_result));
void source_frames_free(struct source_frames *frames);
/* Where unsent frames of this gateway wait. */
int source_unsent(struct session *ses, const char **path) __attribute__((warn_unused_result));

/* What the gateway has for her. */
struct source_thread {
	json_t *reply[64]; /* bodies of replies that are no dummies, in order */
	uint32_t day[64], number[64];
	size_t cnt;
	uint32_t count, source_cnt;  /* visible entries; hers among them */
	uint32_t hour;               /* of the gateway's last answer */
	uint16_t desk;               /* where the case is */
	uint8_t newest[32], own[32]; /* hash of the newest visible entry, of her newest */
	bool acknowledged, closed;
};
int source_poll(struct session *ses, const struct source *s, struct source_thread *out)
	__attribute__((warn_unused_result));
void source_thread_free(struct source_thread *t);
/* The status as the source sees it: of her newest reply, else 2 or 1. */
const char *source_status(const struct source_thread *t);

#endif
