/*
 * The n-th call of a kind fails, or does half of what was asked, or is the process's last. Linked
 * into a unit test, or preloaded (build/tests/fault.so) with FAULT=KIND:N:HOW[:FORK]      e.g.
 * write:3:ENOSPC, sync:1:EIO, alloc:40:ENOMEM, recv:2:EINTR, write:1:half, open:2:EMFILE,
 * sync:1:kill FORK: only in the process that the n-th fork of the first one made (davyd: 1 is the
 * vault). Calls go to the kernel directly.
 */
#ifndef TESTS_FAULT_H
#define TESTS_FAULT_H

#include <stdbool.h>

enum fault_kind {
	FAULT_WRITE,
	FAULT_SYNC,
	FAULT_NAME,
	FAULT_ALLOC,
	FAULT_SEND,
	FAULT_RECV,
	FAULT_NEW,
	FAULT_OPEN,
	FAULT__MAX
};
#define FAULT_HALF   -1
#define FAULT_KILL   -2 /* the process ends there, and nothing of the call is done */
#define FAULT_KILLED 137

/* From now on, in this process: the n-th call of that kind (1: the next) sets errno to how, or is
 * FAULT_HALF or FAULT_KILL. */
void fault_arm(enum fault_kind kind, unsigned n, int how);
/* No more; true where it struck. */
bool fault_disarm(void);
/* How many allocations and anonymous mappings are not freed yet; 0 under AddressSanitizer. */
long fault_live(void);

#endif
