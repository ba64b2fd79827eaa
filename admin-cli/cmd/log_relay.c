/* davy log relay: shows the gateway's newest checkpoint to the outside witnesses and brings their
 * cosignatures to the gateway, whose vault has no network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/cosign.h"
#include "admin-cli/desk/mirror.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/net/net.h"
#include "crypto/cosigner.h"
#include "crypto/err.h"
#include "crypto/text.h"
#include "crypto/witness.h"

#define WITNESSES 32
#define FILE_MAX  16384
#define LINES_MAX 8192

struct relay {
	struct cli *cli;
	struct note_key log;
	struct cosigners by;
	struct log_shown now;
	struct note note; /* borrows now */
	char lines[LINES_MAX];
	struct bufw w; /* into lines */
	size_t asked, got;
	json_t *list;
};

/* The witness of the roster with that name, or NULL. */
static const struct note_key *
witness_of(const struct relay *r, const char *name)
{
	for (size_t i = 0; i < r->by.cnt; i++)
		if (!r->by.desk[i] && !strcmp(r->by.key[i].name, name))
			return &r->by.key[i];
	return NULL;
}

/* Asks once, with the proof from `old` on. */
static int
ask(struct relay *r, const char *url, uint64_t old, struct net_reply *reply)
{
	struct log_shown from;
	struct witness_request q = { .old = old,
				     .note = (const char *)r->now.note,
				     .len = r->now.len };
	char body[WITNESS_REQUEST_MAX], to[1024];
	struct bufw w;
	int err = DAVY_OK;

	if (old && old < r->now.c.size) {
		err = cosign_ask(r->cli->ses, &r->log, old, &from);
		if (!err && from.c.size != r->now.c.size)
			err = cli_fail(r->cli, DAVY_AGAIN, "behind",
				       _("A batch was closed meanwhile: try again."));
		q.cnt = err ? 0 : from.cnt;
		memcpy(q.path, from.path, q.cnt * MERKLE_LEN);
	}
	if (err)
		return err;
	bufw_init(&w, body, sizeof(body));
	err = witness_request_put(&w, &q);
	if (err)
		return cli_fail_err(r->cli, err, "%s", _("The witness was not asked"));
	snprintf(to, sizeof(to), "%s/add-checkpoint", url);
	return net_post(r->cli->ses, to, body, w.len, reply);
}

/* A witness that says another size is asked again from there. */
static int
ask_from(struct relay *r, const char *url, struct net_reply *reply)
{
	uint64_t old;
	int err = ask(r, url, 0, reply);

	if (err || reply->status != WITNESS_CONFLICT || !reply->len)
		return err;
	if (text_u64(&old, reply->body, reply->len - 1, MERKLE_SIZE_MAX) || old % TILE_WIDTH)
		return cli_fail(r->cli, DAVY_REFUSED, "protocol",
				_("%s answers what no witness says."), cli_s(r->cli, url));
	if (old > r->now.c.size)
		return cli_fail(
			r->cli, DAVY_REFUSED, "rollback",
			_("%s has seen %llu entries of this log, and the gateway shows %llu. Ask "
			  "for its checkpoint: the two prove that the log was set back."),
			cli_s(r->cli, url), (unsigned long long)old,
			(unsigned long long)r->now.c.size);
	return ask(r, url, old, reply);
}

/* Takes the cosignature of that key out of an answer, and nothing that does not verify. */
static int
take(struct relay *r, const struct note_key *key, const struct net_reply *reply)
{
	char text[LINES_MAX];
	struct note n;
	struct bufw w;
	bool by;

	bufw_init(&w, text, sizeof(text));
	bufw_bytes(&w, r->note.text, r->note.text_len);
	bufw_text(&w, "\n");
	bufw_bytes(&w, reply->body, reply->len);
	if (bufw_end(&w) || note_parse(&n, text, w.len) || note_cosigned(&by, &n, key, 1, 0) || !by)
		return cli_fail(r->cli, DAVY_REFUSED, "forged",
				_("What the witness answers is no cosignature by the key that the "
				  "roster names."));
	bufw_bytes(&r->w, reply->body, reply->len);
	return DAVY_OK;
}

static int
refused(struct relay *r, long status)
{
	if (status == WITNESS_UNPROVEN || status == WITNESS_CONFLICT)
		return cli_fail(
			r->cli, DAVY_REFUSED, "fork",
			_("The witness has seen another log than the one that the gateway shows. "
			  "Ask for its checkpoint: the two may prove it to anybody."));
	return cli_fail(
		r->cli, DAVY_REFUSED, "refused",
		_("The witness refuses (HTTP %ld). 403 and 404: it does not know the key of this "
		  "log."),
		status);
}

/* One witness, `NAME URL`. What fails is said, and the next one is asked. */
static int
relay_one(struct relay *r, const char *line)
{
	char name[NOTE_NAME_MAX], url[512];
	struct net_reply reply;

	if (sscanf(line, "%63s %511s", name, url) != 2)
		return cli_fail(
			r->cli, DAVY_USAGE, "usage",
			_("A witness is 'NAME URL': the name that it has in the roster, and where "
			  "it answers."));
	const struct note_key *key = witness_of(r, name);
	if (!key)
		return cli_fail(r->cli, DAVY_USAGE, "usage", _("The roster names no witness %s."),
				cli_s(r->cli, name));
	r->asked++;
	int err = ask_from(r, url, &reply);
	if (!err && reply.status != WITNESS_GOOD)
		err = refused(r, reply.status);
	if (!err)
		err = take(r, key, &reply);
	r->got += !err;
	json_array_append_new(r->list,
			      json_pack("{s:s, s:s}", "name", name, "answer",
					err ? session_failure_name(r->cli->ses) : "cosigned"));
	cli_printf(r->cli, "%s: %s\n", cli_s(r->cli, name),
		   err ? cli_failure(r->cli) : _("has cosigned"));
	cli_forgive(r->cli);
	return DAVY_OK;
}

static int
relay_all(struct relay *r)
{
	const char *line, *path = cli_opt(r->cli, "file");
	char *text = NULL, *save = NULL;
	int err = DAVY_OK;

	for (size_t i = 0; !err && (line = cli_opt_at(r->cli, "witness", i)); i++)
		err = relay_one(r, line);
	if (!err && path)
		err = file_read_text(r->cli->ses, path, FILE_MAX, &text);
	for (char *s = err || !text ? NULL : strtok_r(text, "\n", &save); !err && s;
	     s = strtok_r(NULL, "\n", &save))
		if (*s != '#')
			err = relay_one(r, s);
	free(text);
	if (!err && !r->asked)
		err = cli_fail(r->cli, DAVY_USAGE, "usage",
			       _("Name the witnesses with --witness 'NAME URL' or --file."));
	return err;
}

static int
log_relay_exec(struct cli *cli)
{
	static struct relay r;
	const struct trust *v;
	size_t have = 0;
	int err = trust_get(cli->ses, true, &v);

	memset(&r, 0, sizeof(r));
	r.cli = cli;
	if (!err)
		err = mirror_key(cli->ses, false, &r.log);
	if (!err)
		err = cosign_ask(cli->ses, &r.log, 0, &r.now);
	if (err)
		return err;
	cosigners_of(&r.by, &v->bundle);
	if (note_parse(&r.note, r.now.note, r.now.len))
		return cli_fail_err(cli, ERR_FORMAT, "%s", _("The public log was not asked"));
	bufw_init(&r.w, r.lines, sizeof(r.lines) - 1);
	r.list = json_array();
	err = relay_all(&r);
	if (!err && r.got) {
		r.lines[r.w.len] = '\0';
		err = cosign_bring(cli->ses, r.note.text, r.note.text_len, r.lines, &have);
	}
	if (!err && r.got)
		cli_printf(
			cli,
			_("The gateway has %zu fresh cosignatures of this checkpoint; the roster "
			  "asks for %u.\n"),
			have, v->bundle.roster->quorum);
	cli_data(cli, json_pack("{s:O, s:I, s:I}", "witnesses", r.list, "cosignatures",
				(json_int_t)have, "quorum", (json_int_t)v->bundle.roster->quorum));
	json_decref(r.list);
	if (!err && r.got < r.asked)
		err = cli_fail(cli, DAVY_AGAIN, "partly",
			       _("%zu of %zu witnesses have cosigned; the others are named above."),
			       r.got, r.asked);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "witness",
	  .many = true,
	  .arg = N_("LINE"),
	  .help = N_("NAME URL: a witness of the roster, and where it answers") },
	{ .name = "file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("such lines; # begins a remark") },
	{ 0 },
};

const struct command cmd_log_relay = {
	.noun = "log",
	.verb = "relay",
	.help = N_("bring the cosignatures of outside witnesses to the gateway"),
	.more = N_("Asks each witness to cosign the newest checkpoint, and hands the gateway what "
		   "verifies. Any member may run it, every few hours, by a timer."),
	.group = CLI_TOOLS,
	.options = options,
	.exec = log_relay_exec,
};
