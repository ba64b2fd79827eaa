/* Addresses and names of files as davyd.conf(5) and the command line of davylamp-veil have them. */
#include "server/base/conf.h"

#include "crypto/err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

int
conf_path(char dst[static PATH_MAX], const char *dir, const char *name)
{
	int n = name[0] == '/' || !name[0] ? snprintf(dst, PATH_MAX, "%s", name)
					   : snprintf(dst, PATH_MAX, "%s/%s", dir, name);
	return n < 0 || n >= PATH_MAX ? ERR_RANGE : 0;
}

static int
listen_unix(struct conf_listen *out, const char *name, const char *dir)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&out->addr;
	char path[PATH_MAX];
	if (!name[0] || conf_path(path, dir, name) || strlen(path) >= sizeof(un->sun_path))
		return ERR_FORMAT;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, strlen(path) + 1);
	out->addr_len = sizeof(*un);
	out->local = true;
	return 0;
}

int
conf_listen_parse(struct conf_listen *out, const char *text, const char *dir)
{
	memset(out, 0, sizeof(*out));
	if (snprintf(out->text, sizeof(out->text), "%s", text) >= (int)sizeof(out->text))
		return ERR_FORMAT;
	if (!strncmp(text, "https:", 6)) {
		out->tls = true;
		text += 6;
	}
	if (!strncmp(text, "unix:", 5))
		return listen_unix(out, text + 5, dir);
	char host[64];
	const char *colon = strrchr(text, ':');
	if (!colon || colon == text || (size_t)(colon - text) >= sizeof(host))
		return ERR_FORMAT;
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = 0;
	char *end;
	errno = 0;
	unsigned long port = strtoul(colon + 1, &end, 10);
	if (errno || *end || end == colon + 1 || port > 65535)
		return ERR_FORMAT;
	struct sockaddr_in *in4 = (struct sockaddr_in *)&out->addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&out->addr;
	size_t len = strlen(host);
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = 0;
		if (inet_pton(AF_INET6, host + 1, &in6->sin6_addr) != 1)
			return ERR_FORMAT;
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		out->addr_len = sizeof(*in6);
		out->local = IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
		return 0;
	}
	if (inet_pton(AF_INET, host, &in4->sin_addr) != 1)
		return ERR_FORMAT;
	in4->sin_family = AF_INET;
	in4->sin_port = htons((uint16_t)port);
	out->addr_len = sizeof(*in4);
	out->local = ntohl(in4->sin_addr.s_addr) >> 24 == 127;
	return 0;
}
