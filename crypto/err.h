/* The one list of error codes. Functions return 0 or one of these; functions that return a
 * pointer return NULL. Rules for all of crypto/: bytes in, bytes out. It opens no file or
 * connection, never logs and never exits, and links only libsodium, Nettle and the KEM. A caller
 * learns of a failure only through these codes. */
#ifndef CRYPTO_ERR_H
#define CRYPTO_ERR_H

enum err {
	ERR_OK = 0,
	ERR_ARG = -1,        /* the caller asked for something impossible */
	ERR_MEM = -2,        /* out of memory */
	ERR_IO = -3,         /* read or write failed; errno tells why */
	ERR_FORMAT = -4,     /* bytes from outside that do not parse */
	ERR_HEADER = -5,     /* age: header or stanza malformed */
	ERR_HMAC = -6,       /* age: header MAC wrong */
	ERR_NO_MATCH = -7,   /* age: no identity opens any stanza */
	ERR_PAYLOAD = -8,    /* age: payload damaged or cut short */
	ERR_ARMOR = -9,      /* age: PEM armor malformed */
	ERR_AUTH = -10,      /* a signature, tag or MAC does not verify */
	ERR_RANGE = -11,     /* a number or length outside its limits */
	ERR_STALE = -12,     /* too old, or from the future */
	ERR_DUP = -13,       /* already there */
	ERR_NOT_FOUND = -14, /* not there, or the requester has no right */
	ERR_FULL = -15,      /* no room left */
	ERR_BUSY = -16,      /* try again later */
	ERR_BEHIND = -17,    /* somebody else wrote first */
	ERR_DENIED = -18,    /* not allowed here or now */
	ERR_KEY = -19,       /* a key that is not one */
	ERR_MIX = -20,       /* age: post-quantum and classic recipients mixed */
	ERR_WORK = -21,      /* age: scrypt work factor above the cap */
	ERR_ROSTER = -22,    /* a roster or certificate that breaks its own rules */
	ERR_UTF8 = -23,      /* text that is not strict UTF-8 */
	ERR_NET = -24,       /* the network or the other side failed */
	ERR_INTERNAL = -25,  /* a library call failed that should not be able to fail */
	ERR__MIN = -26
};

/* One English sentence without a full stop; never NULL. */
const char *err_text(int err);

#endif
