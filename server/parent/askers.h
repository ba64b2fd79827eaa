/* Operators at the parent's control socket (davyd status, purge, backup): some at a time, one question with the vault. */
#ifndef SERVER_ASKERS_H
#define SERVER_ASKERS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASKERS_MAX 4

struct asker {
	int fd;         /* -1: nobody */
	uint64_t since; /* ms: what its silence, or the vault's, is counted from */
};

struct askers {
	int listener;
	struct asker asker[ASKERS_MAX];
	int turn; /* who is heard first where several ask */
	struct asker *asking; /* whose question the vault has; NULL: nobody's */
	bool status; /* it is how we are: the parent has its own part in the answer */
	bool late;   /* the vault did not answer in time: what it still says is for nobody */
};

/* listener is borrowed: a listening control socket. */
void askers_init(struct askers *a, int listener);
/* What to wait for. Whoever comes while all places are taken, or asks while another's question is with the vault, waits. */
void askers_wait(const struct askers *a, struct pollfd fds[static ASKERS_MAX + 1]);
/*
 * After the wait: lets in, and hands one question to the vault (its control socket; -1: there is none). NULL, or what is to be replied
 * at once: where there is no vault, or one that owes an answer since long.
 */
const char *askers_hear(struct askers *a, const struct pollfd fds[static ASKERS_MAX + 1], int vault)
	__attribute__((warn_unused_result));
/* The vault answered: true where somebody waits for just this answer. */
bool askers_answered(struct askers *a);
/* NULL, or what is to be replied in its place. */
const char *askers_vault_gone(struct askers *a) __attribute__((warn_unused_result));
/* To the one who asks; who may ask again. */
void askers_reply(struct askers *a, const char *text, size_t len);
/* When to call askers_overdue; UINT64_MAX: never. */
uint64_t askers_due(const struct askers *a);
/* Ends those that said nothing for long. NULL, or what is to be replied in the vault's place. */
const char *askers_overdue(struct askers *a, uint64_t now) __attribute__((warn_unused_result));

#endif
