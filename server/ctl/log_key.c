/* davyd log: the key of this gateway's public log, for the registrar and for whoever witnesses it.
 */
#include "server/ctl/commands.h"

#include "crypto/buf.h"
#include "crypto/checkpoint.h"
#include "crypto/err.h"
#include "crypto/secret.h"
#include "server/base/conf.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static void
print(const struct conf_keys *k)
{
	struct note_key log;
	uint8_t text[256];
	struct bufw w;
	checkpoint_origin(log.name, k->card.id);
	memcpy(log.key, k->log_key, sizeof(log.key));
	bufw_init(&w, text, sizeof(text));
	bufw_text(&w, "log ");
	bufw_base64(&w, log.key, sizeof(log.key));
	bufw_text(&w, "\nverifier ");
	note_verifier_put(&w, &log);
	bufw_text(&w, "\n");
	fwrite(text, 1, w.len, stdout);
}

int
log_key_main(int argc, char **argv)
{
	static struct conf conf;
	char why[CONF_WHY_LEN] = "";
	const char *path = conf_option(argc, argv);
	if (!path || optind != argc) {
		fprintf(stderr, "usage: davyd log [-c FILE]\n");
		return 2;
	}
	struct conf_keys *keys = secret_alloc(sizeof(*keys));
	int err = keys ? conf_read(&conf, path, why) : ERR_MEM;
	if (!err)
		err = conf_keys_read(keys, &conf, why);
	if (err)
		fprintf(stderr, "davyd: %s\n", why[0] ? why : err_text(err));
	else
		print(keys);
	secret_free(keys);
	return err ? 1 : 0;
}
