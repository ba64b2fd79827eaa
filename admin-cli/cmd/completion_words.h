/* What could stand at the end of a command line. */
#ifndef COMPLETION_WORDS_H
#define COMPLETION_WORDS_H

struct cli;

/* Prints a line for each word that could end the line of these words, the last of which is being
 * typed: the word, a tab, what it means. "@file" and "@dir": a file or a folder. Without davy
 * unlock it says nothing of what is in the workspace, and it asks for nothing. */
int completion_words(struct cli *cli, int argc, char *const *argv);

#endif
