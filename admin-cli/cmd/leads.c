/* Where the name of a gateway leads (see leads.h). */
#include "admin-cli/cmd/leads.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admin-cli/cli/cli.h"

#define CONNECT_MS 5000
#define PORT_CAP   8
#define HOST_CAP   256

int
leads_asked(const struct cli *cli)
{
	return cli_opt_at(cli, "relay", 0) != NULL || cli_opt_at(cli, "behind", 0) != NULL;
}

/* An address in the one way in which it can be compared; an IPv4 address that is written as an IPv6
 * one is the IPv4 address. */
static bool
plain(char out[static INET6_ADDRSTRLEN], const char *text)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, text, &four) == 1)
		return inet_ntop(AF_INET, &four, out, INET6_ADDRSTRLEN) != NULL;
	if (inet_pton(AF_INET6, text, &six) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&six))
		return inet_ntop(AF_INET, &six.s6_addr[12], out, INET6_ADDRSTRLEN) != NULL;
	return inet_ntop(AF_INET6, &six, out, INET6_ADDRSTRLEN) != NULL;
}

static bool
named(const struct cli *cli, const char *option, const char *address)
{
	char one[INET6_ADDRSTRLEN];
	const char *text;

	for (size_t i = 0; (text = cli_opt_at(cli, option, i)) != NULL; i++)
		if (plain(one, text) && strcmp(one, address) == 0)
			return true;
	return false;
}

static int
options_ok(struct cli *cli)
{
	static const char *const both[] = { "relay", "behind" };
	char one[INET6_ADDRSTRLEN];
	const char *text;

	for (size_t o = 0; o < 2; o++)
		for (size_t i = 0; (text = cli_opt_at(cli, both[o], i)) != NULL; i++)
			if (!plain(one, text))
				return cli_fail(cli, DAVY_USAGE, "usage",
						_("--%s is an address as a number, not \"%s\"."),
						both[o], cli_s(cli, text));
	if (!cli_opt_at(cli, "relay", 0))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Name the relay as well: --relay ADDRESS."));
	return DAVY_OK;
}

static bool
host_of(const char *url, char host[static HOST_CAP], char port[static PORT_CAP])
{
	CURLU *u = curl_url();
	char *h = NULL, *p = NULL;
	bool ok = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
		  curl_url_get(u, CURLUPART_HOST, &h, 0) == CURLUE_OK &&
		  curl_url_get(u, CURLUPART_PORT, &p, CURLU_DEFAULT_PORT) == CURLUE_OK &&
		  strlen(h) < HOST_CAP && strlen(p) < PORT_CAP;

	if (ok) {
		/* an IPv6 address stands in brackets there */
		size_t n = strlen(h);
		bool six = *h == '[' && h[n - 1] == ']';
		snprintf(host, HOST_CAP, "%.*s", (int)(six ? n - 2 : n), h + six);
		snprintf(port, PORT_CAP, "%s", p);
	}
	curl_free(h);
	curl_free(p);
	curl_url_cleanup(u);
	return ok;
}

/* Every address of the name; each must be the relay's. */
static int
look_up(struct cli *cli, const char *host, const char *port, char text[static LEADS_CAP])
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM }, *all = NULL;
	char name[INET6_ADDRSTRLEN], one[INET6_ADDRSTRLEN];
	int err = DAVY_OK, e = getaddrinfo(host, port, &want, &all);

	if (e)
		return cli_fail(cli, DAVY_AGAIN, "network", _("%s is not found from here: %s"),
				cli_s(cli, host), gai_strerror(e));
	for (const struct addrinfo *a = all; a && !err; a = a->ai_next) {
		size_t used = strlen(text);
		if (getnameinfo(a->ai_addr, a->ai_addrlen, name, sizeof(name), NULL, 0,
				NI_NUMERICHOST) ||
		    !plain(one, name))
			snprintf(one, sizeof(one), "?");
		if (named(cli, "behind", one))
			err = cli_fail(
				cli, DAVY_REFUSED, "relay",
				_("%s leads to %s, which is the gateway itself: it sees from "
				  "where people come. Take that address out of the name's records."),
				cli_s(cli, host), one);
		else if (!named(cli, "relay", one))
			err = cli_fail(
				cli, DAVY_REFUSED, "relay",
				_("%s leads to %s, which is no address of the relay. Find out "
				  "whose it is and who changed the name's records."),
				cli_s(cli, host), one);
		else
			snprintf(text + used, LEADS_CAP - used, "%s%s", used ? ", " : "", one);
	}
	freeaddrinfo(all);
	return err;
}

/* Whether a connection to the address comes about from here. */
static bool
connects(const char *address, const char *port)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
	struct addrinfo *to = NULL;
	socklen_t len = sizeof(int);
	int e = -1;

	if (getaddrinfo(address, port, &want, &to))
		return false;
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		struct pollfd p = { .fd = fd, .events = POLLOUT };
		e = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ? 0 : errno;
		if (e == EINPROGRESS && (poll(&p, 1, CONNECT_MS) != 1 ||
					 getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len)))
			e = ETIMEDOUT;
		close(fd);
	}
	freeaddrinfo(to);
	return e == 0;
}

int
leads_check(struct cli *cli, const char *url, char text[static LEADS_CAP])
{
	char host[HOST_CAP], port[PORT_CAP];
	const char *behind;
	int err = options_ok(cli);

	text[0] = '\0';
	if (!err && !host_of(url, host, port))
		err = cli_fail(cli, DAVY_USAGE, "usage", _("%s has no name to look up."),
			       cli_s(cli, url));
	if (!err)
		err = look_up(cli, host, port, text);
	for (size_t i = 0; !err && (behind = cli_opt_at(cli, "behind", i)) != NULL; i++)
		if (connects(behind, port))
			err = cli_fail(cli, DAVY_REFUSED, "relay",
				       _("%s takes a connection from here, without the relay: let "
					 "its firewall admit the addresses of the relay alone."),
				       cli_s(cli, behind));
	return err;
}
