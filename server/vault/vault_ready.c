/* Whether a phone that has today's bundle can seal a tip: counted once for each bundle and day. */
#include "server/vault/vault.h"

#include <string.h>

const struct choose_ready *
vault_ready_now(struct vault *v)
{
	struct bundle b;
	if (v->bundle && v->ready_day == vault_day(v) &&
	    !memcmp(v->ready_hash, v->bundle_hash, sizeof(v->ready_hash)))
		return &v->ready;
	memset(&v->ready, 0, sizeof(v->ready));
	if (!v->bundle || bundle_parse(&b, v->bundle, v->bundle_len, &v->keys->card.roots))
		return &v->ready;
	choose_ready(&v->ready, &b, vault_day(v));
	bundle_free(&b);
	v->ready_day = vault_day(v);
	memcpy(v->ready_hash, v->bundle_hash, sizeof(v->ready_hash));
	return &v->ready;
}
