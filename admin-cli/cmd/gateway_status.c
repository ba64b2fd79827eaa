/* davy gateway status: asks the gateway for a signed answer, compares clocks, checks the roster. */
#include <sodium.h>
#include <time.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/sync.h"

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Sends a decoy, which is answered like a tip and leaves nothing behind. */
static int
gateway_status_exec(struct cli *cli)
{
	struct net_request q = { .op = FRAME_DECOY, .what = _("The gateway was not asked") };
	struct net_answer *a = malloc(sizeof(*a));
	const struct home_gateway *g;
	const struct trust *v;
	struct key_sign once;
	char hex[33], until[TERM_DATE_CAP] = "";
	int err = a ? home_gateway(cli->ses, &g)
		    : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	key_sign_new(&once);
	q.key = &once;
	double begin = now();
	if (!err)
		err = net_exchange(cli->ses, &q, a);
	double ms = (now() - begin) * 1000;
	sodium_memzero(&once, sizeof(once));
	if (err) {
		free(a);
		return err;
	}
	long skew = (long)(time(NULL) / 60) - (long)a->minute;
	free(a);
	term_hex(hex, g->card.id, 16);
	cli_printf(cli, _("Gateway %.8s at %s answers in %.0f ms, signed by its key.\n"), hex,
		   cli_s(cli, g->url), ms);
	if (skew > 5 || skew < -5)
		cli_warn(cli, _("Its clock and this machine's differ by %ld minutes."), skew);
	err = trust_get(cli->ses, true, &v);
	if (!err)
		err = trust_may_seal(cli->ses, v);
	if (!err) {
		cli_printf(cli, _("Roster %u of %s, good until %s.\n"), v->bundle.roster->version,
			   cli_s(cli, v->bundle.roster->name),
			   term_date(until, v->bundle.roster->until));
		cli_data(cli,
			 json_pack("{s:s, s:s, s:f, s:I, s:I, s:s}", "gateway", hex, "url", g->url,
				   "ms", ms, "clock_skew_minutes", (json_int_t)skew, "roster",
				   (json_int_t)v->bundle.roster->version, "until", until));
	}
	return err;
}

const struct command cmd_gateway_status = {
	.noun = "gateway",
	.verb = "status",
	.help = N_("ask the gateway for a sign of life and check its roster"),
	.group = CLI_KEYS,
	.exec = gateway_status_exec,
};
