/*
 * Linked into davy for tests (Makefile: davy-counting): counts what a command costs. The linker
 * sends the calls of these functions here (--wrap). At the end one line is added to the file that
 * DAVY_COUNT names: how many requests went to the gateway, and how many X-Wing openings were tried.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/xwing.h"

CURLcode __real_curl_easy_perform(CURL *curl);
CURLcode __wrap_curl_easy_perform(CURL *curl);
int __real_xwing_open(struct xwing_shared *shared, struct xwing_half *half,
		      const struct xwing_ct *ct, const struct xwing_ready *ready);
int __wrap_xwing_open(struct xwing_shared *shared, struct xwing_half *half,
		      const struct xwing_ct *ct, const struct xwing_ready *ready);

static unsigned requests, openings;

static void __attribute__((destructor)) report(void)
{
	const char *path = getenv("DAVY_COUNT");
	FILE *out = path ? fopen(path, "a") : NULL;

	if (!out)
		return;
	fprintf(out, "requests %u openings %u\n", requests, openings);
	fclose(out);
}

CURLcode
__wrap_curl_easy_perform(CURL *curl)
{
	requests++;
	return __real_curl_easy_perform(curl);
}

int
__wrap_xwing_open(struct xwing_shared *shared, struct xwing_half *half, const struct xwing_ct *ct,
		  const struct xwing_ready *ready)
{
	openings++;
	return __real_xwing_open(shared, half, ct, ready);
}
