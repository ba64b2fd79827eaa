/*
 * Operators at the parent's control socket (davyd status, purge, backup): several may be connected,
 * and one question at a time is with the vault.
 */
#ifndef SERVER_ASKERS_H
#define SERVER_ASKERS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_MAX 4

struct control_client {
	int fd;         /* -1: nobody */
	uint64_t since; /* ms: the time from which its silence, or the vault's, is counted */
};

struct control {
	int listener;
	struct control_client client[CONTROL_MAX];
	int turn;                      /* the operator who is heard first when several ask */
	struct control_client *asking; /* whose question the vault has; NULL: nobody's */
	bool status; /* it asks for the status: the parent adds its own facts to the answer */
	struct control_client self; /* the parent's own question; its fd is -1 */
	bool late; /* the vault did not answer in time; a late answer is discarded */
};

/* listener is borrowed: a listening control socket. */
void control_init(struct control *a, int listener);
/*
 * The descriptors to wait for. An operator waits while all places are taken, or while another's
 * question is with the vault.
 */
void control_wait(const struct control *a, struct pollfd fds[static CONTROL_MAX + 1]);
/*
 * After the wait: accepts operators and passes one question to the vault (its control socket; -1:
 * there is none). NULL, or a reply to give at once because there is no vault or it does not answer.
 */
const char *control_hear(struct control *a, const struct pollfd fds[static CONTROL_MAX + 1],
			 int vault) __attribute__((warn_unused_result));
/* The vault has answered; true when an operator waits for this answer. */
bool control_answered(struct control *a);
/* The vault has ended. NULL, or a reply to give in its place. */
const char *control_vault_gone(struct control *a) __attribute__((warn_unused_result));
/* Asks the vault for the status as an operator does, where no question is under way; false where
 * one is. */
bool control_ask(struct control *a, int vault);
/* Whether the question was the parent's own; its reply goes nowhere. */
bool control_own(const struct control *a);
/* Replies to the operator whose question it was; the same operator may ask again. */
void control_reply(struct control *a, const char *text, size_t len);
/* When to call control_overdue; UINT64_MAX: never. */
uint64_t control_due(const struct control *a);
/*
 * Disconnects operators that were silent too long. NULL, or a reply to give in the vault's place.
 */
const char *control_overdue(struct control *a, uint64_t now) __attribute__((warn_unused_result));

#endif
