/*
 * Runs a command and writes what the kernel says that it used: memory at its peak, processor time,
 * time, and how many bytes it handed to write(2) and its like: what it sends is not among them. The
 * process that waits is small, so that its own memory, which a child has until it executes the
 * command, is not what is reported.
 *
 *   spent OUT COMMAND ARG…      OUT: one line of JSON; the exit status is the command's
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* From /proc, which has it until the process is waited for. */
static long long
bytes_written(pid_t pid)
{
	char path[32], line[64];
	long long bytes = -1;
	siginfo_t info;

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT))
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/io", pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "wchar: %lld", &bytes) == 1)
			break;
	if (f)
		fclose(f);
	return bytes;
}

int
main(int argc, char **argv)
{
	struct timespec from, to;
	struct rusage ru;
	int status;

	if (argc < 3)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &from);
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	long long wrote = pid < 0 ? -1 : bytes_written(pid);
	if (pid < 0 || wait4(pid, &status, 0, &ru) != pid)
		return 125;
	clock_gettime(CLOCK_MONOTONIC, &to);
	FILE *f = fopen(argv[1], "w");
	if (!f)
		return 125;
	fprintf(f, "{\"mib\":%.2f,\"cpu\":%.4f,\"seconds\":%.4f,\"wrote\":%lld}\n",
		(double)ru.ru_maxrss / 1024, seconds(ru.ru_utime) + seconds(ru.ru_stime),
		(double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9,
		wrote);
	return fclose(f) != 0 ? 125 : WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
