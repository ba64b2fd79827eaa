/* Operators at the parent's control socket (davyd status, purge, backup): some at a time, one
 * question with the vault. */
#ifndef SERVER_ASKERS_H
#define SERVER_ASKERS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_MAX 4

struct control_client {
	int fd;         /* -1: nobody */
	uint64_t since; /* ms: what its silence, or the vault's, is counted from */
};

struct control {
	int listener;
	struct control_client client[CONTROL_MAX];
	int turn;                      /* who is heard first where several ask */
	struct control_client *asking; /* whose question the vault has; NULL: nobody's */
	bool status; /* it is how we are: the parent has its own part in the answer */
	bool late;   /* the vault did not answer in time: what it still says is for nobody */
};

/* listener is borrowed: a listening control socket. */
void control_init(struct control *a, int listener);
/* What to wait for. Whoever comes while all places are taken, or asks while another's question is
 * with the vault, waits. */
void control_wait(const struct control *a, struct pollfd fds[static CONTROL_MAX + 1]);
/*
 * After the wait: lets in, and hands one question to the vault (its control socket; -1: there is
 * none). NULL, or what is to be replied at once: where there is no vault, or one that owes an
 * answer since long.
 */
const char *control_hear(struct control *a, const struct pollfd fds[static CONTROL_MAX + 1],
			 int vault) __attribute__((warn_unused_result));
/* The vault answered: true where somebody waits for just this answer. */
bool control_answered(struct control *a);
/* NULL, or what is to be replied in its place. */
const char *control_vault_gone(struct control *a) __attribute__((warn_unused_result));
/* To the one who asks; who may ask again. */
void control_reply(struct control *a, const char *text, size_t len);
/* When to call control_overdue; UINT64_MAX: never. */
uint64_t control_due(const struct control *a);
/* Ends those that said nothing for long. NULL, or what is to be replied in the vault's place. */
const char *control_overdue(struct control *a, uint64_t now) __attribute__((warn_unused_result));

#endif
