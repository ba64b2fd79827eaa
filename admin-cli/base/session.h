/*
 * A session: what the engine of the tool needs from the program that runs it.
 *
 * Commands, a full-screen program and tests each make one session and hand it to the rooms home,
 * net, desk, source and roster. Those rooms never see the command line (struct cli): a session says
 * where the home is, holds what they opened, keeps the sentence of the first failure, and reaches
 * the person through the functions of its face. Nothing in this room knows a key or a case.
 *
 * A function of the engine returns 0, or a positive enum davy_exit whose sentence it has recorded
 * with session_fail(). A negative value is an enum err of crypto/; no sentence is recorded for it
 * yet.
 */
#ifndef SESSION_H
#define SESSION_H

#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define _(text)  gettext(text)
#define N_(text) text

/* The exit codes of davy. */
enum davy_exit {
	DAVY_OK = 0,
	DAVY_REFUSED = 1, /* refused, invalid or not found */
	DAVY_USAGE = 2,
	DAVY_AGAIN = 3, /* network, busy, behind: the same command may work later */
	DAVY_URGENT = 4 /* davy watch --once: no failure, something urgent waits */
};

struct clock_years;
struct home;
struct json_t;
struct net;
struct opened;
struct opened_crowd;
struct opened_ring;
struct session;
struct trust;
struct workspace;

/* How the engine reaches the person. Where a member is NULL, a warning is dropped and a question is
 * refused. */
struct session_face {
	/* Shows a sentence about something that does not stop the work. */
	void (*warn)(void *arg, const char *text);
	/* Reads a secret of less than `cap` bytes without showing it; wipes `buf` on failure. */
	int (*secret)(struct session *ses, const char *prompt, char *buf, size_t cap);
	/* The same for a line that may be seen. */
	int (*ask)(struct session *ses, const char *prompt, char *buf, size_t cap);
	/* Asks for a yes. Returns 0 for yes, else a failure that it has recorded. */
	int (*confirm)(struct session *ses, const char *question);
	/* Asked while the engine waits for the network: each second, and at once when stop_fd can
	 * be read. True: the wait ends, and so does every later one until it says false again. */
	bool (*stop)(void *arg);
	int stop_fd;
};

struct session {
	const char *home_dir; /* the folder with the keys */
	const char
		*passphrase_file; /* NULL: the key comes from the agent, else face->secret asks */
	const char *gateway;      /* a prefix of a gateway's id, or NULL: the one in use */
	const struct session_face *face;
	void *face_arg;

	/* Above 0: what is written lies in the tray for so many seconds (desk/tray.h), and what one
	 * command writes there has this number. */
	unsigned tray;
	uint32_t tray_group;

	/* Each is opened by its own room when it is first needed; desk_close() (desk/desk.h) closes
	 * all. */
	struct home *home;
	struct workspace *workspace;
	struct net *net;
	struct trust *trust;
	unsigned trust_cnt; /* rises with every new `trust`: a borrower sees that its own is gone */
	struct opened *opened;        /* the case that stays open (desk/opened.h) */
	struct opened_ring *ring;     /* the keys that open cases (desk/opened_inner.h) */
	struct opened_crowd *crowd;   /* opens what comes (desk/opened_crowd.c) */
	struct json_t *counties;      /* the deployment's list (desk/county.h) */
	struct clock_years *workdays; /* signed lists of holidays (desk/workdays.h) */

	/* Only session.c uses these. */
	char *failure, *failure_name;
	char **pool; /* strings that live until session_end() */
	size_t pool_cnt;
};

/* Frees the strings and the failure that session.c keeps. desk_close() calls it last. */
void session_end(struct session *ses);

/* Records the sentence of the failure that ends this work (what is wrong, with which value, what to
 * do) and returns `code`. `name` is its word for programs ("not-found", "behind", …). Only the
 * first failure is kept: later ones follow from it. */
int session_fail(struct session *ses, enum davy_exit code, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Records an enum err as such a failure: "WHAT: the error's sentence." */
int session_fail_err(struct session *ses, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Forgets the recorded failure, for a caller that can continue despite it. */
void session_forgive(struct session *ses);
/* The recorded sentence and its word for programs, or NULL; borrowed until session_forgive() or the
 * end of the session. */
const char *session_failure(const struct session *ses);
const char *session_failure_name(const struct session *ses);

/* Warns, asks for a secret, a line or a yes, by the functions of the face. Where the face has no
 * such function, a warning is dropped, and the others record a failure. session_can_ask() tells
 * whether there is anybody to give a secret. */
void session_warn(struct session *ses, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool session_can_ask(const struct session *ses);
int session_secret(struct session *ses, const char *prompt, char *buf, size_t cap)
	__attribute__((warn_unused_result));
int session_ask(struct session *ses, const char *prompt, char *buf, size_t cap)
	__attribute__((warn_unused_result));
int session_confirm(struct session *ses, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), warn_unused_result));

/* Whether the person wants no wait any more (face->stop); false where the face cannot say. */
bool session_stopped(const struct session *ses);

/* Takes over a string from malloc and keeps it until the session ends. For NULL it returns the
 * words "(out of memory)". */
const char *session_keep(struct session *ses, char *text) __attribute__((returns_nonnull));
/* Untrusted text made harmless with term_safe() as one line, for printf arguments; lives until the
 * session ends. */
const char *session_s(struct session *ses, const char *text) __attribute__((returns_nonnull));

#endif
