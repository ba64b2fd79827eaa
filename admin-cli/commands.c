/*
 * The command table: one line a command, in the order of the help screen. X(case_show) stands for
 * `const struct command cmd_case_show` in case_show.c.
 */
#include "admin-cli/cli/cli.h"

#define COMMANDS(X)                                                                                \
	X(tip_send)                                                                                \
	X(tip_check)                                                                               \
	X(tip_say)                                                                                 \
	X(tip_take)                                                                                \
	X(frame_carry)                                                                             \
	X(status)                                                                                  \
	X(watch)                                                                                   \
	X(handover)                                                                                \
	X(ui)                                                                                      \
	X(inbox)                                                                                   \
	X(triage)                                                                                  \
	X(case_list)                                                                               \
	X(case_claim)                                                                              \
	X(case_next)                                                                               \
	X(case_overdue)                                                                            \
	X(case_digest)                                                                             \
	X(case_show)                                                                               \
	X(case_like)                                                                               \
	X(case_ack)                                                                                \
	X(case_readers)                                                                            \
	X(case_recuse)                                                                             \
	X(case_vouch)                                                                              \
	X(case_reply)                                                                              \
	X(case_junk)                                                                               \
	X(case_note)                                                                               \
	X(case_triage)                                                                             \
	X(case_correct)                                                                            \
	X(case_merge)                                                                              \
	X(case_link)                                                                               \
	X(case_split)                                                                              \
	X(case_abstract)                                                                           \
	X(case_trace)                                                                              \
	X(case_forward)                                                                            \
	X(case_propose)                                                                            \
	X(case_cosign)                                                                             \
	X(case_extend)                                                                             \
	X(case_close)                                                                              \
	X(case_above)                                                                              \
	X(case_object)                                                                             \
	X(case_attach)                                                                             \
	X(case_view)                                                                               \
	X(case_hold)                                                                               \
	X(case_export)                                                                             \
	X(case_history)                                                                            \
	X(stats)                                                                                   \
	X(outbox_list)                                                                             \
	X(outbox_drop)                                                                             \
	X(order_list)                                                                              \
	X(order_show)                                                                              \
	X(order_schedule)                                                                          \
	X(order_note)                                                                              \
	X(plan_sites_import)                                                                       \
	X(plan_sites_list)                                                                         \
	X(plan_sites_show)                                                                         \
	X(plan_draw)                                                                               \
	X(plan_commit)                                                                             \
	X(plan_reveal)                                                                             \
	X(plan_result)                                                                             \
	X(plan_verify)                                                                             \
	X(plan_blind_spots)                                                                        \
	X(plan_deter)                                                                              \
	X(referral_new)                                                                            \
	X(referral_list)                                                                           \
	X(referral_packet)                                                                         \
	X(referral_accident)                                                                       \
	X(referral_show)                                                                           \
	X(referral_note)                                                                           \
	X(referral_approve)                                                                        \
	X(referral_refuse)                                                                         \
	X(referral_hand_over)                                                                      \
	X(referral_receipt)                                                                        \
	X(referral_again)                                                                          \
	X(referral_outcome)                                                                        \
	X(campaign_new)                                                                            \
	X(campaign_list)                                                                           \
	X(campaign_show)                                                                           \
	X(campaign_approve)                                                                        \
	X(campaign_withdraw)                                                                       \
	X(conflict_add)                                                                            \
	X(conflict_list)                                                                           \
	X(conflict_remove)                                                                         \
	X(rota_set)                                                                                \
	X(rota_confirm)                                                                            \
	X(rota_show)                                                                               \
	X(rota_swap)                                                                               \
	X(gateway_connect)                                                                         \
	X(gateway_list)                                                                            \
	X(gateway_status)                                                                          \
	X(gateway_purge)                                                                           \
	X(gateway_sync)                                                                            \
	X(sync)                                                                                    \
	X(key_new)                                                                                 \
	X(key_show)                                                                                \
	X(key_card)                                                                                \
	X(key_passwd)                                                                              \
	X(key_backup)                                                                              \
	X(key_restore)                                                                             \
	X(county_list)                                                                             \
	X(county_set)                                                                              \
	X(desk_list)                                                                               \
	X(desk_rotate)                                                                             \
	X(desk_admit)                                                                              \
	X(desk_remove)                                                                             \
	X(unlock)                                                                                  \
	X(lock)                                                                                    \
	X(roster_new)                                                                              \
	X(roster_renew)                                                                            \
	X(roster_desk_add)                                                                         \
	X(roster_desk_set)                                                                         \
	X(roster_member_add)                                                                       \
	X(roster_member_remove)                                                                    \
	X(roster_diff)                                                                             \
	X(roster_sign)                                                                             \
	X(roster_merge)                                                                            \
	X(roster_publish)                                                                          \
	X(roster_show)                                                                             \
	X(roster_verify)                                                                           \
	X(site_build)                                                                              \
	X(age_keygen)                                                                              \
	X(age_seal)                                                                                \
	X(age_open)                                                                                \
	X(doctor)                                                                                  \
	X(completion)                                                                              \
	X(version)                                                                                 \
	X(help)

#define DECLARE(name) extern const struct command cmd_##name;
#define LIST(name)    &cmd_##name,
COMMANDS(DECLARE)

const struct command *const command_table[] = { COMMANDS(LIST) NULL };
