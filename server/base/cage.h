/* What a program beside davyd confines itself to: a list of system calls, and files and networks
 * that it can no longer reach. The roles of davyd have sandbox.h. */
#ifndef SERVER_CAGE_H
#define SERVER_CAGE_H

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cage_call {
	int nr;
	bool when; /* allowed only where cmp holds */
	struct scmp_arg_cmp cmp;
};
#define CAGE_ANY(name)                                                                             \
	{                                                                                          \
		SCMP_SYS(name), false,                                                             \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define CAGE_WHEN(name, arg, op, a, b)                                                             \
	{                                                                                          \
		SCMP_SYS(name), true,                                                              \
		{                                                                                  \
			arg, op, (scmp_datum_t)(a), (scmp_datum_t)(b)                              \
		}                                                                                  \
	}
/* Argument number `arg` has none of these bits, or is this number. */
#define CAGE_WITHOUT(name, arg, bits) CAGE_WHEN(name, arg, SCMP_CMP_MASKED_EQ, bits, 0)
#define CAGE_ONLY(name, arg, number)  CAGE_WHEN(name, arg, SCMP_CMP_EQ, number, 0)

struct cage {
	const struct cage_call *calls;
	size_t cnt;
	uint32_t otherwise; /* of libseccomp: for a call that is not in the list */
	uint64_t files;     /* rights of Landlock that no file gives any more */
	bool no_tcp;        /* nor a port of TCP, where the kernel knows that */
};

/* No core dump, not to be traced, no new rights, and the above. There is no way back, and a failure
 * ends the process. */
void cage_enter(const struct cage *cage);

#endif
