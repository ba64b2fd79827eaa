/* One English sentence for each error code of err.h. */
#include "crypto/err.h"

static const char *const texts[-ERR__MIN] = {
	[-ERR_OK] = "done",
	[-ERR_ARG] = "the request makes no sense",
	[-ERR_MEM] = "out of memory",
	[-ERR_IO] = "reading or writing failed",
	[-ERR_FORMAT] = "the data is malformed",
	[-ERR_HEADER] = "the header of the age file is malformed",
	[-ERR_HMAC] = "the header of the age file was changed",
	[-ERR_NO_MATCH] = "no identity opens this file",
	[-ERR_PAYLOAD] = "the content of the age file was changed or cut short",
	[-ERR_ARMOR] = "the armor of the age file is malformed",
	[-ERR_AUTH] = "a signature or tag does not verify",
	[-ERR_RANGE] = "a number or length is outside its limits",
	[-ERR_STALE] = "too old, or from the future",
	[-ERR_DUP] = "it is already there",
	[-ERR_NOT_FOUND] = "not found",
	[-ERR_FULL] = "there is no room left",
	[-ERR_BUSY] = "busy, try again later",
	[-ERR_BEHIND] = "somebody else wrote first",
	[-ERR_DENIED] = "not allowed",
	[-ERR_KEY] = "this is not a valid key",
	[-ERR_MIX] = "post-quantum and classic recipients cannot be mixed in one file",
	[-ERR_WORK] = "the file asks for more passphrase work than is allowed",
	[-ERR_ROSTER] = "the roster or certificate breaks its rules",
	[-ERR_UTF8] = "the text is not valid UTF-8",
	[-ERR_NET] = "the network or the other side failed",
	[-ERR_INTERNAL] = "a library failed unexpectedly",
};

const char *
err_text(int err)
{
	if (err > 0 || err <= ERR__MIN || !texts[-err])
		return "unknown error";
	return texts[-err];
}
