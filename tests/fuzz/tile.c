/* The name of a tile, as a request of a reader of the public log has it. What parses has one
 * spelling. */
#include <assert.h>
#include <string.h>

#include "crypto/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char path[2 * TILE_PATH_LEN], back[TILE_PATH_LEN];
	struct tile t;
	size_t n = len < sizeof(path) ? len : sizeof(path) - 1;
	memcpy(path, data, n);
	path[n] = '\0';
	if (tile_parse(&t, path))
		return 0;
	tile_path(back, &t);
	assert(strcmp(back, path) == 0 && t.width >= 1 && t.width <= TILE_WIDTH);
	return 0;
}
