/* Shows the words of a source with the codes that they suggest (rules/suggest.h). */
#ifndef SHOW_SUGGEST_H
#define SHOW_SUGGEST_H

#include <jansson.h>
#include <stddef.h>

#include "admin-cli/rules/suggest.h"

struct cli;
struct opened;

/* The suggestions for an opened case; `said` in their spans is the index of the entry. The caller
 * frees them; NULL: nothing of the source is open here. */
struct suggest *show_suggest(const struct opened *d);
/* Entry i of the source with the words in braces; the suggestions beneath it where it is the tip.
 */
void show_entry_marked(struct cli *cli, const struct opened *d, size_t i, const struct suggest *s);
/* {"hazard": [{"code", "score", "words"}], …, "marks": [{"number", "field", "at", "len", "code"}]};
 * at and len count bytes of UTF-8. The caller drops the reference. */
json_t *show_suggest_json(const struct opened *d, const struct suggest *s);

#endif
