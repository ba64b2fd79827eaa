#include "admin-cli/source/source.h"

#include <sodium.h>
#include <sys/stat.h>

#include "admin-cli/rules/schema.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/sync.h"
#include "crypto/err.h"
#include "crypto/secret.h"

#ifdef DAVY_TEST_SEED
/* Builds for tests only: page and tool draw the same from the same seed (32 bytes of hex). */
static struct seal_rng *
test_rng(void)
{
	static struct seal_test_rng rng;
	const char *hex = getenv("DAVY_TEST_SEED");
	uint8_t seed[32];

	if (!hex || !cli_unhex(seed, sizeof(seed), hex))
		return NULL;
	seal_test_rng_init(&rng, seed);
	return &rng.rng;
}
#endif

static int
derive(struct cli *cli, struct source *s)
{
	const struct home_gateway *g;
	int r = home_gateway(cli, &g), err;

	if (!r)
		r = trust_get(cli, true, &s->view);
	if (r == CLI_AGAIN) { /* sealing needs no network where a good roster is here */
		cli_forgive(cli);
		r = trust_get(cli, false, &s->view);
	}
	if (r)
		return r;
	err = receipt_derive(&s->keys, &s->receipt, g->card.id);
	if (err)
		return cli_fail_err(cli, err, "%s", _("The receipt cannot be used"));
	xwing_public_of(&s->pk, &s->keys.seal);
#ifdef DAVY_TEST_SEED
	s->rng = test_rng();
#endif
	return 0;
}

static int
finish(struct cli *cli, struct source *s, int r, struct source **out)
{
	if (!r)
		r = derive(cli, s);
	if (r)
		secret_free(s);
	else
		*out = s;
	return r;
}

/* The digits in a file or typed. */
static int
read_receipt(struct cli *cli, struct source *s)
{
	const char *path = cli_opt(cli, "receipt-file");
	char typed[128] = "", *text = NULL;
	int r, err;

	if (path)
		r = cli_read_text(cli, path, sizeof(typed), &text);
	else
		r = cli_ask_secret(cli, _("Your number (30 digits)"), typed, sizeof(typed));
	if (r)
		return r;
	err = receipt_parse(&s->receipt, text ? text : typed, strlen(text ? text : typed));
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
	sodium_memzero(typed, sizeof(typed));
	if (err)
		return cli_fail(cli, CLI_REFUSED, "receipt",
				_("This is not a number of ours; look at each digit again."));
	return 0;
}

int
source_new(struct cli *cli, struct source **out)
{
	struct source *s = secret_alloc(sizeof(*s));
	int err = 0;

	*out = NULL;
	if (!s)
		return cli_fail_err(cli, ERR_MEM, "%s", _("No receipt"));
#ifdef DAVY_TEST_SEED
	if (getenv("DAVY_TEST_SEED"))
		err = read_receipt(cli, s);
	else
#endif
		receipt_new(&s->receipt);
	return finish(cli, s, err, out);
}

int
source_return(struct cli *cli, struct source **out)
{
	struct source *s = secret_alloc(sizeof(*s));

	*out = NULL;
	if (!s)
		return cli_fail_err(cli, ERR_MEM, "%s", _("No receipt"));
	return finish(cli, s, read_receipt(cli, s), out);
}

void
source_free(struct source *s)
{
	secret_free(s);
}

int
source_show_receipt(struct cli *cli, const struct source *s)
{
	const char *path = cli_opt(cli, "receipt-file");
	char text[RECEIPT_TEXT_LEN + 2];
	int err = 0;

	receipt_print(text, &s->receipt);
	if (path) {
		text[RECEIPT_TEXT_LEN] = '\n';
		err = cli_write_file(cli, path, 0600, text, RECEIPT_TEXT_LEN + 1);
	} else if (cli->json) {
		cli_data(cli, json_pack("{s:s}", "receipt", text));
	} else {
		cli_printf(cli,
			   _("Your number. Write it on paper, it is shown only now:\n\n    %s\n\n"),
			   text);
	}
	sodium_memzero(text, sizeof(text));
	return err;
}

/* --exclude may be repeated; the choice itself is FORMATS §8. */
static int
choose(struct cli *cli, const struct source *s, const struct choose_input *asked,
       struct choose_set *out)
{
	struct choose_input in = *asked;
	uint16_t excluded[ROSTER_DESK_MAX];
	uint64_t desk;
	size_t i;
	int err;

	in.bundle = &s->view->bundle;
	in.day = s->view->today;
	in.use = EPOCH_ONLINE;
	in.excluded = excluded;
	for (i = 0; cli_opt_at(cli, "exclude", i) && i < ROSTER_DESK_MAX; i++) {
		int r = cli_number(cli, "--exclude", cli_opt_at(cli, "exclude", i), 1, 65535,
				   &desk);

		if (r)
			return r;
		excluded[in.excluded_cnt++] = (uint16_t)desk;
	}
	err = choose_desks(out, &in);
	if (err == ERR_NOT_FOUND)
		return cli_fail(cli, CLI_REFUSED, "no-desk", _("No desk can take this tip."));
	if (err == ERR_DENIED)
		return cli_fail(cli, CLI_REFUSED, "no-desk",
				_("Only desks of one office are left; nothing was sealed."));
	return err ? cli_fail_err(cli, err, "%s", _("The desks cannot be chosen")) : 0;
}

int
source_choose(struct cli *cli, const struct source *s, const json_t *body, struct choose_set *out)
{
	struct choose_input in = { .county = schema_text(body, "county"), .named_level = -1 };
	const json_t *keep = schema_list(body, "keep_from");
	char tile[16];
	size_t i;

	snprintf(tile, sizeof(tile), "%u", schema_number(body, "tile"));
	in.route = source_route(tile);
	for (i = 0; i < json_array_size(keep); i++) {
		const char *w = json_string_value(json_array_get(keep, i));

		if (w && w[0] == 'L' && w[1] >= '0' && w[1] <= '3' && !w[2] &&
		    w[1] - '0' > in.named_level)
			in.named_level = w[1] - '0';
	}
	return choose(cli, s, &in, out);
}

int
source_choose_again(struct cli *cli, const struct source *s, uint16_t receiving,
		    struct choose_set *out)
{
	struct choose_input in = { .county = "", .named_level = -1, .receiving = receiving };

	return choose(cli, s, &in, out);
}

static int
append_frame(struct source_frames *f, const uint8_t *frame, size_t at)
{
	uint8_t *more = reallocarray(f->frame, f->cnt + 1, FRAME_LEN);

	if (!more)
		return ERR_MEM;
	f->frame = more;
	memmove(more + (at + 1) * FRAME_LEN, more + at * FRAME_LEN, (f->cnt - at) * FRAME_LEN);
	memcpy(more + at * FRAME_LEN, frame, FRAME_LEN);
	f->cnt++;
	return 0;
}

/* Lays an op into a frame of hers at that place. */
static int
add_frame(struct cli *cli, const struct source *s, struct net_request *q, size_t at,
	  struct source_frames *frames)
{
	uint8_t *frame = malloc(FRAME_LEN);
	int r, err = 0;

	if (!frame)
		return cli_fail_err(cli, ERR_MEM, "%s", _("The frame cannot be made"));
	memcpy(q->routing.id, s->keys.case_id, sizeof(q->routing.id));
	q->key = &s->keys.sign;
	r = net_frame(cli, q, frame);
	if (!r)
		err = append_frame(frames, frame, at);
	free(frame);
	return err ? cli_fail_err(cli, err, "%s", _("The frame cannot be made")) : r;
}

int
source_entry(struct cli *cli, const struct source *s, const struct seal_set *set,
	     const struct source_entry *in, struct source_frames *frames)
{
	struct net_request q = { .op = in->type == ENTRY_TIP ? FRAME_OPEN : FRAME_APPEND,
				 .body_len = SEAL_LEN };
	struct entry e = { .type = in->type, .number = in->number, .hour = in->hour };
	uint8_t *sealed = malloc(SEAL_LEN);
	const struct home_gateway *g;
	char why[SCHEMA_WHY_CAP], *json = NULL;
	int err, r = home_gateway(cli, &g);

	if (r || !sealed) {
		free(sealed);
		return r ? r : cli_fail_err(cli, ERR_MEM, "%s", _("The tip cannot be sealed"));
	}
	if (in->type == ENTRY_TIP) {
		e.binary = s->pk.b;
		e.binary_len = sizeof(s->pk.b);
		q.routing.desk = in->desk;
		q.routing.ladder = in->urgent ? FRAME_URGENT : FRAME_ORDINARY;
	} else {
		q.routing.number = in->number;
	}
	memcpy(e.gateway, g->card.id, sizeof(e.gateway));
	memcpy(e.id, s->keys.case_id, sizeof(e.id));
	memcpy(e.roster, s->view->bundle.hash, sizeof(e.roster));
	if (in->prev)
		memcpy(e.prev, in->prev, sizeof(e.prev));
	if (in->seen)
		memcpy(e.seen, in->seen, sizeof(e.seen));
	err = schema_print(&json, &e.json_len, in->type, in->body, ENTRY_ROOM - e.binary_len, why);
	if (err) {
		r = cli_fail(cli, CLI_REFUSED, "body", _("This cannot be sent: %s."), why);
		goto out;
	}
	e.json = json;
	err = seal_entry(sealed, q.routing.proof, &e,
			 &(struct seal_entry){ .set = set, .key = &s->keys.sign, .rng = s->rng });
	q.body = sealed;
	r = err ? cli_fail_err(cli, err, "%s", _("The tip cannot be sealed"))
		: add_frame(cli, s, &q, 0, frames);
out:
	if (json)
		sodium_memzero(json, e.json_len);
	free(json);
	free(sealed);
	return r;
}

int
source_part(struct cli *cli, const struct source *s, const struct source_slice *slice,
	    struct source_frames *frames)
{
	struct net_request q = { .op = FRAME_CHUNK, .body = slice->bytes, .body_len = slice->len };

	q.routing.attach = slice->attach;
	q.routing.part = slice->part;
	q.routing.parts = slice->parts;
	return add_frame(cli, s, &q, frames->cnt, frames);
}
