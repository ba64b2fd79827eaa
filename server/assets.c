#include "server/assets.h"

#include "crypto/err.h"
#include "server/log.h"
#include "server/tls.h"

#include <errno.h>
#include <sodium.h>
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
 * Do these make a server? Looked at beforehand, so that a slip of the operator's does not take the tls processes down; and in a process
 * of its own, because GnuTLS leaves parts of the key in freed memory, which faces and vault would inherit.
 */
static int
check_apart(const char *cert, size_t cert_len, const char *key, size_t key_len)
{
	int status;
	pid_t pid = fork();
	if (pid < 0)
		return ERR_IO;
	if (pid == 0)
		_exit(tls_session_check(cert, cert_len, key, key_len) ? 1 : 0);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return ERR_IO;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : ERR_FORMAT;
}

int
assets_read(struct assets *p, const struct conf *conf)
{
	struct page page;
	char *cert = NULL, *key = NULL;
	size_t cert_len = 0, key_len = 0;
	int err = read_pem(&cert, &cert_len, conf->tls_cert);
	if (!err)
		err = read_pem(&key, &key_len, conf->tls_key);
	if (!err && cert && key)
		err = check_apart(cert, cert_len, key, key_len);
	if (err) {
		log_warn("event=tls-refused text=\"tls_cert and tls_key cannot be read or do not "
			 "belong together; what was in force stays\"");
		if (key)
			sodium_memzero(key, key_len);
		free(cert);
		free(key);
		return err;
	}
	assets_drop_tls(p);
	p->tls_cert = cert;
	p->tls_key = key;
	p->tls_cert_len = cert_len;
	p->tls_key_len = key_len;
	if (page_load(&page, conf->page)) {
		log_warn("event=no-page path=%s text=\"/ answers 404 until there is one and davyd is "
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
