/* davy doctor: checks home, disk, keys, gateway, clock and roster, and says what is wrong. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/cmd/leads.h"
#include "admin-cli/home/home.h"
#include "admin-cli/home/home_state.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/ready.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/workdays.h"
#include "admin-cli/rules/clock.h"
#include "admin-cli/view/show_clock.h"

struct report {
	struct cli *cli;
	json_t *list;
	size_t bad;
};

/* Reports one check. If it failed, the recorded failure is the reason; it is then forgotten, so
 * that the next check can run. */
static void
tell(struct report *rp, int r, const char *what, const char *found)
{
	struct cli *cli = rp->cli;
	const char *why = r ? (cli_failure(cli) ? cli_failure(cli) : _("failed")) : found;

	cli_printf(cli, "%s%s%s %s%s%s\n", cli_style(cli, r ? "red" : "green"), r ? "✗" : "✓",
		   cli_style(cli, "off"), what, *why ? ": " : "", why);
	json_array_append_new(rp->list, json_pack("{s:s, s:b, s:s}", "check", what, "ok", r == 0,
						  "text", why));
	rp->bad += r != 0;
	cli_forgive(cli);
}

static int
check_memory(struct cli *cli)
{
	uint8_t page[64];

	/* without locked memory a passphrase may reach the swap */
	if (sodium_mlock(page, sizeof(page)) == 0) {
		sodium_munlock(page, sizeof(page));
		return DAVY_OK;
	}
	return cli_fail(cli, DAVY_REFUSED, "memory",
			_("memory cannot be locked; raise ulimit -l, or switch the swap off"));
}

#define ROOM_MIB 64

/* A full disk is noticed here rather than in the middle of a sync. */
static void
check_room(struct report *rp)
{
	struct cli *cli = rp->cli;
	struct statvfs fs;
	char text[96];
	int err = statvfs(cli->ses->home->dir, &fs) == 0
			  ? DAVY_OK
			  : cli_fail(cli, DAVY_REFUSED, "io", "%s", strerror(errno));

	if (!err) {
		unsigned long long mib = (unsigned long long)fs.f_bavail * fs.f_frsize >> 20;
		snprintf(text, sizeof(text), _("%llu MiB free"), mib);
		if (mib < ROOM_MIB)
			err = cli_fail(
				cli, DAVY_REFUSED, "space",
				_("only %llu MiB free: what is fetched or written may not fit; make room"),
				mib);
	}
	tell(rp, err, _("disk"), text);
}

static void
check_keystore(struct report *rp)
{
	struct cli *cli = rp->cli;
	struct keystore_key key;
	uint8_t *bytes;
	size_t len;

	if (!home_has_keys(cli->ses)) {
		cli_forgive(cli);
		tell(rp, DAVY_OK, _("keystore"),
		     _("none: this is a source's home, or davy key new is next"));
		return;
	}
	int err = home_keystore_read(cli->ses, home_path(cli->ses, "keystore"), &bytes, &len);
	if (!err)
		free(bytes);
	tell(rp, err, _("keystore"), home_path(cli->ses, "keystore"));
	bool agent = agent_get(cli->ses->home->dir, &key) == 0;
	sodium_memzero(&key, sizeof(key));
	tell(rp, DAVY_OK, _("agent"), agent ? _("unlocked") : _("locked"));
}

static void
check_gateway(struct report *rp)
{
	struct net_request q = { .op = FRAME_DECOY, .what = _("no sign of life") };
	struct net_answer *a = malloc(sizeof(*a));
	const struct home_gateway *g;
	struct cli *cli = rp->cli;
	struct key_sign once;
	char text[160] = "";
	int err = a ? home_gateway(cli->ses, &g) : DAVY_REFUSED;

	tell(rp, err, _("gateway"), err ? "" : cli_s(cli, g->url));
	if (err) {
		free(a);
		return;
	}
	key_sign_new(&once);
	q.key = &once;
	err = net_exchange(cli->ses, &q, a);
	sodium_memzero(&once, sizeof(once));
	tell(rp, err, g->veil ? _("veil") : _("answer"),
	     g->veil ? _("it opens what the relay passes on, and the gateway signs")
		     : _("signed by the pinned key"));
	if (!err) {
		long skew = (long)(time(NULL) / 60) - (long)a->minute;
		snprintf(text, sizeof(text), _("%ld minutes from the gateway's"), skew);
		if (skew > 9 || skew < -9)
			err = cli_fail(cli, DAVY_REFUSED, "clock", "%s", text);
		tell(rp, err, _("clock"), text);
	}
	free(a);
}

/* A home with a proxy looks up no name: its machine would tell others whose name it asks for. */
static void
check_relay(struct report *rp)
{
	const struct home_gateway *g;
	struct cli *cli = rp->cli;
	char text[LEADS_CAP] = "";

	if (!leads_asked(cli))
		return;
	int err = home_gateway(cli->ses, &g);
	if (!err && g->proxy)
		err = cli_fail(
			cli, DAVY_REFUSED, "proxy",
			_("this home uses a proxy and looks up no name; ask on another machine"));
	if (!err)
		err = leads_check(cli, g->url, text);
	tell(rp, err, _("relay"), text);
}

static void
check_roster(struct report *rp)
{
	const struct trust *v;
	struct cli *cli = rp->cli;
	char until[TERM_DATE_CAP], text[160];
	const char *path;
	struct stat st;

	if (home_gateway_path(cli->ses, "roster", &path) || stat(path, &st) != 0) {
		cli_forgive(cli);
		tell(rp, DAVY_OK, _("roster"), _("none yet: davy sync fetches it"));
		return;
	}
	/* a locked keystore must not keep a doctor from reading what is public */
	bool locked = home_has_keys(cli->ses) && home_unlock(cli->ses, true) != DAVY_OK;
	if (locked) {
		tell(rp, DAVY_REFUSED, _("key"), "");
		return;
	}
	int err = trust_get(cli->ses, false, &v);
	if (!err)
		err = trust_may_seal(cli->ses, v);
	if (!err)
		snprintf(text, sizeof(text), _("version %u, good until %s"),
			 v->bundle.roster->version, term_date(until, v->bundle.roster->until));
	tell(rp, err, _("roster"), err ? "" : text);
	if (err)
		return;
	char ready[READY_TEXT_CAP];
	enum ready state = ready_look(ready, &v->bundle, v->today);
	if (state == READY_NOT)
		err = cli_fail(cli, DAVY_REFUSED, "keys", "%s", ready);
	tell(rp, err, _("desks"), ready);
	if (!v->members)
		return;
	snprintf(text, sizeof(text), _("desk %u"), v->desk ? v->desk->number : 0);
	tell(rp, DAVY_OK, _("you"), v->desk ? text : v->me ? _("a registrar") : _("in no desk"));
	err = workspace_open(cli->ses);
	tell(rp, err, _("workspace"), "");
}

/* Not unwell: a newer davy or a signed list mends it, when the days have been announced. */
static void
check_holidays(struct report *rp)
{
	char until[TERM_DATE_CAP], text[SHOW_HOLIDAYS_CAP];

	if (!show_clock_holidays(text, rp->cli->ses, term_now_hour()))
		snprintf(text, sizeof(text), _("known until %s"),
			 term_date(until, workdays_until(rp->cli->ses)));
	tell(rp, DAVY_OK, _("holidays"), text);
}

static int
doctor_exec(struct cli *cli)
{
	struct report rp = { .cli = cli, .list = json_array() };
	int err = home_open(cli->ses, false);

	tell(&rp, err, _("home"), err ? "" : cli_s(cli, cli->ses->home->dir));
	tell(&rp, check_memory(cli), _("locked memory"), "");
	if (!err) {
		check_room(&rp);
		check_keystore(&rp);
		check_gateway(&rp);
		check_relay(&rp);
		check_roster(&rp);
		check_holidays(&rp);
	}
	cli_data(cli, rp.list);
	if (rp.bad == 0)
		return DAVY_OK;
	return cli_fail(cli, DAVY_REFUSED, "unwell", _("%zu of the checks failed; see above."),
			rp.bad);
}

static const struct cli_option options[] = { LEADS_OPTIONS, { 0 } };

const struct command cmd_doctor = {
	.noun = "doctor",
	.help = N_("check home, disk, keys, gateway, clock and roster"),
	.more = N_(
		"Behind a relay (docs/relay.md), --relay and --behind look as well whether the gateway's "
		"name leads to the relay."),
	.group = CLI_TOOLS,
	.options = options,
	.exec = doctor_exec,
};
