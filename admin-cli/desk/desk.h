/* The engine as a whole: what a session opened in the rooms desk, net and home is closed at one
 * place. */
#ifndef DESK_H
#define DESK_H

struct session;

/* Closes, frees and wipes all that the session opened; then session_end(). */
void desk_close(struct session *ses);

#endif
