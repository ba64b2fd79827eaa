/* Writes the page of a deployment (see site_write.h). */
#include "admin-cli/cmd/site_write.h"

#include <limits.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/site_words.h"
#include "crypto/key.h"

/* What an edition with a voice note, or through a veil, may have, packed. */
#define EDITION_MAX 65536

extern char **environ;

static int
write_gz(struct cli *cli, const char *path, const char *page)
{
	size_t len = strlen(page), cap = compressBound(len) + 64;
	uint8_t *out = malloc(cap);
	z_stream z = { 0 };
	/* 16: a gzip header, which zlib leaves without name and time */
	int err = out && deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK
			  ? DAVY_OK
			  : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err) {
		z.next_in = (Bytef *)(uintptr_t)page;
		z.avail_in = (uInt)len;
		z.next_out = out;
		z.avail_out = (uInt)cap;
		bool ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
		size_t n = z.total_out;
		deflateEnd(&z);
		err = ok ? file_write(cli->ses, path, 0644, out, n)
			 : cli_fail(cli, DAVY_REFUSED, "internal",
				    _("The page cannot be compressed."));
	}
	free(out);
	return err;
}

/* Runs a program, where it is installed, that writes this file. */
static bool
made_by(char *const argv[], const char *out)
{
	pid_t pid;
	int status;

	(void)unlink(out);
	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
		return false;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
	       chmod(out, 0644) == 0;
}

static bool
write_br(const char *html, const char *br)
{
	char *const argv[] = { (char[]){ "brotli" }, (char[]){ "-f" },        (char[]){ "-q" },
			       (char[]){ "11" },     (char[]){ "-o" },        (char *)(uintptr_t)br,
			       (char[]){ "--" },     (char *)(uintptr_t)html, NULL };

	return made_by(argv, br);
}

/* zopfli writes beside its file, and knows no "--". */
static bool
write_zopfli(const char *html, const char *gz)
{
	char path[PATH_MAX];
	char *const argv[] = { (char[]){ "zopfli" }, path, NULL };

	snprintf(path, sizeof(path), "%s%s", *html == '/' ? "" : "./", html);
	return made_by(argv, gz);
}

int
site_write(struct cli *cli, const char *page)
{
	const char *path = cli_opt(cli, "output");
	char gz[PATH_MAX], br[PATH_MAX], hex[65], zh[SITE_WORDS_CAP], en[SITE_WORDS_CAP];
	uint8_t hash[32];
	struct stat st = { 0 }, sz = { 0 }, sb = { 0 };

	snprintf(gz, sizeof(gz), "%s.gz", path);
	snprintf(br, sizeof(br), "%s.br", path);
	int err = file_write(cli->ses, path, 0644, page, strlen(page));
	if (!err && !write_zopfli(path, gz))
		err = write_gz(cli, gz, page);
	if (err)
		return err;
	bool brotli = write_br(path, br);
	key_sha256(hash, page, strlen(page));
	term_hex(hex, hash, sizeof(hash));
	site_words(zh, hash, true);
	site_words(en, hash, false);
	(void)stat(path, &st);
	(void)stat(gz, &sz);
	if (brotli)
		(void)stat(br, &sb);
	cli_printf(cli, "SHA-256 %s\n%s\n%s\n", hex, zh, en);
	cli_printf(cli, _("%s: %lld bytes, %lld with gzip"), cli_s(cli, path),
		   (long long)st.st_size, (long long)sz.st_size);
	if (brotli)
		cli_printf(cli, _(", %lld with brotli"), (long long)sb.st_size);
	cli_printf(cli, "\n");
	bool voice = cli_flag(cli, "voice"), veil = cli_opt(cli, "veil") != NULL;
	if (voice || veil)
		cli_printf(cli,
			   voice ? _("With a voice note a page may have %d bytes with gzip.\n")
				 : _("Through a veil a page may have %d bytes with gzip.\n"),
			   EDITION_MAX);
	if ((voice || veil) && sz.st_size > EDITION_MAX)
		cli_warn(cli,
			 _("This page has more: a phone on a slow line waits too long for it."));
	cli_data(cli, json_pack("{s:s, s:s, s:[s,s], s:I, s:I, s:I}", "file", path, "sha256", hex,
				"words", zh, en, "bytes", (json_int_t)st.st_size, "gzip",
				(json_int_t)sz.st_size, "brotli", (json_int_t)sb.st_size));
	return DAVY_OK;
}
