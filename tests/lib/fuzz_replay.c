/* Runs a fuzz target over its corpus without a fuzzer, as TAP: one line a file. Every file also
 * goes through with each of its first bytes cut off the end, and with bits changed, so that a run
 * is more than the corpus. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define FILE_MAX (1 << 20)
#define VARIANTS 64

/* A copy of exactly len bytes, so that a sanitizer sees the first byte behind it. */
static void
once(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, data, len);
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void
replay(uint8_t *data, size_t len)
{
	uint32_t x = 2463534242u;
	size_t i;

	once(data, len);
	for (i = 0; i < VARIANTS && len > 0; i++) {
		size_t at;

		x ^= x << 13; /* xorshift: the same changes in every run */
		x ^= x >> 17;
		x ^= x << 5;
		at = x % len;
		if (i % 4 == 0) {
			once(data, at);
			continue;
		}
		data[at] ^= (uint8_t)(1u << (x >> 29));
		once(data, len);
		data[at] ^= (uint8_t)(1u << (x >> 29));
	}
}

static bool
replay_file(const char *path)
{
	static uint8_t data[FILE_MAX];
	FILE *f = fopen(path, "rb");
	size_t len;

	if (!f)
		return false;
	len = fread(data, 1, sizeof(data), f);
	fclose(f);
	replay(data, len);
	return true;
}

/* The corpus in order of name; other folders may be named as arguments. */
static int
replay_folder(const char *folder, int number)
{
	struct dirent **list;
	int cnt = scandir(folder, &list, NULL, alphasort), i;
	char path[4096];

	for (i = 0; i < cnt; i++) {
		if (list[i]->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s", folder, list[i]->d_name);
			printf("%s %d - %s\n", replay_file(path) ? "ok" : "not ok", ++number, path);
		}
		free(list[i]);
	}
	if (cnt >= 0)
		free(list);
	return number;
}

int
main(int argc, char **argv)
{
	int number = 0, i;

	/* A crash ends the program before the plan, and the harness takes that for a failure. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	number = replay_folder(FUZZ_CORPUS, number);
	for (i = 1; i < argc; i++)
		number = replay_folder(argv[i], number);
	if (number == 0)
		printf("not ok %d - %s holds nothing\n", ++number, FUZZ_CORPUS);
	printf("1..%d\n# %d files, each as it is and changed %d times\n", number, number, VARIANTS);
	return 0;
}
