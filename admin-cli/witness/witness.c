/* The state of a witness and its verdicts; see witness.h. */
#include "admin-cli/witness/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/desk/mirror.h"
#include "crypto/b64.h"
#include "crypto/err.h"
#include "crypto/witness.h"

#define FILE_MAX 65536

static void
path_in(char out[static PATH_MAX], const struct witness *w, const char *name)
{
	snprintf(out, PATH_MAX, "%s/%s", w->dir, name);
}

/* The file of a log: its origin may hold any letter, so its hash names it. */
static void
path_of(char out[static PATH_MAX], const struct witness *w, const char *origin, const char *kind)
{
	uint8_t hash[32];
	char hex[33];

	key_sha256(hash, origin, strlen(origin));
	sodium_bin2hex(hex, sizeof(hex), hash, 16);
	snprintf(out, PATH_MAX, "%s/%s.%s", w->dir, hex, kind);
}

static int
key_make(struct session *ses, struct witness *w, const char *path, const char *name)
{
	uint8_t seed[KEY_SIGN_SEED_LEN];
	char text[512];
	struct bufw b;

	randombytes_buf(seed, sizeof(seed));
	bufw_init(&b, text, sizeof(text));
	bufw_printf(&b, "name %s\nseed ", name);
	bufw_base64(&b, seed, sizeof(seed));
	bufw_text(&b, "\n");
	key_sign_from_seed(&w->sign, seed);
	/* What cannot sign a note cannot be a name. */
	char probe[NOTE_SEEN_MAX];
	struct bufw p;
	bufw_init(&p, probe, sizeof(probe));
	int err =
		note_cosign(&p, "-\n", 2, 0, name, &w->sign)
			? session_fail(ses, DAVY_USAGE, "usage",
				       _("The name of a witness has no blank, no +, and at most %d "
					 "letters of ASCII: union.example/w1."),
				       NOTE_NAME_MAX - 1)
			: file_write(ses, path, 0600, text, b.len);
	if (!err)
		snprintf(w->as.name, sizeof(w->as.name), "%s", name);
	sodium_memzero(text, sizeof(text));
	sodium_memzero(seed, sizeof(seed));
	return err;
}

static int
key_read(struct session *ses, struct witness *w, const char *path)
{
	uint8_t *bytes = NULL, seed[KEY_SIGN_SEED_LEN];
	struct buf b;
	size_t len, n, m;
	int err = file_read(ses, path, FILE_MAX, &bytes, &len);

	if (err)
		return err;
	buf_init(&b, bytes, len);
	const char *name = buf_line(&b, &n), *line = buf_line(&b, &m);
	bool good = name && line && n > 5 && n - 5 < sizeof(w->as.name) &&
		    !memcmp(name, "name ", 5) && m > 5 && !memcmp(line, "seed ", 5) &&
		    b64_decode_exact(seed, sizeof(seed), line + 5, m - 5, B64_PADDED) == 0;
	if (good) {
		memcpy(w->as.name, name + 5, n - 5);
		key_sign_from_seed(&w->sign, seed);
	}
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(bytes, len);
	free(bytes);
	return good ? DAVY_OK
		    : session_fail(ses, DAVY_REFUSED, "damaged",
				   _("%s is not the key of a witness."), session_s(ses, path));
}

/* What was cosigned last must not be forgotten: a file that is not whole ends the witness. */
static int
last_read(struct session *ses, const struct witness *w, struct witness_log *l)
{
	char path[PATH_MAX];
	uint8_t *bytes = NULL;
	size_t len;

	path_of(path, w, l->key.name, "checkpoint");
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return DAVY_OK;
	int err = file_read(ses, path, FILE_MAX, &bytes, &len);
	if (!err)
		err = mirror_checkpoint(ses, NULL, path, bytes, len, &l->last);
	free(bytes);
	return err;
}

static int
logs_read(struct session *ses, struct witness *w)
{
	char path[PATH_MAX], *text = NULL, *save = NULL;

	path_in(path, w, "logs");
	if (access(path, F_OK) != 0)
		return DAVY_OK;
	int err = file_read_text(ses, path, FILE_MAX, &text);
	for (char *s = err ? NULL : strtok_r(text, "\n", &save); !err && s;
	     s = strtok_r(NULL, "\n", &save)) {
		struct witness_log *l = &w->log[w->log_cnt];
		if (w->log_cnt == WITNESS_LOGS)
			err = session_fail(ses, DAVY_REFUSED, "too-many",
					   _("A witness keeps %d logs at most."), WITNESS_LOGS);
		else
			err = mirror_verifier(ses, s, &l->key);
		if (!err)
			err = last_read(ses, w, l);
		w->log_cnt += !err;
	}
	free(text);
	return err;
}

int
witness_open(struct session *ses, struct witness *w, const char *name)
{
	char path[PATH_MAX];

	w->lock = -1;
	if (mkdir(w->dir, 0700) && errno != EEXIST)
		return session_fail(ses, DAVY_REFUSED, "io", _("%s cannot be made: %s."),
				    session_s(ses, w->dir), strerror(errno));
	path_in(path, w, "key");
	int err;
	if (access(path, F_OK) == 0)
		err = key_read(ses, w, path);
	else if (name)
		err = key_make(ses, w, path, name);
	else
		err = session_fail(ses, DAVY_USAGE, "usage",
				   _("There is no witness in %s yet: --name makes one."),
				   session_s(ses, w->dir));
	if (!err && name && strcmp(name, w->as.name) != 0)
		err = session_fail(ses, DAVY_USAGE, "usage",
				   _("The witness in this folder has the name %s."),
				   session_s(ses, w->as.name));
	if (err)
		return err;
	key_sign_public(w->as.key, &w->sign);
	return logs_read(ses, w);
}

static struct witness_log *
find(struct witness *w, const char *origin)
{
	for (size_t i = 0; i < w->log_cnt; i++)
		if (!strcmp(w->log[i].key.name, origin))
			return &w->log[i];
	return NULL;
}

int
witness_add(struct session *ses, struct witness *w, const struct note_key *log)
{
	char path[PATH_MAX], text[WITNESS_LOGS * 160];
	struct witness_log *l = find(w, log->name);
	struct bufw b;

	if (!l && w->log_cnt == WITNESS_LOGS)
		return session_fail(ses, DAVY_REFUSED, "too-many",
				    _("A witness keeps %d logs at most."), WITNESS_LOGS);
	if (!l)
		l = &w->log[w->log_cnt++];
	l->key = *log;
	bufw_init(&b, text, sizeof(text));
	for (size_t i = 0; i < w->log_cnt; i++) {
		note_verifier_put(&b, &w->log[i].key);
		bufw_text(&b, "\n");
	}
	path_in(path, w, "logs");
	return file_write(ses, path, 0644, text, b.len);
}

int
witness_lock(struct session *ses, struct witness *w)
{
	char path[PATH_MAX];

	path_in(path, w, "lock");
	w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (w->lock >= 0 && flock(w->lock, LOCK_EX | LOCK_NB) == 0)
		return DAVY_OK;
	return session_fail(ses, DAVY_REFUSED, "io",
			    _("Another witness runs with the folder %s already."),
			    session_s(ses, w->dir));
}

void
witness_close(struct witness *w)
{
	if (w->lock >= 0)
		close(w->lock);
	sodium_memzero(&w->sign, sizeof(w->sign));
}

/* Two checkpoints of one size with two roots, both signed by the log: the first such one is kept
 * beside the checkpoint that was cosigned. */
static void
keep_fork(struct session *ses, const struct witness *w, const char *origin,
	  const struct witness_request *q)
{
	char path[PATH_MAX];

	path_of(path, w, origin, "fork");
	if (access(path, F_OK) == 0 || file_write(ses, path, 0644, q->note, q->len))
		return;
	session_warn(
		ses,
		_("The log %s has signed two checkpoints that contradict each other. %s and the "
		  "checkpoint beside it prove it to anybody."),
		session_s(ses, origin), session_s(ses, path));
}

static void
answer(struct witness_answer *out, unsigned status, const char *why)
{
	out->status = status;
	out->type = "text/plain; charset=utf-8";
	snprintf(out->body, sizeof(out->body), "%s\n", why);
}

/* It is written down before it is cosigned: after a crash nothing is forgotten that somebody has.
 */
static void
accept_it(struct session *ses, const struct witness *w, struct witness_log *l,
	  const struct witness_request *q, const struct checkpoint *now, const struct note *note,
	  struct witness_answer *out)
{
	char path[PATH_MAX];
	struct bufw b;

	path_of(path, w, now->origin, "checkpoint");
	if (file_write(ses, path, 0644, q->note, q->len)) {
		session_warn(ses, "%s", session_failure(ses));
		answer(out, 500, "the witness cannot write");
		return;
	}
	l->last = *now;
	out->status = WITNESS_GOOD;
	out->type = "text/plain; charset=utf-8";
	bufw_init(&b, out->body, sizeof(out->body) - 1);
	if (note_cosign(&b, note->text, note->text_len, (uint64_t)time(NULL), w->as.name, &w->sign))
		answer(out, 500, "the witness cannot sign");
	else
		out->body[b.len] = '\0';
}

void
witness_serve(struct session *ses, struct witness *w, const void *bytes, size_t len,
	      struct witness_answer *out)
{
	static const char *const why[] = { [WITNESS_BAD] = "not a request that can be granted",
					   [WITNESS_UNSIGNED] = "not signed by a key of this log",
					   [WITNESS_UNPROVEN] = "the proof does not hold" };
	struct witness_request q;
	struct checkpoint now;
	struct note note;

	*out = (struct witness_answer){ 0 };
	if (witness_request_get(&q, bytes, len) || witness_checkpoint(&now, &note, &q)) {
		answer(out, WITNESS_BAD, "not a request to add a checkpoint");
		return;
	}
	struct witness_log *l = find(w, now.origin);
	if (!l) {
		answer(out, WITNESS_UNKNOWN, "no log of this witness");
		return;
	}
	enum witness_verdict v = witness_judge(&q, &now, &note, &l->key, &l->last);
	if (v == WITNESS_GOOD) {
		accept_it(ses, w, l, &q, &now, &note, out);
	} else if (v == WITNESS_CONFLICT) {
		if (now.size == l->last.size && memcmp(now.root, l->last.root, MERKLE_LEN) != 0)
			keep_fork(ses, w, now.origin, &q);
		answer(out, v, "");
		snprintf(out->body, sizeof(out->body), "%llu\n", (unsigned long long)l->last.size);
		out->type = "text/x.tlog.size";
	} else {
		answer(out, v, why[v]);
	}
	session_forgive(ses);
}
