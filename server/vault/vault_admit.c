/*
 * To whom of its own desk a case is shown (auth_admits has the rule), and what follows when too few
 * are left: the case opens to the desk above by itself, so that nobody buries it by hiding it.
 */
#include "server/vault/vault.h"

#include <sodium.h>

#define LEAST 2 /* one alone could bury a case */

/* Who is on duty at its desk, where that decides to whom the case is shown; else nobody is read. */
static int
duty_for(struct vault *v, const struct store_log *log, struct auth_duty *duty)
{
	duty->cnt = 0;
	return log->guarded && !log->limited ? vault_rota_today(v, log->desk, duty) : 0;
}

int
vault_admit(struct vault *v, const struct store_log *log, const struct roster_member *m,
	    bool *shown)
{
	struct auth_duty duty;
	*shown = true;
	if (m->desk != log->desk)
		return 0;
	int err = duty_for(v, log, &duty);
	if (!err)
		*shown = auth_admits(log, &duty, m->handle);
	return err;
}

/*
 * Whether the case is shown to enough of its desk, and the list of two leaves a lead who could lift
 * it. A lead who takes himself off does that by his own will. A desk without a lead needs none.
 */
static bool
is_enough(const struct vault *v, const struct store_log *log, const struct auth_duty *duty)
{
	unsigned cnt = 0, leads = 0, hidden = 0;
	for (size_t i = 0; i < v->members->cnt; i++) {
		const struct roster_member *m = &v->members->member[i];
		if (m->desk != log->desk || !(m->roles & AUTH_CASEWORK))
			continue;
		bool lead = m->roles & ROSTER_LEAD;
		cnt += auth_admits(log, duty, m->handle);
		leads += lead;
		hidden += lead && log->limited &&
			  auth_named(log->hidden, FRAME_HIDDEN_CNT, m->handle);
	}
	return cnt >= LEAST && (!leads || hidden < leads);
}

int
vault_admit_enough(struct vault *v, const struct store_log *log, bool *enough)
{
	struct auth_duty duty;
	int err = duty_for(v, log, &duty);
	*enough = !err && is_enough(v, log, &duty);
	return err;
}

int
vault_admit_up(struct vault *v, struct store_log *log)
{
	bool enough, recused = !sodium_is_zero(log->recused[0], sizeof(log->recused));
	if (log->above || !v->members || (!log->limited && !recused))
		return 0;
	int err = vault_admit_enough(v, log, &enough);
	if (err || enough)
		return err;
	log->above = true;
	log->term_day = 0;
	return 0;
}

/* The newest come last; the oldest gives way. */
void
vault_admit_seen(struct store_log *log, const uint8_t handle[static KEY_HANDLE_LEN])
{
	size_t cnt = 0;
	if (!log->guarded || log->limited || auth_named(log->seen, STORE_NAMES, handle))
		return;
	while (cnt < STORE_NAMES && !sodium_is_zero(log->seen[cnt], KEY_HANDLE_LEN))
		cnt++;
	if (cnt == STORE_NAMES)
		vault_admit_drop(log->seen, log->seen[0]);
	memcpy(log->seen[cnt < STORE_NAMES ? cnt : STORE_NAMES - 1], handle, KEY_HANDLE_LEN);
}

void
vault_admit_drop(uint8_t (*list)[KEY_HANDLE_LEN], const uint8_t handle[static KEY_HANDLE_LEN])
{
	uint8_t gone[KEY_HANDLE_LEN];
	size_t kept = 0;
	memcpy(gone, handle, sizeof(gone));
	for (size_t i = 0; i < STORE_NAMES; i++)
		if (memcmp(list[i], gone, sizeof(gone)))
			memmove(list[kept++], list[i], sizeof(gone));
	while (kept < STORE_NAMES)
		memset(list[kept++], 0, sizeof(gone));
}
