/*
 * The page of a deployment as files: FILE of --output, FILE.gz, and FILE.br where brotli is
 * installed, each the same at every build of the same page. The gzip is zopfli's where that is
 * installed.
 */
#ifndef SITE_WRITE_H
#define SITE_WRITE_H

struct cli;

/* Writes them, and says the page's SHA-256, its words and its sizes. */
int site_write(struct cli *cli, const char *page) __attribute__((warn_unused_result));

#endif
