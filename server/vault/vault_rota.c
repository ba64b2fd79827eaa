/*
 * The rota: who is on duty at a desk on which day (op 0x55, FORMATS.md section 4). Two of the desk
 * set it, one of them its lead, or a lead of the desk above. While one stands, a tip that comes in
 * is shown at its desk to those on duty only, until two have said from whom it is hidden; see
 * auth_admits.
 *
 * The store keeps one value of fixed length for each desk that has ever set one: days ahead, and
 * first frames that wait for a second person. Days that are past are erased. The same persons end
 * it for some days by naming nobody. A desk whose rota they ended, or that has had none for
 * GAP_DAYS, is one that works without, and nobody is warned of it any more.
 */
#include "server/vault/vault.h"

#include "crypto/buf.h"
#include "crypto/err.h"

#include <sodium.h>
#include <stdio.h>

#define DAYS_AHEAD 64 /* a day has its place by its number; two rotas of 31 days fit */
#define GAP_DAYS   31
#define FIRSTS     64
#define FIRSTS_OWN 16 /* of one member: he takes no room from others */

struct rota {
	struct day {
		uint32_t day; /* 0: none */
		uint8_t handle[FRAME_DUTY_MAX][KEY_HANDLE_LEN];
	} day[DAYS_AHEAD];
	/* The oldest first, the rest is zero. */
	struct first {
		struct store_first by;
		uint32_t from, days;
	} first[FIRSTS];
	uint32_t last; /* the last day for which a rota was set and not ended; 0: none */
};
#define DAY_LEN   (4 + FRAME_DUTY_MAX * KEY_HANDLE_LEN)
#define FIRST_LEN (sizeof(struct store_first) + 8)
#define ROTA_LEN  (4 + DAYS_AHEAD * DAY_LEN + FIRSTS * FIRST_LEN)

static void
rota_name(char dst[static 16], uint16_t desk)
{
	snprintf(dst, 16, "rota-%u", desk);
}

static int
rota_get(struct vault *v, struct rota *r, uint16_t desk)
{
	uint8_t kept[ROTA_LEN];
	char name[16];
	size_t len;
	struct buf b;
	memset(r, 0, sizeof(*r));
	rota_name(name, desk);
	int err = store_meta_get(v->store, name, kept, sizeof(kept), &len);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	buf_init(&b, kept, len);
	r->last = buf_u32(&b);
	for (size_t i = 0; i < DAYS_AHEAD; i++) {
		r->day[i].day = buf_u32(&b);
		buf_bytes(&b, r->day[i].handle, sizeof(r->day[i].handle), sizeof(r->day[i].handle));
	}
	for (size_t i = 0; i < FIRSTS; i++) {
		buf_bytes(&b, &r->first[i].by, sizeof(r->first[i].by), sizeof(r->first[i].by));
		r->first[i].from = buf_u32(&b);
		r->first[i].days = buf_u32(&b);
	}
	return buf_end(&b) ? ERR_IO : 0;
}

static int
rota_set(struct vault *v, const struct rota *r, uint16_t desk)
{
	uint8_t kept[ROTA_LEN];
	char name[16];
	struct bufw w;
	bufw_init(&w, kept, sizeof(kept));
	bufw_u32(&w, r->last);
	for (size_t i = 0; i < DAYS_AHEAD; i++) {
		bufw_u32(&w, r->day[i].day);
		bufw_bytes(&w, r->day[i].handle, sizeof(r->day[i].handle));
	}
	for (size_t i = 0; i < FIRSTS; i++) {
		bufw_bytes(&w, &r->first[i].by, sizeof(r->first[i].by));
		bufw_u32(&w, r->first[i].from);
		bufw_u32(&w, r->first[i].days);
	}
	rota_name(name, desk);
	return bufw_end(&w) ? ERR_INTERNAL : store_meta_set(v->store, name, kept, sizeof(kept));
}

/* Those of a list who can be on duty at that desk. */
static void
on_duty(const struct vault *v, uint16_t desk, const uint8_t (*list)[KEY_HANDLE_LEN],
	struct auth_duty *out)
{
	out->cnt = 0;
	for (size_t i = 0; i < FRAME_DUTY_MAX; i++) {
		const struct roster_member *m = roster_member_by_handle(v->members, list[i]);
		if (m && m->desk == desk && (m->roles & AUTH_CASEWORK))
			memcpy(out->handle[out->cnt++], list[i], KEY_HANDLE_LEN);
	}
}

/* One alone could let a tip lie: then it is as if no rota stood. */
static void
duty_of(const struct vault *v, const struct rota *r, uint16_t desk, uint32_t day,
	struct auth_duty *out)
{
	const struct day *d = &r->day[day % DAYS_AHEAD];
	out->cnt = 0;
	if (d->day != day || !v->members)
		return;
	on_duty(v, desk, d->handle, out);
	if (out->cnt < FRAME_DUTY_MIN)
		out->cnt = 0;
}

int
vault_rota_today(struct vault *v, uint16_t desk, struct auth_duty *out)
{
	struct rota r;
	out->cnt = 0;
	int err = rota_get(v, &r, desk);
	if (!err)
		duty_of(v, &r, desk, vault_day(v), out);
	return err;
}

/* ---- setting it ---- */

static void
first_drop(struct rota *r, size_t at)
{
	memmove(&r->first[at], &r->first[at + 1], (FIRSTS - at - 1) * sizeof(r->first[0]));
	memset(&r->first[FIRSTS - 1], 0, sizeof(r->first[0]));
}

/* First frames for any of these days are void: an older rota does not come back by a second frame.
 */
static void
firsts_void(struct rota *r, uint32_t from, uint32_t days)
{
	for (size_t i = FIRSTS; i-- > 0;)
		if (r->first[i].from < from + days && from < r->first[i].from + r->first[i].days)
			first_drop(r, i);
}

/* Keeps a first frame; where its sender has many, or all places are taken, the oldest gives way. */
static void
first_keep(struct rota *r, const struct first *own)
{
	size_t cnt = 0, his = 0, oldest = 0;
	for (; cnt < FIRSTS && r->first[cnt].days; cnt++)
		if (!memcmp(r->first[cnt].by.handle, own->by.handle, KEY_HANDLE_LEN) && !his++)
			oldest = cnt;
	if (his == FIRSTS_OWN || cnt == FIRSTS) {
		first_drop(r, his == FIRSTS_OWN ? oldest : 0);
		cnt--;
	}
	r->first[cnt] = *own;
}

/* Puts these on duty, nobody where the list is empty. */
static void
days_set(struct rota *r, const struct first *own, const uint8_t (*list)[KEY_HANDLE_LEN])
{
	bool none = sodium_is_zero(list[0], KEY_HANDLE_LEN);
	firsts_void(r, own->from, own->days);
	for (uint32_t d = own->from; d < own->from + own->days; d++) {
		struct day *at = &r->day[d % DAYS_AHEAD];
		at->day = none ? 0 : d;
		memcpy(at->handle, list, sizeof(at->handle));
	}
	for (size_t i = r->last = 0; i < DAYS_AHEAD; i++)
		r->last = r->day[i].day > r->last ? r->day[i].day : r->last;
}

/* Whether another member of the desk has named the same, and one of the two is its lead. */
static bool
named_by_two(const struct vault_call *c, const struct rota *r, const struct first *own)
{
	for (size_t i = 0; i < FIRSTS && r->first[i].days; i++) {
		const struct store_first *by = &r->first[i].by;
		const struct roster_member *m = roster_member_by_handle(c->v->members, by->handle);
		if (m && m != c->member && m->desk == c->member->desk &&
		    (m->roles & AUTH_CASEWORK) && ((m->roles | c->member->roles) & ROSTER_LEAD) &&
		    !memcmp(by->what, own->by.what, sizeof(by->what)))
			return true;
	}
	return false;
}

/* The days ahead that a request names, and only members who can be on duty. */
static bool
request_ok(const struct vault_call *c, uint16_t desk, const struct first *own,
	   uint8_t (*list)[KEY_HANDLE_LEN])
{
	struct auth_duty duty;
	unsigned named = 0;
	uint32_t today = vault_day(c->v);
	memcpy(list, c->req.routing.proof, FRAME_DUTY_MAX * KEY_HANDLE_LEN);
	while (named < FRAME_DUTY_MAX && !sodium_is_zero(list[named], KEY_HANDLE_LEN))
		named++;
	on_duty(c->v, desk, (const uint8_t(*)[KEY_HANDLE_LEN])list, &duty);
	return own->from >= today && own->from - today + own->days < DAYS_AHEAD &&
	       duty.cnt == named;
}

static void
own_frame(const struct vault_call *c, struct first *own)
{
	const struct frame_routing *q = &c->req.routing;
	crypto_generichash_state st;
	uint8_t days[8];
	*own = (struct first){ .from = q->hour / 24, .days = q->parts };
	memcpy(own->by.handle, c->member->handle, KEY_HANDLE_LEN);
	ipc_set32(days, own->from);
	ipc_set32(days + 4, own->days);
	crypto_generichash_init(&st, NULL, 0, sizeof(own->by.what));
	crypto_generichash_update(&st, days, sizeof(days));
	crypto_generichash_update(&st, q->proof, sizeof(q->proof));
	crypto_generichash_final(&st, own->by.what, sizeof(own->by.what));
}

/* Finds the book; *over: the member belongs to the desk above. */
static int
find_book(struct vault_call *c, struct store_log *log, bool *over)
{
	int status = vault_write_find(c, log, FRAME_DESK);
	*over = status == FRAME_NOT_FOUND;
	return *over ? vault_write_find(c, log, AUTH_OVER) : status;
}

/* Whether these, or nobody where the list is empty, are on duty on all of the days. */
static bool
in_force(const struct rota *r, const struct first *own, const uint8_t (*list)[KEY_HANDLE_LEN])
{
	bool none = sodium_is_zero(list[0], KEY_HANDLE_LEN);
	for (uint32_t d = own->from; d < own->from + own->days; d++) {
		const struct day *at = &r->day[d % DAYS_AHEAD];
		if (none ? at->day == d
			 : at->day != d || memcmp(at->handle, list, sizeof(at->handle)) != 0)
			return false;
	}
	return true;
}

int
vault_desk_rota(struct vault_call *c)
{
	struct store_log log;
	struct store_entry e = { .thread = FRAME_DESK };
	struct first own;
	struct rota r;
	uint8_t list[FRAME_DUTY_MAX][KEY_HANDLE_LEN];
	bool over, again = false, done;
	int status = find_book(c, &log, &over);
	if (status == FRAME_OK)
		status = vault_write_place(c, &log, &e, &again);
	if (status != FRAME_OK)
		return status;
	int err = rota_get(c->v, &r, log.desk);
	if (err)
		return err;
	own_frame(c, &own);
	bool good = request_ok(c, log.desk, &own, list);
	/* Its first answer may be lost: whoever repeats it is told whether it was done. */
	if (again) {
		c->out.flags = in_force(&r, &own, (const uint8_t(*)[KEY_HANDLE_LEN])list);
		return FRAME_OK;
	}
	if (!good)
		return FRAME_BAD;
	done = auth_persons(FRAME_ROTA, over ? AUTH_OVER : 0) < 2 || named_by_two(c, &r, &own);
	if (done)
		days_set(&r, &own, (const uint8_t(*)[KEY_HANDLE_LEN])list);
	else
		first_keep(&r, &own);
	status = vault_write_add(c, &log, &e);
	if (status != FRAME_OK)
		return status;
	c->out.flags = done;
	err = rota_set(c->v, &r, log.desk);
	return err ? err : FRAME_OK;
}

/* ---- day by day ---- */

/* By the earlier day where the clock is suspect: one that was far ahead ends nothing. */
int
vault_rota_day(struct vault *v)
{
	struct rota r, was;
	uint32_t today = vault_day_early(v);
	int err = 0;
	for (size_t i = 0; !err && v->roster && i < v->roster->desk_cnt; i++) {
		err = rota_get(v, &r, v->roster->desk[i].number);
		if (err)
			continue;
		was = r;
		for (size_t k = 0; k < DAYS_AHEAD; k++)
			if (r.day[k].day < today)
				memset(&r.day[k], 0, sizeof(r.day[k]));
		for (size_t k = FIRSTS; k-- > 0;)
			if (r.first[k].days && r.first[k].from + r.first[k].days <= today)
				first_drop(&r, k);
		if (r.last && today > r.last + GAP_DAYS)
			r.last = 0;
		if (memcmp(&r, &was, sizeof(r)))
			err = rota_set(v, &r, v->roster->desk[i].number);
	}
	return err;
}

static void
gap(struct vault_rota_gap *g, const struct auth_duty *duty, uint16_t desk)
{
	if (!duty->cnt && !g->cnt++)
		g->desk = desk;
}

int
vault_rota_gaps(struct vault *v, struct vault_rota_gap *today, struct vault_rota_gap *tomorrow)
{
	struct auth_duty duty;
	struct rota r;
	int err = 0;
	*today = *tomorrow = (struct vault_rota_gap){ .cnt = 0 };
	for (size_t i = 0; !err && v->roster && i < v->roster->desk_cnt; i++) {
		uint16_t desk = v->roster->desk[i].number;
		err = rota_get(v, &r, desk);
		if (err || !r.last)
			continue;
		duty_of(v, &r, desk, vault_day(v), &duty);
		gap(today, &duty, desk);
		duty_of(v, &r, desk, vault_day(v) + 1, &duty);
		gap(tomorrow, &duty, desk);
	}
	return err;
}
