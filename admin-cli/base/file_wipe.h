/*
 * Overwrites and removes a plain file once what it held is safe elsewhere.
 *
 * Overwriting reaches the blocks that the file has now. It does not reach what the disk itself
 * keeps: an SSD writes to other cells, a journal or a snapshot keeps old blocks, an editor may have
 * left a copy of its own. Only a disk that is encrypted as a whole protects those.
 */
#ifndef FILE_WIPE_H
#define FILE_WIPE_H

#include <jansson.h>

struct session;

/* Which file it was: its whole path and what tells it from another one of that name. New reference;
 * NULL where it is no regular file. */
json_t *file_wipe_mark(const char *path);
/* Overwrites the file of that mark and removes it. A file that was changed or replaced since, or
 * that has a second name, stays, with a warning. */
void file_wipe(struct session *ses, const json_t *mark);

#endif
