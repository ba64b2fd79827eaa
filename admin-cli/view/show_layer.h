/* A layer of a sealed order in words. */
#ifndef SHOW_LAYER_H
#define SHOW_LAYER_H

#include <jansson.h>

struct cli;

/* What layer 0, 1 or 2 says, field by field. The true checkpoint of the route is marked. */
void show_layer(struct cli *cli, const json_t *body);

#endif
