/*
 * The subcommands of davyd, for the table in davyd.c. Each returns the exit code: 0 done, 1
 * refused, 2 wrong usage; `status` also 3 where the operator has something to do.
 */
#ifndef SERVER_CTL_COMMANDS_H
#define SERVER_CTL_COMMANDS_H

/* argv[0] is the subcommand's name. */
int init_main(int argc, char **argv);
int setup_main(int argc, char **argv);
int ctl_status(int argc, char **argv);
int ctl_purge(int argc, char **argv);
int run_main(int argc, char **argv);
int run_check(int argc, char **argv);
int log_key_main(int argc, char **argv);
int veil_main(int argc, char **argv);
int clock_main(int argc, char **argv);
int backup_main(int argc, char **argv);
int restore_main(int argc, char **argv);
int drill_main(int argc, char **argv);
int copy_main(int argc, char **argv);

#endif
