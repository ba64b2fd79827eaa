/* Finds in an abstract what may point at the source, so that the reviewer is warned before
 * inspectors read it. */
#include "admin-cli/rules/risk.h"

#include <locale.h>
#include <regex.h>
#include <unictype.h>
#include <unistr.h>

#define RISK_TABLE
#include "taxonomy.inc"

size_t
risk_cnt(void)
{
	return sizeof(risks) / sizeof(*risks);
}

const char *
risk_name(size_t i)
{
	return risks[i].id;
}

int
risk_match(size_t i, const char *text)
{
	/* Brackets and dots count characters, so the patterns need UTF-8 whatever $LANG says. */
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), old;
	regex_t re;
	int hit = 0;

	if (utf8 == (locale_t)0)
		return 0;
	old = uselocale(utf8);
	if (!regcomp(&re, risks[i].pattern, REG_EXTENDED | REG_NOSUB)) {
		hit = !regexec(&re, text, 0, NULL, 0);
		regfree(&re);
	}
	uselocale(old);
	freelocale(utf8);
	return hit;
}

/* The letters and digits of a text, in code points; *cnt = how many. */
static uint32_t *
letters(const char *text, size_t *cnt)
{
	size_t len, i, n = 0;
	uint32_t *all = u8_to_u32((const uint8_t *)text, strlen(text), NULL, &len);

	*cnt = 0;
	if (!all)
		return NULL;
	for (i = 0; i < len; i++)
		if (uc_is_alpha(all[i]) || uc_is_digit(all[i]))
			all[n++] = all[i];
	*cnt = n;
	return all;
}

char *
risk_copied(const char *text, const char *tip)
{
	size_t text_cnt, tip_cnt, i, best = 0, end = 0, len;
	uint32_t *a = letters(text, &text_cnt), *b = letters(tip, &tip_cnt);
	size_t *run = calloc(tip_cnt + 2, sizeof(*run));
	uint8_t *out = NULL;

	/* run[j + 1]: how many characters before a[i] and b[j], these included, are the same */
	for (i = 0; a && b && run && i < text_cnt; i++) {
		size_t j;

		for (j = tip_cnt; j-- > 0;) {
			run[j + 1] = a[i] == b[j] ? run[j] + 1 : 0;
			if (run[j + 1] > best) {
				best = run[j + 1];
				end = i + 1;
			}
		}
	}
	if (best >= RISK_COPY_RUN)
		out = u32_to_u8(a + end - best, best, NULL, &len);
	if (out) {
		uint8_t *terminated = realloc(out, len + 1);

		if (terminated)
			terminated[len] = '\0';
		else
			free(out);
		out = terminated;
	}
	free(run);
	free(a);
	free(b);
	return (char *)out;
}
