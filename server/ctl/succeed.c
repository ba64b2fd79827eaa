/*
 * davyd init --succeed and --switch: another key for the same gateway, where the old one is lost or
 * known to others. The first makes gateway.key.new and gateway.card.new beside the pair in force,
 * with the id and the roots of the old card; meanwhile the gateway serves on, and the roots sign a
 * roster for the new card. The second puts the new pair in its place, for the next start.
 *
 * Whenever the machine stops, one whole pair is in force: the key moves first, and until its card
 * has followed, conf_keys_read() takes that from beside it. Running --switch again ends what was
 * begun.
 */
#include "server/ctl/succeed.h"

#include "crypto/err.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the two files are, in force and to come. */
struct pair {
	struct conf now, next;
};

/* A folder without davyd.conf has the names that davyd init gives. */
static int
pair_find(struct pair *p, const char *dir)
{
	char path[PATH_MAX], why[CONF_WHY_LEN] = "";
	int err = 0;
	if (snprintf(path, sizeof(path), "%s/davyd.conf", dir) >= (int)sizeof(path))
		return ERR_RANGE;
	if (access(path, F_OK) == 0) {
		err = conf_read(&p->now, path, why);
		if (err)
			fprintf(stderr, "davyd: %s\n", why);
	} else if (snprintf(p->now.key, sizeof(p->now.key), "%s/gateway.key", dir) >= PATH_MAX ||
		   snprintf(p->now.card, sizeof(p->now.card), "%s/gateway.card", dir) >= PATH_MAX) {
		err = ERR_RANGE;
	}
	if (!err)
		err = conf_beside(p->next.key, p->now.key);
	return err ? err : conf_beside(p->next.card, p->now.card);
}

static int
card_in_force(struct card_gateway *card, const char *path)
{
	uint8_t *b = NULL;
	size_t len;
	int err = conf_file(&b, &len, path, CARD_MAX);
	if (!err)
		err = card_gateway_parse(card, b, len);
	free(b);
	if (err)
		fprintf(stderr,
			"davyd: %s is not the card of a gateway, and a key is succeeded by its card: ask anybody "
			"who has the card for a copy\n",
			path);
	return err;
}

/* Whether both files are whole, belong together and to that gateway, and hold another key than its
 * card in force. */
static bool
pair_whole(const struct conf *pair, const struct card_gateway *now)
{
	char why[CONF_WHY_LEN];
	struct conf_keys *k = sodium_malloc(sizeof(*k));
	bool good = k && access(pair->card, F_OK) == 0 && conf_keys_read(k, pair, why) == 0 &&
		    memcmp(k->card.id, now->id, sizeof(now->id)) == 0 &&
		    memcmp(k->card.key, now->key, sizeof(now->key)) != 0;
	sodium_free(k);
	return good;
}

static int
folder_sync(const char *path)
{
	char copy[PATH_MAX];
	snprintf(copy, sizeof(copy), "%s", path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = fd < 0 || fsync(fd) ? ERR_IO : 0;
	if (fd >= 0)
		close(fd);
	return err;
}

static int
failed(const char *what, const char *path)
{
	fprintf(stderr, "davyd: cannot %s %s: %s\n", what, path, strerror(errno));
	return ERR_IO;
}

int
succeed_make(const char *dir)
{
	static struct pair p;
	struct card_gateway card;
	if (pair_find(&p, dir) || card_in_force(&card, p.now.card))
		return 1;
	if (pair_whole(&p.next, &card)) {
		printf("%s waits already. Next: a roster for it, signed by the roots; then davyd init --switch\n",
		       p.next.card);
		return 0;
	}
	/* What an earlier try left is not whole, so nobody has been given its card. */
	if ((unlink(p.next.card) && errno != ENOENT) || (unlink(p.next.key) && errno != ENOENT)) {
		(void)failed("remove", p.next.key);
		return 1;
	}
	if (init_pair(&card, p.next.key, p.next.card) || folder_sync(p.next.key) ||
	    folder_sync(p.next.card))
		return 1;
	printf("made %s (keep it secret, keep a copy) and %s (give it to the registrar). The gateway goes on with "
	       "its old key. When a roster for the new card is signed by the roots: davyd init --switch, and restart "
	       "davyd\n",
	       p.next.key, p.next.card);
	return 0;
}

int
succeed_switch(const char *dir)
{
	static struct pair p;
	struct card_gateway card;
	if (pair_find(&p, dir) || card_in_force(&card, p.now.card))
		return 1;
	/* Where the key has moved already, only its card is to follow. */
	bool half = access(p.next.card, F_OK) == 0 && pair_whole(&p.now, &card);
	if (!half && !pair_whole(&p.next, &card)) {
		fprintf(stderr,
			"davyd: no new key waits beside %s: davyd init --succeed makes one\n",
			p.now.key);
		return 1;
	}
	if (!half && (rename(p.next.key, p.now.key) || folder_sync(p.now.key))) {
		(void)failed("put the new key at", p.now.key);
		return 1;
	}
	if (rename(p.next.card, p.now.card) || folder_sync(p.now.card)) {
		(void)failed("put the new card at", p.now.card);
		return 1;
	}
	printf("the new key is in its place. Next: restart davyd, and a registrar publishes the roster at once\n");
	return 0;
}
