/* davyd veil: signs the public key of a davylamp-veil with the gateway's key. */
#include "server/ctl/commands.h"

#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/secret.h"
#include "crypto/text.h"
#include "crypto/veil.h"
#include "server/base/conf.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* The line that davylamp-veil prints. */
static int
config_get(uint8_t config[static VEIL_CONFIG_LEN], char why[static CONF_WHY_LEN])
{
	char line[VEIL_CARD_MAX];
	size_t len = fread(line, 1, sizeof(line), stdin);
	if (len && line[len - 1] == '\n')
		len--;
	int err = text_unbase64(config, VEIL_CONFIG_LEN, line, len);
	if (err)
		snprintf(why, CONF_WHY_LEN, "standard input must be what davylamp-veil new prints");
	return err;
}

int
veil_main(int argc, char **argv)
{
	static struct conf conf;
	static struct veil_card card;
	char why[CONF_WHY_LEN] = "";
	uint8_t text[VEIL_CARD_MAX];
	struct bufw w;
	const char *path = conf_option(argc, argv);
	if (!path || optind != argc) {
		fprintf(stderr, "usage: davyd veil [-c FILE] <CONFIG >CARD\n");
		return 2;
	}
	struct conf_keys *keys = secret_alloc(sizeof(*keys));
	bufw_init(&w, text, sizeof(text));
	int err = keys ? conf_read(&conf, path, why) : ERR_MEM;
	if (!err)
		err = conf_keys_read(keys, &conf, why);
	if (!err)
		err = config_get(card.config, why);
	if (!err) {
		memcpy(card.gateway, keys->card.id, sizeof(card.gateway));
		err = veil_card_sign(&w, &card, &keys->sign);
	}
	if (err)
		fprintf(stderr, "davyd: %s\n", why[0] ? why : err_text(err));
	else
		fwrite(text, 1, w.len, stdout);
	secret_free(keys);
	return err || fflush(stdout) ? 1 : 0;
}
