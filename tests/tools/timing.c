/*
 * Sends frames one after another over one connection and measures each answer.
 *
 *   timing 127.0.0.1:PORT FRAMES ANSWERS
 *
 * FRAMES holds whole frames, 16,384 bytes each; ANSWERS becomes the answers, as many. Printed are
 * microseconds from the first byte written to the last byte read, a line an exchange. What happens
 * between two exchanges does not depend on the frame.
 */
#include "crypto/frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define HEAD_CAP 4096

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "timing: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double
now_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int
connect_to(const char *where)
{
	const char *colon = strrchr(where, ':');
	struct sockaddr_in in = { .sin_family = AF_INET };
	char host[32];
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || !colon)
		die(where);
	snprintf(host, sizeof(host), "%.*s", (int)(colon - where), where);
	in.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, host, &in.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&in, sizeof(in)))
		die(where);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static void
send_all(int fd, const char *head, size_t head_len, const uint8_t *frame)
{
	uint8_t bytes[512 + FRAME_LEN];
	memcpy(bytes, head, head_len);
	memcpy(bytes + head_len, frame, FRAME_LEN);
	for (size_t at = 0; at < head_len + FRAME_LEN;) {
		ssize_t n = send(fd, bytes + at, head_len + FRAME_LEN - at, MSG_NOSIGNAL);
		if (n <= 0)
			die("send");
		at += (size_t)n;
	}
}

static void
receive(int fd, uint8_t answer[static FRAME_LEN])
{
	uint8_t bytes[HEAD_CAP + FRAME_LEN];
	size_t got = 0, want = 0;
	while (!want || got < want) {
		ssize_t n = recv(fd, bytes + got, sizeof(bytes) - got, 0);
		if (n <= 0)
			die("receive");
		got += (size_t)n;
		const uint8_t *end = want ? NULL : memmem(bytes, got, "\r\n\r\n", 4);
		if (end)
			want = (size_t)(end - bytes) + 4 + FRAME_LEN;
	}
	if (memcmp(bytes, "HTTP/1.1 200", 12))
		die("an answer that is not 200");
	memcpy(answer, bytes + want - FRAME_LEN, FRAME_LEN);
}

int
main(int argc, char **argv)
{
	char head[256];
	uint8_t answer[FRAME_LEN];
	struct stat st;
	int in = argc == 4 ? open(argv[2], O_RDONLY | O_CLOEXEC) : -1;
	int out = argc == 4 ? open(argv[3], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	if (in < 0 || out < 0 || fstat(in, &st) || st.st_size % FRAME_LEN) {
		fprintf(stderr, "usage: timing 127.0.0.1:PORT FRAMES ANSWERS\n");
		return 2;
	}
	size_t cnt = (size_t)st.st_size / FRAME_LEN;
	const uint8_t *frames = mmap(NULL, (size_t)st.st_size, PROT_READ,
				     MAP_PRIVATE | MAP_POPULATE, in, 0);
	if (frames == MAP_FAILED)
		die(argv[2]);
	int head_len = snprintf(head, sizeof(head),
				"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n",
				FRAME_LEN);
	int fd = connect_to(argv[1]);
	double *took = calloc(cnt, sizeof(*took));
	for (size_t i = 0; took && i < cnt; i++) {
		double at = now_us();
		send_all(fd, head, (size_t)head_len, frames + i * FRAME_LEN);
		receive(fd, answer);
		took[i] = now_us() - at;
		if (write(out, answer, FRAME_LEN) != FRAME_LEN)
			die(argv[3]);
	}
	for (size_t i = 0; took && i < cnt; i++)
		printf("%.1f\n", took[i]);
	free(took);
	return took ? 0 : 1;
}
