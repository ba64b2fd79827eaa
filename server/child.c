/* What a child does between the fork and its own main: it lets go of all that is not its own. */
#include "server/child.h"

#include "crypto/secret.h"
#include "server/clock.h"
#include "server/face.h"
#include "server/vault.h"

#include <linux/close_range.h>
#include <signal.h>
#include <unistd.h>

/* All descriptors but the standard ones and these are closed. */
static void
keep_only(int *keep, size_t cnt)
{
	int low = 3;
	for (;;) {
		int next = -1;
		for (size_t i = 0; i < cnt; i++)
			if (keep[i] >= low && (next < 0 || keep[i] < next))
				next = keep[i];
		unsigned last = next < 0 ? ~0u : (unsigned)next - 1;
		if ((unsigned)low <= last)
			close_range((unsigned)low, last, 0);
		if (next < 0)
			return;
		low = next + 1;
	}
}

static void
child_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	/* A service manager signals the whole group; children listen to the parent only. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void
vault_child(const struct child_gift *g, int sock)
{
	int keep[2] = { sock, clock_fd() };
	keep_only(keep, 2);
	child_signals();
	assets_drop(g->assets);
	vault_main(g->conf, g->keys, sock, g->check);
}

static _Noreturn void
face_child(const struct child_gift *g, int sock, int index)
{
	int keep[CONF_LISTEN_MAX + 1];
	struct face_gift gift = { .conf = g->conf,
				  .page = &g->assets->page,
				  .tls_cert = g->assets->tls_cert,
				  .tls_key = g->assets->tls_key,
				  .listen_fd = g->listen_fd,
				  .sock = sock,
				  .index = index };
	memcpy(gift.gateway, g->keys->card.id, sizeof(gift.gateway));
	secret_free(g->keys);
	size_t cnt = 0;
	keep[cnt++] = sock;
	for (size_t i = 0; i < g->conf->listen_cnt; i++)
		keep[cnt++] = g->listen_fd[i];
	keep_only(keep, cnt);
	child_signals();
	face_main(&gift);
}

_Noreturn void
child_main(const struct child_gift *gift, enum ipc_role role, int index, int sock)
{
	if (role == IPC_VAULT)
		vault_child(gift, sock);
	face_child(gift, sock, index);
}
