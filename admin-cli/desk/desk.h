/*
 * The engine as a whole: closing what a session has opened in the rooms desk, net and home.
 *
 * The room desk holds what a member can do with cases: trust (roster and members), sync, opening,
 * writing. It prints nothing and reads no command-line option; it speaks to the person only through
 * the session's face. Its functions return 0, or a positive enum davy_exit whose sentence has been
 * recorded (session.h), where a header does not say otherwise.
 */
#ifndef DESK_H
#define DESK_H

struct session;

/* Closes, wipes and frees all that the session has opened, and calls session_end(). */
void desk_close(struct session *ses);

#endif
