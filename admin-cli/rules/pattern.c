/* Matches expressions of the data files (see pattern.h). */
#include "admin-cli/rules/pattern.h"

#include <locale.h>
#include <regex.h>

size_t
pattern_each(const char *pattern, const char *text, pattern_each_fn *each, void *arg)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), old;
	size_t from = 0, n = 0;
	regmatch_t m;
	regex_t re;

	if (utf8 == (locale_t)0)
		return 0;
	old = uselocale(utf8);
	if (!regcomp(&re, pattern, REG_EXTENDED)) {
		while (!regexec(&re, text + from, 1, &m, from ? REG_NOTBOL : 0) &&
		       m.rm_eo > m.rm_so) {
			n++;
			if (!each(arg, from + (size_t)m.rm_so, (size_t)(m.rm_eo - m.rm_so)))
				break;
			from += (size_t)m.rm_eo;
		}
		regfree(&re);
	}
	uselocale(old);
	freelocale(utf8);
	return n;
}
