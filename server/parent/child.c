/*
 * The work of a child between the fork and its role's main: it closes and wipes everything that its
 * role must not have.
 */
#include "server/parent/child.h"

#include "crypto/secret.h"
#include "server/base/clock.h"
#include "server/face/face.h"
#include "server/vault/vault.h"

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

/* Standard streams, the control socket, the addresses that the role serves, and what the vault has
 * besides: the clock of the test program, and the socket to davylamp-db. */
static void
keep_own(const struct child_args *g, enum ipc_role role, int sock)
{
	int keep[CONF_LISTEN_MAX + 3];
	size_t cnt = 0;
	keep[cnt++] = sock;
	if (role == IPC_VAULT && clock_fd() >= 0)
		keep[cnt++] = clock_fd();
	if (role == IPC_VAULT && g->db >= 0)
		keep[cnt++] = g->db;
	for (size_t i = 0; i < g->conf->listen_cnt && role != IPC_VAULT; i++)
		if (g->conf->listen[i].tls == (role == IPC_TLS))
			keep[cnt++] = g->listen_fd[i];
	keep_only(keep, cnt);
}

static _Noreturn void
vault_child(const struct child_args *g, int sock)
{
	assets_drop(g->assets);
	secret_free(g->ticket);
	vault_main(&(struct vault_args){
		.conf = g->conf, .keys = g->keys, .sock = sock, .db = g->db, .check = g->check });
}

static _Noreturn void
face_child(const struct child_args *g, int sock, int index)
{
	struct face_args args = { .conf = g->conf,
				  .page = &g->assets->page,
				  .listen_fd = g->listen_fd,
				  .sock = sock,
				  .index = index };
	memcpy(args.gateway, g->keys->card.id, sizeof(args.gateway));
	assets_drop_tls(g->assets);
	secret_free(g->ticket);
	secret_free(g->keys);
	face_main(&args);
}

static _Noreturn void
tls_child(const struct child_args *g, int sock, int index)
{
	const struct tls_args args = { .conf = g->conf,
				       .cert = g->assets->tls_cert,
				       .cert_len = g->assets->tls_cert_len,
				       .key = g->assets->tls_key,
				       .key_len = g->assets->tls_key_len,
				       .ticket = g->ticket,
				       .listen_fd = g->listen_fd,
				       .sock = sock,
				       .index = index };
	secret_free(g->keys);
	tls_main(&args);
}

_Noreturn void
child_main(const struct child_args *args, enum ipc_role role, int index, int sock)
{
	keep_own(args, role, sock);
	child_signals();
	if (role == IPC_VAULT)
		vault_child(args, sock);
	if (role == IPC_TLS)
		tls_child(args, sock, index);
	face_child(args, sock, index);
}
