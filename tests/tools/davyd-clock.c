/*
 * davyd with a clock that tests can move: the whole program, linked with this clock in place of
 * server/base/clock.c. The file that DAVY_TEST_CLOCK names holds minutes to add, in decimal; it is
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

static uint64_t
offset_minutes(void)
{
	char text[24] = "";
	if (offset_fd >= 0 && pread(offset_fd, text, sizeof(text) - 1, 0) < 0)
		text[0] = 0;
	return strtoull(text, NULL, 10);
}

uint64_t
clock_minute(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec / 60 + offset_minutes();
}

uint64_t
clock_mono_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000 +
	       offset_minutes() * 60000;
}

uint64_t
clock_mono_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

#include "server/davyd.c"
