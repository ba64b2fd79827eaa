/*
 * The only place where the time of day is read. A test program that must move time links its own
 * clock.c in place of this one (tests/tools/davyd-clock.c); davyd has no such switch.
 */
#ifndef SERVER_CLOCK_H
#define SERVER_CLOCK_H

#include <stdint.h>

#define CLOCK_HOUR(minute) ((uint32_t)((minute) / 60))
#define CLOCK_DAY(minute)  ((uint32_t)((minute) / 1440))

/* Called once before the clock is read, in the parent before it forks. */
void clock_init(void);
/* A descriptor that children must keep for the clock, or -1. */
int clock_fd(void);
/* Minutes since 1970, UTC, by the machine's clock. */
uint64_t clock_minute(void);
/* Milliseconds of a clock that only goes forward, also while the machine sleeps. */
uint64_t clock_mono_ms(void);
/* Microseconds of a clock that only goes forward, for short spans. */
uint64_t clock_mono_us(void);

#endif
