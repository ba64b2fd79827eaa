/*
 * A session: what the engine of the tool needs of whoever runs it.
 *
 * Commands, a full-screen program and tests each make one session and hand it to the rooms home,
 * net, desk, source and roster. Those rooms never see the command line (struct cli): a session says
 * where the home is, holds what they opened, keeps the sentence of the first failure, and reaches
 * the person through three functions of its face. Nothing in this room knows a key or a case.
 *
 * What a function of the engine returns: 0, or a positive enum davy_exit whose sentence has been
 * recorded by session_fail(). A negative value is an enum err of crypto/ and has no sentence yet.
 */
#ifndef SESSION_H
#define SESSION_H

#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>

#define _(text)  gettext(text)
#define N_(text) text

/* What the tool tells the shell. */
enum davy_exit {
	DAVY_OK = 0,
	DAVY_REFUSED = 1, /* refused, invalid or not found */
	DAVY_USAGE = 2,
	DAVY_AGAIN = 3 /* network, busy, behind: the same again may work */
};

struct home;
struct net;
struct opened;
struct session;
struct trust;
struct workspace;

/* How the engine reaches the person. NULL members: warnings are dropped, questions are refused. */
struct session_face {
	/* Says something that does not end the work. */
	void (*warn)(void *arg, const char *text);
	/* Reads a secret of less than `cap` bytes without showing it; wipes `buf` on failure. */
	int (*secret)(struct session *ses, const char *prompt, char *buf, size_t cap);
	/* Asks for a yes; 0 or the recorded failure. */
	int (*confirm)(struct session *ses, const char *question);
};

struct session {
	const char *home_dir;        /* the folder with the keys */
	const char *passphrase_file; /* or NULL: the agent, else face->secret */
	const char *gateway;         /* a prefix of a gateway's id, or NULL: the one in use */
	const struct session_face *face;
	void *face_arg;

	/* Opened by need, each by its room, and closed by desk_close() (desk/desk.h). */
	struct home *home;
	struct workspace *workspace;
	struct net *net;
	struct trust *trust;
	unsigned trust_cnt;    /* how many were made: what borrows from one knows when it is gone */
	struct opened *opened; /* the case that stays open (desk/opened.h) */

	/* session.c's own. */
	char *failure, *failure_name;
	char **pool; /* strings that live until session_end() */
	size_t pool_cnt;
};

/* Frees what session.c keeps; after desk_close(). */
void session_end(struct session *ses);

/* Records the sentence (with what to do) that ends this work and returns `code`. `name` is the
 * word for programs ("not-found", "behind", …). The first failure recorded is the one shown. */
int session_fail(struct session *ses, enum davy_exit code, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Turns an enum err into such a failure: "WHAT: sentence". */
int session_fail_err(struct session *ses, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Forgets a recorded failure, for a caller that goes on without. */
void session_forgive(struct session *ses);
/* The sentence recorded so far, and its word for programs, or NULL; borrowed. */
const char *session_failure(const struct session *ses);
const char *session_failure_name(const struct session *ses);

/* The three ways to the person; see struct session_face. */
void session_warn(struct session *ses, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool session_can_ask(const struct session *ses);
int session_secret(struct session *ses, const char *prompt, char *buf, size_t cap)
	__attribute__((warn_unused_result));
int session_confirm(struct session *ses, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), warn_unused_result));

/* Keeps a string until the session ends; takes it over. NULL becomes a sentence about memory. */
const char *session_keep(struct session *ses, char *text) __attribute__((returns_nonnull));
/* A stranger's text made harmless (term.h, one line), for use inside printf arguments. */
const char *session_s(struct session *ses, const char *text) __attribute__((returns_nonnull));

#endif
