/* The members of the bodies of entries, each list ended by one without a name. entry_type.c says
 * which type has which. */
#ifndef ENTRY_FIELD_H
#define ENTRY_FIELD_H

#include "admin-cli/rules/entry_type.h"

extern const struct entry_field tip_fields[], talk_fields[], reply_fields[], empty_fields[],
	claim_fields[], text_fields[], traced_note_fields[], triage_fields[], correction_fields[],
	link_fields[], restrict_fields[], reseal_fields[], file_keys_fields[], rota_fields[],
	hold_fields[], abstract_fields[], need_fields[], referral_fields[], campaign_fields[],
	book_move_fields[], forward_fields[], split_fields[], propose_fields[], cosign_fields[],
	order_fields[], layer_fields[], half_fields[], code_fields[], approve_fields[],
	arm_fields[], release_fields[], take_fields[], depart_fields[], arrive_fields[],
	findings_fields[], stop_fields[], finding_fields[], decision_fields[], rectify_fields[],
	claim_fixed_fields[], reinspect_fields[], strike_off_fields[], supervise_fields[],
	look_back_fields[], sister_fields[], anomaly_fields[], warn_fields[], plan_fields[],
	plan_share_fields[], plan_reveal_fields[], plan_result_fields[], photo_fields[],
	collect_fields[], award_fields[], batch_fields[], claimed_fields[], paid_fields[],
	soft_look_fields[];

#endif
