/*
 * Where the name of a gateway leads (docs/relay.md): to the relays that are named, and neither to
 * another address nor to the gateway itself.
 */
#ifndef LEADS_H
#define LEADS_H

#include <stddef.h>

struct cli;

/* Room for the addresses to which a name leads. */
#define LEADS_CAP 256

/* Whether --relay or --behind is given. */
int leads_asked(const struct cli *cli);
/* Looks the host of `url` up and compares its addresses with those of --relay; tries whether those
 * of --behind, the gateway's own, take a connection from here. On success `text` says to what the
 * name leads. A failure is said. */
int leads_check(struct cli *cli, const char *url, char text[static LEADS_CAP])
	__attribute__((warn_unused_result));

/* The two options, for a command's table. */
#define LEADS_OPTIONS                                                                              \
	{ .name = "relay",                                                                         \
	  .many = true,                                                                            \
	  .arg = N_("ADDRESS"),                                                                    \
	  .help = N_("an address of the relay, to which alone the gateway's name may lead") },     \
	{                                                                                          \
		.name = "behind", .many = true, .arg = N_("ADDRESS"),                              \
		.help = N_("an address of the gateway itself, which must not answer here")         \
	}

#endif
