/* Linked into davy-paper where a sanitizer looks for leaks: what the libraries keep until their
 * process ends, for their next use, as fonts that were found. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\nleak:libcairo\nleak:libpango\n";
}
