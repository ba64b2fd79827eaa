/*
 * davy site check-poster: reads the codes of a photographed poster and says whether each leads to
 * the address that is ours, byte by byte. Whoever covers our code with another one, or hangs up a
 * poster whose address looks like ours, wants what people write there.
 */
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/view/barcode.h"

#define PHOTO_MAX   ((size_t)32 << 20)
#define ADDRESS_MAX 256

struct seen {
	unsigned ours, others;
	json_t *list;
};

/* What stands in a code, so that no letter can pass for another one: only printable ASCII as it is.
 */
static void
plainly(char out[static 4 * ADDRESS_MAX + 1], const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && i < ADDRESS_MAX; i++)
		if (text[i] > ' ' && text[i] < 0x7f && text[i] != '\\')
			out[n++] = text[i];
		else
			n += (size_t)snprintf(out + n, 5, "\\x%02x", (unsigned char)text[i]);
	out[n] = '\0';
}

static void
look(struct cli *cli, struct seen *s, const char *address, const char *text, size_t len)
{
	bool ours = len == strlen(address) && !memcmp(text, address, len);
	char shown[4 * ADDRESS_MAX + 1];

	plainly(shown, text, len);
	s->ours += ours;
	s->others += !ours;
	cli_printf(cli, ours ? _("ours: %s\n") : _("NOT OURS: %s\n"), shown);
	json_array_append_new(s->list, json_pack("{s:s, s:b}", "says", shown, "ours", ours));
}

static void
look_all(struct cli *cli, struct seen *s, const char *text, size_t len)
{
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;

		look(cli, s, cli->argv[0], text, n);
		n += end != NULL;
		text += n;
		len -= n;
	}
}

static int
verdict(struct cli *cli, const struct seen *s)
{
	if (s->others)
		return cli_fail(cli, DAVY_REFUSED, "forged",
				_("%u of %u codes lead somewhere else. Do not scan them; take the "
				  "poster down and say where it hung."),
				s->others, s->ours + s->others);
	if (!s->ours)
		return cli_fail(cli, DAVY_REFUSED, "no-code",
				_("No code can be read: take the photo from the front, so that the "
				  "code fills a third of it."));
	return DAVY_OK;
}

static int
site_check_poster_exec(struct cli *cli)
{
	struct seen s = { .list = json_array() };
	int err = DAVY_OK;

	for (int i = 1; !err && i < cli->argc; i++) {
		uint8_t *bytes;
		char *text;
		size_t len, said;
		err = file_read(cli->ses, cli->argv[i], PHOTO_MAX, &bytes, &len);
		if (err)
			break;
		err = barcode_read(cli->ses, bytes, len, &text, &said);
		free(bytes);
		if (!err)
			look_all(cli, &s, text, said);
		free(text);
	}
	if (!err) {
		cli_data(cli, json_pack("{s:O}", "codes", s.list));
		err = verdict(cli, &s);
	}
	json_decref(s.list);
	return err;
}

const struct command cmd_site_check_poster = {
	.noun = "site",
	.verb = "check-poster",
	.args = "URL PHOTO…",
	.help = N_("say whether a photographed poster leads to our page"),
	.more = N_(
		"URL is our address as it was given to site poster. The photo is read in a sandbox "
		"(packages bubblewrap, graphicsmagick, zbar-tools)."),
	.group = CLI_REGISTRAR,
	.arg_min = 2,
	.arg_max = -1,
	.words = "@file",
	.exec = site_check_poster_exec,
};
