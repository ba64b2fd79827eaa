/* What the commands on rewards share. */
#ifndef REWARD_CMD_H
#define REWARD_CMD_H

#include <jansson.h>

#include "admin-cli/cmd/case_list.h"
#include "admin-cli/rules/fold_rule.h"
#include "crypto/frame.h"
#include "crypto/reward.h"

/* A blob as a member of a body; new reference. */
json_t *reward_blob_json(const uint8_t blob[static REWARD_BLOB_LEN]);

#endif
