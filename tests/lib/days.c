/* davy with a calendar that tests can move: linked with --wrap=time. The file that DAVY_TEST_CLOCK
 * names holds minutes to add, in decimal, as for tests/tools/davyd-clock.c. davy itself has no such
 * switch: this is another program, and `make install` does not know it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

time_t __real_time(time_t *out);
time_t __wrap_time(time_t *out);

time_t
__wrap_time(time_t *out)
{
	const char *path = getenv("DAVY_TEST_CLOCK");
	FILE *f = path ? fopen(path, "r") : NULL;
	long minutes = 0;
	time_t now = __real_time(NULL);

	if (f && fscanf(f, "%ld", &minutes) == 1)
		now += minutes * 60;
	if (f)
		fclose(f);
	if (out)
		*out = now;
	return now;
}
