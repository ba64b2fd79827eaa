/* The keystore (FORMATS §12): reads and opens it, changes it under the home's lock, writes it. */
#include "admin-cli/home/home_state.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "crypto/b64.h"
#include "crypto/err.h"
#include "crypto/secret.h"

int
home_passphrase_file(struct session *ses, const char *path, char buf[static HOME_PASSPHRASE_CAP])
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0) {
		int e = errno;
		if (fd >= 0)
			close(fd);
		return session_fail(ses, DAVY_REFUSED, "not-found",
				    _("The passphrase file %s cannot be read: %s."),
				    session_s(ses, path), strerror(e));
	}
	if (S_ISREG(st.st_mode) && (st.st_mode & 077)) {
		close(fd);
		return session_fail(
			ses, DAVY_REFUSED, "mode",
			_("Others may read the passphrase file %s; run chmod 600 on it."),
			session_s(ses, path));
	}
	size_t n = 0;
	for (ssize_t got; n < HOME_PASSPHRASE_CAP - 1 && !memchr(buf, '\n', n); n += (size_t)got) {
		got = read(fd, buf + n, HOME_PASSPHRASE_CAP - 1 - n);
		if (got <= 0)
			break;
	}
	close(fd);
	buf[n] = '\0';
	char *end = strchr(buf, '\n');
	if (end)
		*end = '\0';
	if (*buf && (end || n < HOME_PASSPHRASE_CAP - 1))
		return DAVY_OK;
	sodium_memzero(buf, HOME_PASSPHRASE_CAP);
	return session_fail(ses, DAVY_REFUSED, "invalid",
			    _("The first line of %s is not a passphrase."), session_s(ses, path));
}

int
home_passphrase(struct session *ses, bool again, char buf[static HOME_PASSPHRASE_CAP])
{
	char second[HOME_PASSPHRASE_CAP];

	if (ses->passphrase_file)
		return home_passphrase_file(ses, ses->passphrase_file, buf);
	if (!session_can_ask(ses))
		return session_fail(
			ses, DAVY_REFUSED, "locked",
			_("The keystore is locked: run davy unlock, or give --passphrase-file FILE."));
	int err = session_secret(ses, again ? _("New passphrase") : _("Passphrase"), buf,
				 HOME_PASSPHRASE_CAP);
	if (err || !again)
		return err;
	if (strlen(buf) < 8) {
		sodium_memzero(buf, HOME_PASSPHRASE_CAP);
		return session_fail(
			ses, DAVY_REFUSED, "weak",
			_("A passphrase has at least 8 characters; several words are better."));
	}
	err = session_secret(ses, _("Once more"), second, sizeof(second));
	bool same = !err && strcmp(buf, second) == 0;
	sodium_memzero(second, sizeof(second));
	if (same)
		return DAVY_OK;
	sodium_memzero(buf, HOME_PASSPHRASE_CAP);
	return err ? err
		   : session_fail(ses, DAVY_REFUSED, "mismatch",
				  _("The two passphrases differ; nothing was changed."));
}

int
home_keystore_read(struct session *ses, const char *path, uint8_t **bytes, size_t *len)
{
	struct stat st;

	*bytes = NULL;
	if (stat(path, &st) != 0) {
		if (errno == ENOENT)
			return session_fail(
				ses, DAVY_REFUSED, "no-key",
				_("There is no key in %s; make one with davy key new --name NAME."),
				session_s(ses, path));
		return session_fail(ses, DAVY_REFUSED, "io", _("%s cannot be read: %s."),
				    session_s(ses, path), strerror(errno));
	}
	if (st.st_mode & 077)
		return session_fail(
			ses, DAVY_REFUSED, "mode",
			_("Others may read the keystore %s; run chmod 600 on it, and if somebody else "
			  "uses this machine, make a new key."),
			session_s(ses, path));
	if (st.st_uid != geteuid())
		return session_fail(ses, DAVY_REFUSED, "mode",
				    _("The keystore %s belongs to somebody else."),
				    session_s(ses, path));
	return file_read(ses, path, KEYSTORE_MAX, bytes, len);
}

static bool
get_b64(const json_t *j, const char *name, void *out, size_t len)
{
	const json_t *s = json_object_get(j, name);

	return json_is_string(s) && b64_decode_exact(out, len, json_string_value(s),
						     json_string_length(s), B64_PADDED) == 0;
}

static bool
get_hex(const json_t *j, const char *name, uint8_t *out, size_t len)
{
	const char *s = json_string_value(json_object_get(j, name));

	return s && term_unhex(out, len, s);
}

static bool
epoch_get(const json_t *j, struct home_epoch *e)
{
	const json_int_t desk = json_integer_value(json_object_get(j, "desk"));
	const json_int_t use = json_integer_value(json_object_get(j, "use"));

	if (!get_hex(j, "gateway", e->gateway, 16) || desk < 1 || desk > 65535 || use < 0 ||
	    use >= EPOCH_USE__MAX || !get_b64(j, "secret", e->secret.seed, XWING_SECRET_LEN))
		return false;
	e->desk = (uint16_t)desk;
	e->use = (uint8_t)use;
	e->epoch = (uint32_t)json_integer_value(json_object_get(j, "epoch"));
	xwing_public_of(&e->pk, &e->secret);
	return true;
}

static bool
subkey_get(const json_t *j, struct home_subkey *s)
{
	const json_int_t desk = json_integer_value(json_object_get(j, "desk"));

	if (!get_hex(j, "gateway", s->gateway, 16) || desk < 1 || desk > 65535 ||
	    !get_b64(j, "secret", s->secret.seed, XWING_SECRET_LEN))
		return false;
	s->desk = (uint16_t)desk;
	s->epoch = (uint32_t)json_integer_value(json_object_get(j, "epoch"));
	return true;
}

static bool
keys_get(const json_t *j, struct home_keys *k)
{
	const json_t *epochs = json_object_get(j, "epochs"), *subs = json_object_get(j, "subkeys");
	const char *name = json_string_value(json_object_get(j, "name"));
	uint8_t seed[KEY_SIGN_SEED_LEN];

	if (json_integer_value(json_object_get(j, "v")) != 1 || !name ||
	    strlen(name) >= sizeof(k->name) || !get_hex(j, "handle", k->handle, KEY_HANDLE_LEN) ||
	    !get_b64(j, "sign", seed, sizeof(seed)) ||
	    !get_b64(j, "seal", k->seal.seed, sizeof(k->seal.seed)) ||
	    !get_b64(j, "workspace", k->workspace, sizeof(k->workspace)))
		return false;
	snprintf(k->name, sizeof(k->name), "%s", name);
	key_sign_from_seed(&k->sign, seed);
	sodium_memzero(seed, sizeof(seed));
	key_sign_public(k->sign_pk, &k->sign);
	xwing_public_of(&k->seal_pk, &k->seal);
	k->epoch = secret_alloc((json_array_size(epochs) + 1) * sizeof(*k->epoch));
	k->subkey = secret_alloc((json_array_size(subs) + 1) * sizeof(*k->subkey));
	if (!k->epoch || !k->subkey)
		return false;
	for (; k->epoch_cnt < json_array_size(epochs); k->epoch_cnt++)
		if (!epoch_get(json_array_get(epochs, k->epoch_cnt), &k->epoch[k->epoch_cnt]))
			return false;
	for (; k->subkey_cnt < json_array_size(subs); k->subkey_cnt++)
		if (!subkey_get(json_array_get(subs, k->subkey_cnt), &k->subkey[k->subkey_cnt]))
			return false;
	return true;
}

static void
set_b64(json_t *j, const char *name, const void *bytes, size_t len)
{
	char text[64];

	(void)b64_encode(text, sizeof(text), bytes, len, B64_PADDED);
	json_object_set_new(j, name, json_string(text));
	sodium_memzero(text, sizeof(text));
}

static json_t *
keys_json(const struct home_keys *k)
{
	char hex[33];
	json_t *epochs = json_array(), *subs = json_array();
	json_t *j = json_pack("{s:i, s:s, s:s}", "v", 1, "name", k->name, "handle",
			      term_hex(hex, k->handle, KEY_HANDLE_LEN));

	set_b64(j, "sign", k->sign.bytes, KEY_SIGN_SEED_LEN);
	set_b64(j, "seal", k->seal.seed, sizeof(k->seal.seed));
	set_b64(j, "workspace", k->workspace, sizeof(k->workspace));
	for (size_t i = 0; i < k->epoch_cnt; i++) {
		const struct home_epoch *e = &k->epoch[i];
		json_t *o = json_pack("{s:s, s:i, s:I, s:i}", "gateway",
				      term_hex(hex, e->gateway, 16), "desk", e->desk, "epoch",
				      (json_int_t)e->epoch, "use", e->use);
		set_b64(o, "secret", e->secret.seed, sizeof(e->secret.seed));
		json_array_append_new(epochs, o);
	}
	for (size_t i = 0; i < k->subkey_cnt; i++) {
		const struct home_subkey *s = &k->subkey[i];
		json_t *o = json_pack("{s:s, s:i, s:I}", "gateway", term_hex(hex, s->gateway, 16),
				      "desk", s->desk, "epoch", (json_int_t)s->epoch);
		set_b64(o, "secret", s->secret.seed, sizeof(s->secret.seed));
		json_array_append_new(subs, o);
	}
	json_object_set_new(j, "epochs", epochs);
	json_object_set_new(j, "subkeys", subs);
	return j;
}

int
home_keystore_write(struct session *ses, const char *path)
{
	struct home_secret *s = ses->home->secret;
	json_t *j = keys_json(&s->keys);
	char *text = json_dumps(j, JSON_COMPACT);
	size_t len = text ? strlen(text) : 0, n = 0;
	uint8_t *out = malloc(KEYSTORE_HEAD_LEN + len + KEYSTORE_TAG_LEN);
	int err = ERR_MEM;

	if (text && out)
		err = keystore_key_seal(out, KEYSTORE_HEAD_LEN + len + KEYSTORE_TAG_LEN, &n, text,
					len, &s->key);
	if (text)
		sodium_memzero(text, len);
	free(text);
	json_decref(j);
	err = err ? session_fail_err(ses, err, "%s", _("The keystore cannot be written"))
		  : file_write(ses, path, 0600, out, n);
	free(out);
	return err;
}

void
home_secret_free(struct home_secret *s)
{
	if (!s)
		return;
	secret_free(s->keys.epoch);
	secret_free(s->keys.subkey);
	secret_free(s);
}

static void
keys_clear(struct home_keys *k)
{
	secret_free(k->epoch);
	secret_free(k->subkey);
	sodium_memzero(k, sizeof(*k));
}

/* Opens the keystore's bytes with s->key into s->keys. Negative: an enum err without a sentence. */
static int
open_with_key(struct session *ses, const uint8_t *bytes, size_t len, struct home_secret *s)
{
	char *plain;
	size_t plain_len;
	int err = keystore_key_open(&plain, &plain_len, bytes, len, &s->key);

	if (err)
		return err;
	keys_clear(&s->keys);
	json_t *j = json_loadb(plain, plain_len, 0, NULL);
	bool ok = j && keys_get(j, &s->keys);
	json_decref(j);
	secret_free(plain);
	if (ok)
		return DAVY_OK;
	keys_clear(&s->keys);
	return session_fail(
		ses, DAVY_REFUSED, "format",
		_("The keystore is in a format that this davy does not know; use the davy that wrote it."));
}

static int
ask_and_open(struct session *ses, const uint8_t *bytes, size_t len, struct home_secret *s)
{
	char *pass = secret_alloc(HOME_PASSPHRASE_CAP);

	if (!pass)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	int err = home_passphrase(ses, false, pass);
	if (!err) {
		err = keystore_key_derive(&s->key, bytes, len, pass);
		if (!err)
			err = open_with_key(ses, bytes, len, s);
		if (err == ERR_AUTH)
			err = session_fail(
				ses, DAVY_REFUSED, "passphrase",
				_("The passphrase is wrong, or the keystore is damaged."));
		else if (err < 0)
			err = session_fail_err(ses, err, "%s", _("The keystore does not open"));
	}
	secret_free(pass);
	return err;
}

int
home_unlock(struct session *ses, bool agent)
{
	uint8_t *bytes;
	size_t len;
	int err = home_open(ses, false);

	if (err || ses->home->secret)
		return err;
	err = home_keystore_read(ses, home_path(ses, "keystore"), &bytes, &len);
	if (err)
		return err;
	struct home_secret *s = secret_alloc(sizeof(*s));
	if (!s) {
		free(bytes);
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	/* an agent that holds the key of an older passphrase does not help: ask for the new one */
	err = agent && agent_get(ses->home->dir, &s->key) == 0 ? open_with_key(ses, bytes, len, s)
							       : ERR_AUTH;
	if (err < 0)
		err = ask_and_open(ses, bytes, len, s);
	free(bytes);
	if (err)
		home_secret_free(s);
	else
		ses->home->secret = s; /* transferred */
	return err;
}

bool
home_has_keys(struct session *ses)
{
	struct stat st;

	return home_open(ses, false) == DAVY_OK && stat(home_path(ses, "keystore"), &st) == 0;
}

int
home_keys(struct session *ses, const struct home_keys **out)
{
	int err = home_unlock(ses, true);

	*out = err ? NULL : &ses->home->secret->keys;
	return err;
}

const struct home_epoch *
home_epoch_next(struct session *ses, const struct home_keys *k, uint16_t desk, size_t *i)
{
	const struct home_gateway *g;

	if (home_gateway(ses, &g))
		return NULL;
	while (*i < k->epoch_cnt) {
		const struct home_epoch *e = &k->epoch[k->epoch_cnt - ++*i];
		if (memcmp(e->gateway, g->card.id, 16) == 0 && (!desk || e->desk == desk))
			return e;
	}
	return NULL;
}

/* Reads the keystore again under the lock, runs `change` on it, and writes it where `change` says
 * that something changed. */
static int
change_keys(struct session *ses, bool (*change)(struct home_keys *, const void *), const void *arg)
{
	uint8_t *bytes = NULL;
	size_t len;
	int fd, err = home_unlock(ses, true);

	if (err)
		return err;
	err = home_lock(ses, &fd);
	if (err)
		return err;
	const char *path = home_path(ses, "keystore");
	err = home_keystore_read(ses, path, &bytes, &len);
	if (!err)
		err = open_with_key(ses, bytes, len, ses->home->secret);
	if (err < 0)
		err = session_fail(
			ses, DAVY_AGAIN, "changed",
			_("Another terminal has changed the passphrase of the keystore; run this again."));
	if (!err && change(&ses->home->secret->keys, arg))
		err = home_keystore_write(ses, path);
	free(bytes);
	close(fd);
	return err;
}

static bool
same_epoch(const struct home_epoch *a, const struct home_epoch *b)
{
	return memcmp(a->gateway, b->gateway, 16) == 0 && a->desk == b->desk &&
	       a->epoch == b->epoch && a->use == b->use;
}

static bool
add_epoch(struct home_keys *k, const void *arg)
{
	const struct home_epoch *e = arg;

	for (size_t i = 0; i < k->epoch_cnt; i++)
		if (same_epoch(&k->epoch[i], e) &&
		    sodium_memcmp(&k->epoch[i].secret, &e->secret, sizeof(e->secret)) == 0)
			return false;
	struct home_epoch *more = secret_alloc((k->epoch_cnt + 1) * sizeof(*more));
	if (!more)
		return false;
	memcpy(more, k->epoch, k->epoch_cnt * sizeof(*more));
	more[k->epoch_cnt] = *e;
	xwing_public_of(&more[k->epoch_cnt].pk, &e->secret);
	secret_free(k->epoch);
	k->epoch = more;
	k->epoch_cnt++;
	return true;
}

static bool
add_subkey(struct home_keys *k, const void *arg)
{
	const struct home_subkey *s = arg;

	for (size_t i = 0; i < k->subkey_cnt; i++)
		if (memcmp(k->subkey[i].gateway, s->gateway, 16) == 0 &&
		    k->subkey[i].desk == s->desk && k->subkey[i].epoch == s->epoch)
			return false;
	struct home_subkey *more = secret_alloc((k->subkey_cnt + 1) * sizeof(*more));
	if (!more)
		return false;
	memcpy(more, k->subkey, k->subkey_cnt * sizeof(*more));
	more[k->subkey_cnt++] = *s;
	secret_free(k->subkey);
	k->subkey = more;
	return true;
}

static bool
drop_epoch(struct home_keys *k, const void *arg)
{
	const struct home_epoch *e = arg;
	size_t epochs = 0, subs = 0, had = k->epoch_cnt + k->subkey_cnt;

	for (size_t i = 0; i < k->epoch_cnt; i++)
		if (!same_epoch(&k->epoch[i], e))
			k->epoch[epochs++] = k->epoch[i];
	for (size_t i = 0; i < k->subkey_cnt; i++)
		if (memcmp(k->subkey[i].gateway, e->gateway, 16) != 0 ||
		    k->subkey[i].desk != e->desk || k->subkey[i].epoch != e->epoch)
			k->subkey[subs++] = k->subkey[i];
	k->epoch_cnt = epochs;
	k->subkey_cnt = subs;
	return epochs + subs != had;
}

int
home_add_epoch(struct session *ses, const struct home_epoch *e)
{
	return change_keys(ses, add_epoch, e);
}

int
home_add_subkey(struct session *ses, const struct home_subkey *s)
{
	return change_keys(ses, add_subkey, s);
}

int
home_drop_epoch(struct session *ses, const struct home_epoch *e)
{
	return change_keys(ses, drop_epoch, e);
}
