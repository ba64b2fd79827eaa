/* The program's subcommands. Exit codes: 0 done, 1 refused, 2 usage; status: also 3, it needs a
 * hand. */
#ifndef SERVER_DAVYD_H
#define SERVER_DAVYD_H

/* argv[0] is the subcommand's name. */
int init_main(int argc, char **argv);
int ctl_status(int argc, char **argv);
int ctl_purge(int argc, char **argv);
int run_main(int argc, char **argv);
int run_check(int argc, char **argv);
int backup_main(int argc, char **argv);
int restore_main(int argc, char **argv);

#endif
