/* What a packet that names findings asks of the visits that this desk sees. */
#ifndef CMD_REFERRAL_PACKET_H
#define CMD_REFERRAL_PACKET_H

struct cli;

/* Each --finding is one of illegal mining, of a visit that is signed off, and they are of different
 * visits. */
int referral_packet_findings(struct cli *cli) __attribute__((warn_unused_result));

#endif
