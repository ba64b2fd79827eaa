/* The members of the bodies of entries, each list ended by one without a name. entry_type.c says
 * which type has which. */
#ifndef ENTRY_FIELD_H
#define ENTRY_FIELD_H

#include "admin-cli/rules/entry_type.h"

extern const struct entry_field tip_fields[], talk_fields[], reply_fields[], empty_fields[],
	claim_fields[], text_fields[], triage_fields[], correction_fields[], link_fields[],
	restrict_fields[], rota_fields[], hold_fields[], abstract_fields[], referral_fields[],
	campaign_fields[], book_move_fields[], forward_fields[], split_fields[], propose_fields[],
	cosign_fields[], schedule_fields[];

#endif
