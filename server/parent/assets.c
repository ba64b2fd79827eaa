/* Reads the page and the TLS certificate and key for the children; see assets.h. */
#include "server/parent/assets.h"

#include "crypto/err.h"
#include "server/base/log.h"
#include "server/tls/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PEM_MAX (256 * 1024)

static int
read_pem(char **out, size_t *len, const char *path)
{
	uint8_t *b;
	*out = NULL;
	if (!path[0])
		return 0;
	int err = conf_file(&b, len, path, PEM_MAX);
	if (!err)
		*out = (char *)b; /* conf_file ends it with a zero */
	return err;
}

void
assets_drop_tls(struct assets *p)
{
	if (p->tls_key)
		sodium_memzero(p->tls_key, p->tls_key_len);
	free(p->tls_key);
	free(p->tls_cert);
	p->tls_key = p->tls_cert = NULL;
}

/*
 * Whether certificate and key work for a server. The check comes first, so that an operator's
 * mistake does not stop the tls processes. It runs in a process of its own, because GnuTLS leaves
 * parts of the key in freed memory, which faces and vault would inherit.
 */
static int
check_apart(struct assets *p)
{
	uint64_t *until = &p->tls_until;
	int status, err = 0, fd[2];
	if (pipe2(fd, O_CLOEXEC))
		return ERR_IO;
	pid_t pid = fork();
	if (pid == 0)
		_exit(tls_session_check(p->tls_cert, p->tls_cert_len, p->tls_key, p->tls_key_len,
					until) ||
		      write(fd[1], until, sizeof(*until)) != sizeof(*until));
	close(fd[1]);
	if (pid < 0 || read(fd[0], until, sizeof(*until)) != sizeof(*until))
		err = pid < 0 ? ERR_IO : ERR_FORMAT;
	close(fd[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return ERR_IO;
	return err;
}

/*
 * Reads the certificate and key that the configuration names, if it names any; does not touch the
 * page.
 */
static int
pair_read(struct assets *p, const struct conf *conf)
{
	int err = read_pem(&p->tls_cert, &p->tls_cert_len, conf->tls_cert);
	if (!err)
		err = read_pem(&p->tls_key, &p->tls_key_len, conf->tls_key);
	if (!err && p->tls_cert && p->tls_key)
		err = check_apart(p);
	if (err)
		assets_drop_tls(p);
	return err;
}

int
assets_check(const struct conf *conf, char why[static CONF_WHY_LEN])
{
	struct assets p = { 0 };
	int err = pair_read(&p, conf);
	assets_drop_tls(&p);
	if (err)
		snprintf(why, CONF_WHY_LEN,
			 "tls_cert (%.60s) and tls_key (%.60s) cannot be read or do not belong "
			 "together",
			 conf->tls_cert, conf->tls_key);
	return err;
}

int
assets_read(struct assets *p, const struct conf *conf)
{
	struct page page;
	struct assets fresh = { .page = p->page };
	int err = pair_read(&fresh, conf);
	if (err) {
		log_warn("event=tls-refused text=\"tls_cert and tls_key cannot be read or do not "
			 "belong together; what was in force stays\"");
		return err;
	}
	assets_drop_tls(p);
	*p = fresh;
	if (page_load(&page, conf->page)) {
		log_warn(
			"event=no-page path=%s text=\"/ answers 404 until there is one and davyd is "
			"sent SIGHUP\"",
			conf->page);
		return 0;
	}
	page_free(&p->page);
	p->page = page;
	return 0;
}

void
assets_drop(struct assets *p)
{
	assets_drop_tls(p);
	page_free(&p->page);
}
