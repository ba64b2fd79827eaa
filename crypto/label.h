/* Context labels: the one table (FORMATS.md section 1). A label is used without its
 * terminating zero. */
#ifndef CRYPTO_LABEL_H
#define CRYPTO_LABEL_H

#define LABEL_FRAME         "davylamp/v1 frame"
#define LABEL_ANSWER        "davylamp/v1 answer"
#define LABEL_CASE          "davylamp/v1 case"
#define LABEL_ENTRY         "davylamp/v1 entry"
#define LABEL_COINS         "davylamp/v1 coins"
#define LABEL_DUMMY         "davylamp/v1 dummy"
#define LABEL_OPENED        "davylamp/v1 opened"
#define LABEL_STATEMENT     "davylamp/v1 statement"
#define LABEL_SOURCE_SIGN   "davylamp/v1 source sign"
#define LABEL_SOURCE_SEAL   "davylamp/v1 source seal"
#define LABEL_VOICE         "davylamp/v1 voice"
#define LABEL_KEYSTORE      "davylamp/v1 keystore"
#define LABEL_WORKSPACE     "davylamp/v1 workspace"
#define LABEL_SUBKEY        "davylamp/v1 subkey"
#define LABEL_CURSOR        "davylamp/v1 cursor"
#define LABEL_TICKET        "davylamp/v1 ticket"
#define LABEL_VARIANT       "davylamp/v1 variant"
#define LABEL_DRAW          "davylamp/v1 draw"
#define LABEL_SHARE         "davylamp/v1 share"
#define LABEL_SLOTS         "davylamp/v1 slots"
#define LABEL_PLAN          "davylamp/v1 plan"
#define LABEL_RECUSAL       "davylamp/v1 dummy recusal"
#define LABEL_ORDER_LAYER   "davylamp/v1 order layer"
#define LABEL_ORDER_HOURS   "davylamp/v1 order hours"
#define LABEL_ORDER_END     "davylamp/v1 order end"
#define LABEL_REWARD        "davylamp/v1 reward"
#define LABEL_REWARD_NUMBER "davylamp/v1 reward number"
#define LABEL_REWARD_NONE   "davylamp/v1 reward none"
#define LABEL_MARK          "davylamp/v1 mark"
#define LABEL_LEAF          "davylamp/v1 leaf"
#define LABEL_BATCH         "davylamp/v1 batch"
#define LABEL_FILLER        "davylamp/v1 filler"
#define LABEL_OFFICE        "davylamp/v1 office"
#define LABEL_REF           "davylamp/v1 ref"
#define LABEL_WAIT          "davylamp/v1 wait"
#define LABEL_ROOT          "davylamp/v1 root"
#define LABEL_LOG           "davylamp/v1 log"
#define LABEL_PUZZLE        "davylamp/v1 puzzle"
/* For the random numbers of a test build (seal.h); never used in a released program. */
#define LABEL_TEST "test"

#define LABEL_LEN(label) (sizeof(label) - 1)

#endif
