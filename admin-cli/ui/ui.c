/*
 * davy ui: starts the screen, runs the loop of keys, seconds and window sizes, and locks (see
 * ui.h).
 */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <event2/event.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/training.h"
#include "admin-cli/desk/desk.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/tray.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home_state.h"
#include "admin-cli/view/show.h"

#define IDLE_DEFAULT 10  /* minutes */
#define TWICE_MS     800 /* two Esc within this time are a panic */

void
ui_note(struct ui *ui, const char *text)
{
	free(ui->note);
	ui->note = text && *text ? term_safe(text, strlen(text), TERM_ONE_LINE) : NULL;
}

void
ui_notef(struct ui *ui, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0)
		ui_note(ui, text);
	va_end(ap);
	free(text);
}

void
ui_count(struct ui *ui)
{
	if (!ui->training && waiting_count(ui->ses, sync_hour(ui->ses), &ui->waiting))
		session_forgive(ui->ses);
}

/* Blank at once: what stood there must not be read from the screen of a locked desk. */
static void
leave(struct ui *ui)
{
	ui->leave = true;
	ui->ahead_cnt = 0;
	erase();
	clearok(stdscr, TRUE);
	refresh();
}

static bool
is_idle(const struct ui *ui)
{
	return time(NULL) - ui->touched >= (time_t)ui->idle;
}

/* Each second: what is due leaves the tray, and a desk that nobody touches locks. */
static void
second(struct ui *ui)
{
	size_t sent = 0, failed = 0;
	time_t now = time(NULL);

	if (is_idle(ui))
		leave(ui);
	if (ui->leave || !ui->waiting.tray || ui->captured)
		return;
	if (tray_run(ui->ses, (uint64_t)now, false, NULL, &sent, &failed)) {
		ui_note(ui, session_failure(ui->ses));
		session_forgive(ui->ses);
	}
	if (!sent && !failed)
		return;
	if (failed)
		ui_notef(ui, _("%zu did not leave: T shows why."), failed);
	else
		ui_notef(ui, ngettext("%zu has left.", "%zu have left.", sent), sent);
	ui->stale = true;
	ui_list_stale(ui);
	ui_count(ui);
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A key of the terminal, or ERR. Esc twice is the panic key. */
static int
read_key(struct ui *ui)
{
	wint_t wide;
	int r = get_wch(&wide);

	if (r == ERR)
		return ERR;
	ui->touched = time(NULL);
	if (r == KEY_CODE_YES)
		return wide == KEY_RESIZE ? UI_RESIZED : UI_FUNCTION + (int)wide;
	if (wide == UI_CTRL('c')) { /* like the end of the terminal */
		ui->quit = true;
		leave(ui);
		return UI_LEAVE;
	}
	if (wide != UI_ESC) {
		ui->escaped = 0;
		return wide == '\r' ? '\n' : (int)wide;
	}
	int64_t now = now_ms();
	if (ui->escaped && now - ui->escaped < TWICE_MS) {
		leave(ui);
		return UI_LEAVE;
	}
	ui->escaped = now;
	return UI_ESC;
}

bool
ui_stop(void *arg)
{
	struct ui *ui = arg;
	int key;

	(void)event_base_loop(ui->base, EVLOOP_NONBLOCK); /* for signals */
	while (!ui->leave && (key = read_key(ui)) != ERR)
		if (ui->ahead_cnt < UI_AHEAD && key != UI_LEAVE)
			ui->ahead[ui->ahead_cnt++] = key;
	if (!ui->leave && is_idle(ui))
		leave(ui);
	return ui->leave;
}

static int
ahead(struct ui *ui)
{
	int key = ui->ahead[0];

	memmove(ui->ahead, ui->ahead + 1, --ui->ahead_cnt * sizeof(*ui->ahead));
	return key;
}

int
ui_key(struct ui *ui)
{
	if (ui->leave) /* what was drawn since must not come to the screen */
		erase();
	refresh();
	for (;;) {
		if (ui->leave)
			return UI_LEAVE;
		if (ui->ahead_cnt)
			return ahead(ui);
		if (ui->sized) {
			ui->sized = false;
			return UI_RESIZED;
		}
		int key = read_key(ui);
		if (key != ERR)
			return key;
		if (ui->ticked) {
			ui->ticked = false;
			second(ui);
			return ui->leave ? UI_LEAVE : UI_TICK;
		}
		event_base_loop(ui->base, EVLOOP_ONCE);
	}
}

static void
on_input(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(((struct ui *)arg)->base);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	((struct ui *)arg)->ticked = true;
}

static void
on_size(evutil_socket_t fd, short what, void *arg)
{
	struct winsize size;

	(void)fd;
	(void)what;
	((struct ui *)arg)->sized = true;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	clearok(stdscr, TRUE);
}

/* The window is closed, or the machine goes down: drafts are saved on the way out. */
static void
on_end(evutil_socket_t fd, short what, void *arg)
{
	struct ui *ui = arg;

	(void)fd;
	(void)what;
	ui->quit = true;
	ui->leave = true;
}

static int
loop_start(struct ui *ui)
{
	const struct timeval beat = { 1, 0 };

	ui->base = event_base_new();
	if (!ui->base)
		return -1;
	ui->in = event_new(ui->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, ui);
	ui->tick = event_new(ui->base, -1, EV_PERSIST, on_tick, ui);
	ui->size = evsignal_new(ui->base, SIGWINCH, on_size, ui);
	ui->end = evsignal_new(ui->base, SIGHUP, on_end, ui);
	if (!ui->in || !ui->tick || !ui->size || !ui->end)
		return -1;
	return event_add(ui->in, NULL) || event_add(ui->tick, &beat) || event_add(ui->size, NULL) ||
			       event_add(ui->end, NULL)
		       ? -1
		       : 0;
}

static void
loop_end(struct ui *ui)
{
	struct event *const all[] = { ui->in, ui->tick, ui->size, ui->end };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i])
			event_free(all[i]);
	if (ui->base)
		event_base_free(ui->base);
}

/* Whose desk it is, for the header. */
static int
who(struct ui *ui)
{
	const struct trust *view;
	struct cli cli = { .ses = ui->ses };
	int err = trust_get(ui->ses, false, &view);

	if (!err && !view->desk)
		err = session_fail(
			ui->ses, DAVY_REFUSED, "denied",
			_("You are in no desk of roster %u: the desk is for its members."),
			view->bundle.roster->version);
	if (!err)
		snprintf(ui->who, sizeof(ui->who), "%s / %s",
			 show_desk(&cli, view, view->desk->number),
			 view->me ? session_s(ui->ses, view->me->name) : "?");
	return err;
}

/* Opens the session again; the passphrase is asked for even where a file has it or an agent held
 * it. */
static int
enter(struct ui *ui)
{
	int err = workspace_open(ui->ses);

	if (!err)
		err = who(ui);
	if (!err)
		err = tray_rest(ui->ses, (uint64_t)time(NULL));
	if (!err)
		ui_count(ui);
	return err;
}

/* Wipes keys and opened cases. Until the passphrase is there, nothing is on the screen but that. */
static void
lock(struct ui *ui)
{
	ui_list_free(ui);
	if (ui->ses->home)
		(void)agent_stop(ui->ses->home->dir);
	desk_close(ui->ses);
	ui->ses->home_dir = ui->home;
	ui->ses->gateway = ui->gateway;
	ui->ses->passphrase_file = NULL;
	ui->who[0] = '\0';
	ui->waiting = (struct waiting){ 0 };
	ui_note(ui, NULL);
	while (!ui->quit) {
		ui->leave = false;
		ui->touched = time(NULL);
		if (!enter(ui))
			return;
		ui_note(ui, session_failure(ui->ses));
		desk_close(ui->ses);
		ui->ses->home_dir = ui->home;
		ui->ses->gateway = ui->gateway;
	}
}

/* Whether the terminal has this power of terminfo(5). */
static bool
can(const char *name)
{
	static char word[16];

	snprintf(word, sizeof(word), "%s", name);
	const char *power = tigetstr(word);
	return power && power != (const char *)-1;
}

static int
screen_start(struct cli *cli)
{
	const char *term = getenv("TERM");

	if (!cli->tty_in || !cli->tty_out || cli->json)
		return cli_fail(cli, DAVY_USAGE, "no-terminal",
				_("The desk needs a terminal. davy status and davy case list work "
				  "without one."));
	if (!term || !*term || !strcmp(term, "dumb") || !newterm(NULL, stdout, stdin))
		return cli_fail(
			cli, DAVY_USAGE, "no-terminal",
			_("This terminal (TERM=%s) cannot show a full screen. davy status, davy "
			  "case list and davy case show work on any."),
			cli_s(cli, term ? term : ""));
	if (!can("cup") || !can("clear")) {
		endwin();
		return cli_fail(
			cli, DAVY_USAGE, "no-terminal",
			_("This terminal (TERM=%s) cannot show a full screen. davy status, davy "
			  "case list and davy case show work on any."),
			cli_s(cli, term));
	}
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	return 0;
}

static char *
copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

/* Until the desk is left; each turn ends with a lock. */
static int
work(struct ui *ui)
{
	int err;

	if (ui->training) {
		ui_training(ui);
		return 0;
	}
	err = enter(ui);
	while (!err && !ui->quit) {
		ui_list_run(ui);
		if (!ui->quit)
			lock(ui);
	}
	ui_list_free(ui);
	return err;
}

/* With the home that the session has now. */
static int
ui_start(struct cli *cli, void *arg)
{
	(void)arg;
	uint64_t minutes = IDLE_DEFAULT;
	struct session *ses = cli->ses;
	const struct session_face *face = ses->face;
	struct ui ui = { .ses = ses, .touched = time(NULL) };
	int err = cli_opt_number(cli, "lock-after", 1, 60, &minutes);

	if (!err)
		err = screen_start(cli);
	if (err)
		return err;
	ui.idle = (unsigned)minutes * 60;
	ui.training = cli_flag(cli, "training");
	ui.home = copy(ses->home_dir);
	ui.gateway = copy(ses->gateway);
	ui.passphrase_file = copy(ses->passphrase_file);
	ui.group = (uint32_t)time(NULL);
	ui_face(&ui);
	ses->tray = TRAY_SECONDS;
	err = loop_start(&ui) ? cli_fail(cli, DAVY_REFUSED, "internal", _("Out of memory."))
			      : work(&ui);
	erase();
	refresh();
	endwin();
	loop_end(&ui);
	ses->tray = 0;
	ses->face = face;
	ses->face_arg = cli;
	ses->home_dir = cli_keep(cli, copy(ui.home));
	ses->gateway = ui.gateway ? cli_keep(cli, copy(ui.gateway)) : NULL;
	ses->passphrase_file = NULL;
	free(ui.home);
	free(ui.gateway);
	free(ui.passphrase_file);
	free(ui.note);
	return err;
}

static int
ui_exec(struct cli *cli)
{
	return cli_flag(cli, "training") ? lesson_home(cli, ui_start, NULL) : ui_start(cli, NULL);
}

static const struct cli_option options[] = {
	{ .name = "training",
	  .help = N_(
		  "practise triage on invented tips: no home is opened, nothing is sent or kept") },
	{ .name = "lock-after",
	  .arg = N_("MINUTES"),
	  .help = N_("lock after so many minutes without a key (10; at most 60)") },
	{ 0 },
};

const struct command cmd_ui = {
	.noun = "ui",
	.help = N_("the desk on the whole screen"),
	.more = N_(
		"List, case, triage, replies, tray: every key stands at the bottom, ? explains the screen, : "
		"takes any other command. What is written leaves after ten seconds and can be undone until "
		"then. Esc twice clears the screen and locks."),
	.group = CLI_REVIEW,
	.options = options,
	.exec = ui_exec,
};
