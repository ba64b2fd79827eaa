/*
 * Turns the facts that vault and parent report into the text of `davyd status`: one screen,
 * problems first, each with what to do.
 */
#ifndef SERVER_STATUS_H
#define SERVER_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATUS_WELL 0 /* exit codes; 1: nobody answers, 2: usage */
#define STATUS_HAND 3

/*
 * facts: lines "name number" (status.c has the names; others are left out). disk_free: bytes that
 * the store's disk has left, UINT64_MAX where that is not known. Prints to standard output, as JSON
 * where asked. STATUS_WELL or STATUS_HAND.
 */
int status_print(const char *facts, size_t len, uint64_t disk_free, bool json);

#endif
