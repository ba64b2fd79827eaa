/*
 * Files that the parent reads for faces and tls processes: the page, the TLS certificate and key.
 */
#ifndef SERVER_ASSETS_H
#define SERVER_ASSETS_H

#include "server/base/conf.h"
#include "server/base/page.h"

struct assets {
	struct page page;
	char *tls_cert, *tls_key; /* PEM, ended by zero; NULL without HTTPS */
	size_t tls_cert_len, tls_key_len;
	uint64_t tls_until; /* the minute since 1970 in which the certificate ends */
};

/*
 * Reads the files that the configuration names. Where certificate and key cannot be read or do not
 * belong together, the earlier ones stay; a missing page is no failure.
 */
int assets_read(struct assets *assets, const struct conf *conf) __attribute__((warn_unused_result));
/* Would assets_read take certificate and key? 0, or an error with a sentence. */
int assets_check(const struct conf *conf, char why[static CONF_WHY_LEN])
	__attribute__((warn_unused_result));
/* Wipes; drop_tls leaves the page. */
void assets_drop_tls(struct assets *assets);
void assets_drop(struct assets *assets);

#endif
