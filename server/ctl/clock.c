/* davyd clock: the operator's word about the machine's clock. */
#include "server/ctl/ctl.h"
#include "server/ctl/commands.h"

#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/sandbox.h"
#include "server/store/store.h"

#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Tells the running gateway that the machine's clock is right. */
static int
accept_now(const struct conf *conf)
{
	char said[IPC_CONTROL_MAX];
	int fd = ctl_connect(conf);
	if (fd < 0) {
		fprintf(stderr,
			"davyd: no gateway answers on %s: is it running (systemctl status "
			"davylamp), and are you its user?\n",
			conf->control);
		return 1;
	}
	sandbox_drop(SANDBOX_ASK, conf);
	sandbox_enter(SANDBOX_ASK, conf);
	if (ctl_question(fd, IPC_ASK_CLOCK, 0, said)) {
		fprintf(stderr, "davyd: the gateway did not answer: look at the log\n");
		return 1;
	}
	if (!strcmp(said, "clock accepted\n")) {
		printf("the gateway has taken over the machine's clock; deadlines that have passed "
		       "by it run out now\n");
		return 0;
	}
	said[strcspn(said, "\n")] = 0;
	fprintf(stderr, "davyd: %s\n",
		strcmp(said, "clock behind")
			? said
			: "the machine's clock is behind the gateway's, and a running gateway does "
			  "not go back: correct the machine's clock, or, if it is right, stop davyd "
			  "and run davyd clock --set now");
	return 1;
}

static int
set_store(uint64_t minute, char why[static STORE_WHY_LEN])
{
	struct store *store = NULL;
	uint8_t set[8];
	ipc_set64(set, minute);
	int err = store_open(&store, "davylamp.db", why);
	if (!err)
		err = store_begin(store);
	if (!err) {
		err = store_meta_set(store, STORE_MINUTE_SET, set, sizeof(set));
		if (!err)
			err = store_commit(store);
		if (err)
			store_rollback(store);
	}
	store_close(store);
	return err;
}

/* Leaves the right minute in the stopped store; the vault's next start goes on from there. */
static int
set_now(struct conf *conf)
{
	char why[STORE_WHY_LEN] = "";
	struct stat st;
	if (ctl_on_server(conf))
		return 1;
	clock_init();
	uint64_t minute = clock_minute();
	if (ctl_runs(conf)) {
		fprintf(stderr, "davyd: the gateway runs: stop it first (systemctl stop "
				"davylamp)\n");
		return 1;
	}
	if (chdir(conf->store) || stat(".", &st) || !store_begun("davylamp.db")) {
		fprintf(stderr, "davyd: there is no store in %s\n", conf->store);
		return 1;
	}
	if (geteuid() != 0 || st.st_uid != 0) {
		conf->vault_user = (struct conf_user){ "owner", st.st_uid, st.st_gid };
		sandbox_drop(SANDBOX_CHECK, conf);
	}
	sandbox_enter(SANDBOX_CHECK, conf);
	int err = set_store(minute, why);
	if (err)
		fprintf(stderr, "davyd: %s\n", why[0] ? why : err_text(err));
	else
		printf("the next start goes on from the machine's clock of this minute. If that is "
		       "back: each deadline that still runs is given at most its full term from "
		       "then, replies held for longer than two weeks are sent at once, and what "
		       "ran out stays open to the desk above\n");
	/* As in run_check: handlers at exit would not find their files. */
	fflush(stdout);
	_exit(err ? 1 : 0);
}

int
clock_main(int argc, char **argv)
{
	static const struct option longs[] = { { "config", required_argument, NULL, 'c' },
					       { "accept", no_argument, NULL, 'a' },
					       { "set", required_argument, NULL, 's' },
					       { NULL, 0, NULL, 0 } };
	static struct conf conf;
	const char *path = CONF_DEFAULT;
	char why[CONF_WHY_LEN] = "";
	bool accept = false, set = false;
	int c;
	optind = 1;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c')
			path = optarg;
		else if (c == 'a')
			accept = true;
		else if (c == 's' && !strcmp(optarg, "now"))
			set = true;
		else
			return 2;
	}
	if (optind != argc || accept == set) {
		fprintf(stderr, "usage: davyd clock [-c FILE] --accept | --set now\n");
		return 2;
	}
	if (conf_read(&conf, path, why)) {
		fprintf(stderr, "davyd: %s\n", why);
		return 1;
	}
	return accept ? accept_now(&conf) : set_now(&conf);
}
