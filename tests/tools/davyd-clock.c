/*
 * davyd with a clock that tests can move: the whole program, linked with this clock in place of
 * server/base/clock.c. The file that DAVY_TEST_CLOCK names holds minutes to add to all clocks, and,
 * after a space, minutes that only the time of day jumps by (it may be negative), in decimal; it is
 * read again at every look at the clock. davyd itself has no such switch: this is another program,
 * and `make install` does not know it.
 */
#include "server/base/clock.h"

#include <fcntl.h>
#include <unistd.h>

static int offset_fd = -1;

void
clock_init(void)
{
	const char *path = getenv("DAVY_TEST_CLOCK");
	if (path)
		offset_fd = open(path, O_RDONLY | O_CLOEXEC);
}

int
clock_fd(void)
{
	return offset_fd;
}

/* The minutes that have passed for all clocks; *jump: those that only the time of day jumped by. */
static uint64_t
offset_minutes(int64_t *jump)
{
	char text[48] = "", *end;
	if (offset_fd >= 0 && pread(offset_fd, text, sizeof(text) - 1, 0) < 0)
		text[0] = 0;
	uint64_t passed = strtoull(text, &end, 10);
	*jump = strtoll(end, NULL, 10);
	return passed;
}

uint64_t
clock_minute(void)
{
	struct timespec ts;
	int64_t jump;
	uint64_t passed = offset_minutes(&jump);
	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec / 60 + passed + (uint64_t)jump;
}

uint64_t
clock_mono_ms(void)
{
	struct timespec ts;
	int64_t jump;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000 +
	       offset_minutes(&jump) * 60000;
}

uint64_t
clock_mono_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

#include "server/davyd.c"
