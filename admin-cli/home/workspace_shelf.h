/*
 * Where the cases of a workspace stand (workspace_case.c alone uses this). Each has a number, in
 * the order of coming. SHELF_CNT of them stand in one record, so that whoever wants all of them
 * opens few; and the heads of their ids stand together, so that a prefix is found without opening
 * the cases. Functions return 0 or an enum err.
 */
#ifndef WORKSPACE_SHELF_H
#define WORKSPACE_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"

struct buf;

#define SHELF_CNT      16
#define SHELF_CASE_MAX 512 /* bytes of a packed case */

struct shelf {
	uint32_t number;
	uint16_t len[SHELF_CNT]; /* 0: no case stands there */
	uint8_t val[SHELF_CNT][SHELF_CASE_MAX];
};

/* Takes the next case of a shelf's record; NULL at a place where none stands. */
const uint8_t *shelf_next(struct buf *b, size_t *len);
/* A shelf that is not there is empty. */
int shelf_read(struct workspace *ws, uint32_t number, struct shelf *s)
	__attribute__((warn_unused_result));
int shelf_write(struct workspace *ws, const struct shelf *s) __attribute__((warn_unused_result));

/* The number of a case; ERR_NOT_FOUND. */
int place_get(struct workspace *ws, const uint8_t *id, uint32_t *number)
	__attribute__((warn_unused_result));
int place_put(struct workspace *ws, const uint8_t *id, uint32_t number)
	__attribute__((warn_unused_result));

/* The heads of ids: so many bytes of each, HEADS_CNT in a record. */
#define HEAD_LEN  4
#define HEADS_CNT 1024

/* The number of the case that comes next. */
int heads_next(struct workspace *ws, uint32_t *number) __attribute__((warn_unused_result));
/* Adds heads behind those that are there. Del leaves zeros. */
int heads_add(struct workspace *ws, const uint8_t *head, size_t cnt)
	__attribute__((warn_unused_result));
int heads_del(struct workspace *ws, uint32_t number) __attribute__((warn_unused_result));

#endif
