# Davylamp. Targets: all demo check bench install deb clean; see README.md.
#   BUILD=dir     another build folder        CC=clang      another compiler
#   SANITIZE=address,undefined                WERROR=       do not fail on warnings
#   make fuzz [FUZZ='note roster'] [FUZZ_SECONDS=60] [FUZZ_JOBS=1]  every parser under libFuzzer (clang)
#   make analyse                              runs clang's analyser and cppcheck over all C
BUILD    ?= build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
PREFIX   ?= /usr/local
DESTDIR  ?=
UNITDIR  ?= $(PREFIX)/lib/systemd/system
# The version is written in one place only, debian/changelog.
VERSION  := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
WERROR   ?= -Werror
comma    := ,
MAKEFLAGS += --no-print-directory
# What `make demo` and `make check` build, they build on all processors, where nobody has said how many.
ALL_CPUS  = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
# V=1 prints the whole commands.
Q         = $(if $(V),,@echo "  $(1) $@";)

# `make demo` and `make check` install what is missing and then start make again, so that pkg-config finds it.
PKG       = pkg-config
pkgs      = $(shell $(PKG) --$(1) $(2) 2>/dev/null)
PKG_BASE  = libsodium nettle
PKG_SRV   = libsodium nettle libevent libmicrohttpd gnutls sqlite3 libseccomp libconfuse zlib
PKG_CLI   = libsodium nettle libcurl jansson sqlite3 zlib libconfuse libevent libmicrohttpd ncursesw libseccomp
# Where there is no libpq, davylamp-db is not built; nothing else needs it.
HAVE_LIBPQ := $(shell $(PKG) --exists libpq 2>/dev/null && echo yes)
PKG_DB    = libsodium nettle libpq libseccomp
PKG_VEIL  = libsodium nettle libevent libseccomp
PKG_PAPER = jansson xlsxwriter pangocairo libqrencode
LIBS_RULE = -lunistring -lcsv -lm
LIBS_CLI  = $(call pkgs,libs,$(PKG_CLI)) $(LIBS_RULE)

WARN      = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wformat=2 $(WERROR)
HARDEN    = -fPIE -fstack-protector-strong -fstack-clash-protection $(AUTOINIT)
# Before version 16 clang accepts this option only together with another one.
AUTOINIT := $(shell echo 'int x;' | $(CC) -ftrivial-auto-var-init=zero -fsyntax-only -x c - 2>/dev/null \
            && echo -ftrivial-auto-var-init=zero)
LDHARDEN  = -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(SANITIZE),)
OPT       = -O2 -g -D_FORTIFY_SOURCE=3
else
OPT       = -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=undefined
LDHARDEN += -fsanitize=$(SANITIZE)
endif
# The code of a test is not what is tested, and compiles in a fifth of the time when it is not optimised.
PLAIN     = $(patsubst -O2,-O0,$(filter-out -D_FORTIFY_SOURCE=3,$(CFLAGS)))
CFLAGS   += -std=c11 -D_GNU_SOURCE -ffile-prefix-map=$(CURDIR)=. $(OPT) $(HARDEN) $(WARN)
CPPFLAGS += -I. -I$(BUILD)/gen -include crypto/banned.h -DDAVYLAMP_VERSION='"$(VERSION)"'
LDFLAGS  += $(LDHARDEN)

# X-Wing: libsodium's own from 1.0.22 on, otherwise the portable ML-KEM-768 of npm pqclean.
HAVE_XWING := $(shell $(PKG) --atleast-version=1.0.22 libsodium 2>/dev/null && echo yes)
PQ         = node_modules/pqclean/deps/PQClean
ifeq ($(HAVE_XWING),yes)
CPPFLAGS  += -DHAVE_SODIUM_XWING
else
# Its files are compiled as one, so that a reduction is not a call: opening takes a fifth less. verify.c stays alone: a
# compiler that sees who compares and moves there may make a branch of it.
PQ_SRC     = $(PQ)/crypto_kem/ml-kem-768/clean/verify.c $(PQ)/common/fips202.c
PQ_ONE     = reduce ntt cbd poly polyvec symmetric-shake indcpa kem
PQ_INC     = -I$(PQ)/crypto_kem/ml-kem-768/clean -I$(PQ)/common
endif
PQ_OBJ     = $(patsubst $(PQ)/%.c,$(BUILD)/pqclean/%.o,$(PQ_SRC)) $(if $(PQ_ONE),$(BUILD)/pqclean/mlkem768.o)

src        = $(wildcard $(1)/*.c $(1)/*/*.c $(1)/*/*/*.c)
obj        = $(patsubst %.c,$(BUILD)/%.o,$(1))
CRYPTO_OBJ = $(call obj,$(call src,crypto)) $(PQ_OBJ)
SERVER_OBJ = $(call obj,$(filter-out server/davyd.c server/db/% server/veil/veil.c,$(call src,server)))
DB_OBJ     = $(call obj,$(call src,server/db))
RULES_OBJ  = $(call obj,$(call src,admin-cli/rules) $(call src,admin-cli/plan))
PAPER_OBJ  = $(call obj,$(call src,admin-cli/paper))
CLI_OBJ    = $(filter-out $(RULES_OBJ) $(PAPER_OBJ),\
             $(call obj,$(filter-out admin-cli/davy.c,$(call src,admin-cli))))
GEN        = $(BUILD)/gen/states.inc $(BUILD)/gen/taxonomy.inc $(BUILD)/gen/words.inc \
             $(BUILD)/gen/abstract.inc $(BUILD)/gen/clocks.inc $(BUILD)/gen/training.inc \
             $(BUILD)/gen/papers.inc
LIB_CRYPTO = $(BUILD)/libcrypto-davylamp.a
LIB_SERVER = $(BUILD)/libserver-davylamp.a
# The rules of a case and of a plan: no input or output, and nothing of the tool. The unit tests link this library
# without the tool, so a rule that calls the tool does not link.
LIB_RULES  = $(BUILD)/librules-davylamp.a
LIB_CLI    = $(BUILD)/libcli-davylamp.a
PAGE       = $(BUILD)/page/index.html
PAGE_SRC   = $(wildcard web/*.js web/*.mjs web/*.json web/*.html web/*.css \
             web/core/*.js web/app/*.js web/app/screens/*.js)
LOCALES    = $(patsubst admin-cli/po/%.po,$(BUILD)/locale/%/LC_MESSAGES/davylamp.mo,$(wildcard admin-cli/po/*.po))
UNIT       = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%.t,$(wildcard tests/unit/*.c))
TESTPROG   = $(patsubst tests/tools/%.c,$(BUILD)/tests/%,$(wildcard tests/tools/*.c))
FUZZERS    = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
FUZZ_H     = $(wildcard tests/fuzz/*.h)
REPLAY     = $(FUZZERS:%=$(BUILD)/tests/unit/fuzz_%.t)

.PHONY: all page demo check bench install clean deps FORCE
.SECONDARY:
.DELETE_ON_ERROR:
all: $(BUILD)/davyd $(if $(HAVE_LIBPQ),$(BUILD)/davylamp-db) $(BUILD)/davylamp-veil $(BUILD)/davy \
	$(BUILD)/davy-paper $(BUILD)/davy.1 $(LOCALES) $(PAGE)
page: $(PAGE)

$(BUILD)/davyd: $(BUILD)/server/davyd.o $(LIB_SERVER) $(LIB_CRYPTO)
	$(call Q,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call pkgs,libs,$(PKG_SRV))
# The one program that speaks to a PostgreSQL server.
$(BUILD)/davylamp-db: $(DB_OBJ) $(LIB_SERVER) $(LIB_CRYPTO)
	$(call Q,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call pkgs,libs,$(PKG_DB))
# The one program of a gateway that opens anything: requests that came through a relay.
$(BUILD)/davylamp-veil: $(BUILD)/server/veil/veil.o $(LIB_SERVER) $(LIB_CRYPTO)
	$(call Q,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call pkgs,libs,$(PKG_VEIL))
$(BUILD)/davy: $(BUILD)/admin-cli/davy.o $(LIB_CLI) $(LIB_RULES) $(LIB_CRYPTO)
	$(call Q,LD)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CLI)
# Draws figures in a process without keys.
$(BUILD)/davy-paper: $(PAPER_OBJ) $(if $(SANITIZE),tests/lib/leaks.c)
	$(call Q,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call pkgs,libs,$(PKG_PAPER))
# davy(1): its options and commands come from the command table.
$(BUILD)/davy.1: admin-cli/davy.1.in $(BUILD)/davy
	$(call Q,GEN)$(BUILD)/davy help --mdoc >$@.commands
	@sed -e '/^@COMMANDS@$$/{r $@.commands' -e 'd;}' $< >$@
$(LIB_CRYPTO): $(CRYPTO_OBJ)
$(LIB_SERVER): $(SERVER_OBJ)
$(LIB_RULES): $(RULES_OBJ)
$(LIB_CLI): $(CLI_OBJ)
# These sources print the version.
$(BUILD)/server/davyd.o $(BUILD)/server/veil/veil.o $(BUILD)/admin-cli/cmd/version.o: debian/changelog
$(BUILD)/%.a:
	@rm -f $@
	$(call Q,AR)ar rcs $@ $^

$(BUILD)/crypto/%.o: crypto/%.c | node_modules/.package-lock.json
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CPPFLAGS) $(PQ_INC) $(CFLAGS) $(call pkgs,cflags,$(PKG_BASE)) -MMD -MP -c -o $@ $<
$(BUILD)/server/db/%.o: server/db/%.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_DB)) -MMD -MP -c -o $@ $<
$(BUILD)/server/%.o: server/%.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_SRV)) -MMD -MP -c -o $@ $<
$(BUILD)/admin-cli/paper/%.o: admin-cli/paper/%.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_PAPER)) -MMD -MP -c -o $@ $<
$(BUILD)/admin-cli/%.o: admin-cli/%.c $(GEN)
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_CLI)) -MMD -MP -c -o $@ $<
# Not our code, so our warnings are off. It takes its hash states from the heap, frees them without wiping and exits
# if there is no memory; xwing.c replaces these calls.
PQ_HEAP    = -Dmalloc=xwing_state_take -Dfree=xwing_state_give
$(BUILD)/pqclean/%.o: | node_modules/.package-lock.json
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(PQ_INC) $(PQ_HEAP) $(filter-out $(WARN),$(CFLAGS)) $(PQ_OPT) -c -o $@ $(PQ)/$*.c
$(BUILD)/pqclean/common/fips202.o: PQ_OPT = $(if $(SANITIZE),,-O3)
# indcpa.c takes its matrix from crypto/mlkem_matrix.inc, which keeps the last ones.
PQ_MATRIX  = s/^\#define (gen_at?)\(A,B\) +PQCLEAN_MLKEM768_CLEAN_gen_matrix/\#define \1(A,B) matrix_get/
# ... and its products from crypto/mlkem_product.inc.
PQ_PRODUCT = s/^( +)PQCLEAN_MLKEM768_CLEAN_polyvec_basemul_acc_montgomery\(/\1product_get(/
PQ_OURS    = \#include "indcpa.h"\n\#include "crypto/mlkem_matrix.inc"\n\#include "crypto/mlkem_product.inc"
# kem_reject.c is kem.c that says whether a ciphertext was rejected, for xwing_open(), and takes the hash of a public
# key from mlkem_matrix.inc.
PQ_HASH    = s/hash_h\((.*), pk, KYBER_PUBLICKEYBYTES\)/hash_get(\1, pk)/
PQ_REJECT  = /_crypto_kem_dec\(/,/^\}/s/return 0;/return fail;/
$(BUILD)/pqclean/mlkem768.c: Makefile crypto/mlkem_matrix.inc crypto/mlkem_product.inc | node_modules/.package-lock.json
	@mkdir -p $(@D)
	@sed -E '$(PQ_MATRIX); $(PQ_PRODUCT)' $(PQ)/crypto_kem/ml-kem-768/clean/indcpa.c >$(@D)/indcpa.c
	@test $$(grep -c ' matrix_get' $(@D)/indcpa.c) = 2
	@test $$(grep -c '^ *product_get' $(@D)/indcpa.c) = 4
	@sed -E '$(PQ_REJECT); $(PQ_HASH)' $(PQ)/crypto_kem/ml-kem-768/clean/kem.c >$(@D)/kem_reject.c
	@test $$(grep -c 'hash_get' $(@D)/kem_reject.c) = 2
	@test $$(grep -c 'return fail;' $(@D)/kem_reject.c) = 1
	@for f in $(PQ_ONE); do echo "#include \"$$f.c\""; done | \
		sed -e 's,.*"indcpa.c",$(PQ_OURS)\n&,' \
			-e 's,"kem.c","kem_reject.c",' >$@
$(BUILD)/pqclean/mlkem768.o: $(BUILD)/pqclean/mlkem768.c | node_modules/.package-lock.json
	$(call Q,CC)$(CC) -I. $(PQ_INC) $(PQ_HEAP) $(filter-out $(WARN),$(CFLAGS)) $(if $(SANITIZE),,-O3) -c -o $@ $<

$(BUILD)/gen/states.inc: scripts/gen-states.mjs admin-cli/data/states.json
	@mkdir -p $(@D)
	$(call Q,GEN)node $^ > $@
$(BUILD)/gen/taxonomy.inc: scripts/gen-taxonomy.mjs admin-cli/data/taxonomy.json admin-cli/data/risk.json
	@mkdir -p $(@D)
	$(call Q,GEN)node $^ > $@
$(BUILD)/gen/words.inc: scripts/gen-words.mjs admin-cli/data/words.json admin-cli/data/taxonomy.json
	@mkdir -p $(@D)
	$(call Q,GEN)node $^ > $@
$(BUILD)/gen/abstract.inc: scripts/gen-abstract.mjs admin-cli/data/marks.json admin-cli/data/variants.json
	@mkdir -p $(@D)
	$(call Q,GEN)node $^ > $@

$(BUILD)/gen/clocks.inc: scripts/gen-clocks.mjs admin-cli/data/clocks.json
	@mkdir -p $(@D)
	$(call Q,GEN)node $^ > $@

$(BUILD)/gen/training.inc: scripts/gen-training.mjs admin-cli/data/sample-tips.json
	@mkdir -p $(@D)
	$(call Q,GEN)node $^ > $@

$(BUILD)/gen/papers.inc: scripts/gen-papers.mjs admin-cli/data/papers.json admin-cli/data/taxonomy.json
	@mkdir -p $(@D)
	$(call Q,GEN)node $^ > $@

$(BUILD)/gen/deployment.inc: tests/lib/deployment.mjs scripts/deployment.json
	@mkdir -p $(@D)
	$(call Q,GEN)node $< > $@

$(BUILD)/locale/%/LC_MESSAGES/davylamp.mo: admin-cli/po/%.po
	@mkdir -p $(@D)
	msgfmt --check-format --check-header -o $@ $<

node_modules/.package-lock.json: package-lock.json
	scripts/deps npm
	@touch $@
$(PAGE): web/build.mjs $(PAGE_SRC) admin-cli/data/taxonomy.json admin-cli/data/risk.json \
		| node_modules/.package-lock.json
	$(call Q,PAGE)node web/build.mjs $(BUILD)/page

# Tests: tests/unit/<part>_<module>.c links what its part needs; tests/*/*.t are programs that print TAP.
$(BUILD)/tests/unit/crypto_%.t: $(BUILD)/tests/unit/crypto_%.o $(LIB_CRYPTO)
	$(call Q,LD)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(call pkgs,libs,$(PKG_BASE))
$(BUILD)/tests/unit/server_%.t: $(BUILD)/tests/unit/server_%.o $(LIB_SERVER) $(LIB_CRYPTO)
	$(call Q,LD)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(call pkgs,libs,$(PKG_SRV))
# A test that includes tests/lib/fixture.h links the fixture as well; its clock then stands in place of the server's.
$(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%.t,$(shell grep -l '"tests/lib/fixture.h"' tests/unit/*.c)): \
	$(BUILD)/tests/lib/fixture.o $(BUILD)/tests/lib/fixture_store.o
$(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%.t,$(shell grep -l '"tests/lib/plan_year.h"' tests/unit/*.c)): \
	$(BUILD)/tests/lib/plan_year.o
$(BUILD)/tests/unit/rules_%.t: $(BUILD)/tests/unit/rules_%.o $(LIB_RULES) $(LIB_CRYPTO)
	$(call Q,LD)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka \
		$(call pkgs,libs,$(PKG_BASE) jansson) $(LIBS_RULE)
$(BUILD)/tests/unit/cli_%.t: $(BUILD)/tests/unit/cli_%.o $(LIB_CLI) $(LIB_RULES) $(LIB_CRYPTO)
	$(call Q,LD)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS_CLI)
$(BUILD)/tests/lib/%.o: tests/lib/%.c $(BUILD)/gen/deployment.inc
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CPPFLAGS) $(PLAIN) $(call pkgs,cflags,$(PKG_SRV)) -MMD -MP -c -o $@ $<
$(BUILD)/tests/unit/%.o: tests/unit/%.c $(GEN)
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CPPFLAGS) $(PLAIN) $(call pkgs,cflags,$(PKG_SRV) $(PKG_CLI)) -MMD -MP -c -o $@ $<
# Fuzz targets tests/fuzz/<name>.c; server_* and cli_* link those parts, the others crypto alone. The ordinary
# tests replay tests/fuzz/corpus/<name>; `make fuzz` goes on from there.
fuzz_lib   = $(if $(filter server_%,$(1)),$(LIB_SERVER),$(if $(filter cli_%,$(1)),$(LIB_CLI) $(LIB_RULES)))
fuzz_libs  = $(if $(filter server_%,$(1)),-lcmocka $(call pkgs,libs,$(PKG_SRV)),$(if $(filter cli_%,$(1)),\
             $(LIBS_CLI),$(call pkgs,libs,$(PKG_BASE))))
fuzz_make  = $(CC) $(CPPFLAGS) -DFUZZ_CORPUS='"tests/fuzz/corpus/$*"' $(CFLAGS) -UNDEBUG \
             $(call pkgs,cflags,$(PKG_SRV) $(PKG_CLI)) $(LDFLAGS) -o $@ $(filter %.c,$^) \
             $(filter %.a,$^) $(call fuzz_libs,$*)
$(BUILD)/tests/unit/fuzz_server_request.t $(BUILD)/tests/fuzz/server_request: \
	tests/lib/fixture.c tests/lib/fixture_store.c tests/lib/fixture.h | $(BUILD)/gen/deployment.inc
.SECONDEXPANSION:
$(BUILD)/tests/unit/fuzz_%.t: tests/fuzz/%.c tests/lib/fuzz_replay.c $(FUZZ_H) $$(call fuzz_lib,$$*) \
		$(LIB_CRYPTO) | $(GEN)
	@mkdir -p $(@D)
	$(call Q,LD)$(fuzz_make)
$(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(FUZZ_H) $$(call fuzz_lib,$$*) $(LIB_CRYPTO) | $(GEN)
	@mkdir -p $(@D)
	$(call Q,LD)$(fuzz_make) -fsanitize=fuzzer
.PHONY: fuzz
FUZZ_SECONDS ?= 60
FUZZ_JOBS    ?= 1
fuzz:
	scripts/deps analyse
	@$(MAKE) CC=clang WERROR= BUILD=$(BUILD)/fuzz SANITIZE=fuzzer-no-link,address,undefined \
		$(patsubst %,$(BUILD)/fuzz/tests/fuzz/%,$(or $(FUZZ),$(FUZZERS)))
	@tests/fuzz/run $(BUILD)/fuzz $(FUZZ_SECONDS) $(FUZZ_JOBS) $(or $(FUZZ),$(FUZZERS))
# Two static analysers read the code; any message of theirs is a failure.
.PHONY: analyse
analyse: $(GEN)
	scripts/deps analyse
	@BUILD=$(BUILD) tests/analyse/run
# A library that is preloaded into the programs and makes the n-th call of a kind fail.
$(BUILD)/tests/fault.so: tests/lib/fault.c tests/lib/fault.h
	@mkdir -p $(@D)
	$(call Q,LD)$(CC) -I. -std=c11 -D_GNU_SOURCE -O2 -g -fPIC $(WARN) -shared -o $@ $< -ldl
# Tools of the tests and the benchmarks: one source each, and the additional sources that are named here.
TRY_SRC    = $(wildcard tests/sandbox/*.c)
$(BUILD)/tests/sandbox_try: $(TRY_SRC)
$(BUILD)/tests/sandbox_try: MORE = $(TRY_SRC)
# The vault's transactions become appends to a bare log.
$(BUILD)/tests/davyd-barelog: tests/tools/davyd-bare.c
$(BUILD)/tests/davyd-barelog: MORE = $(foreach f,open begin commit rollback,-Wl,--wrap=store_$(f))
$(BUILD)/tests/bench_plan $(BUILD)/tests/fill_paper: $(LIB_RULES)
$(BUILD)/tests/bench_plan $(BUILD)/tests/fill_paper: MORE = $(LIB_RULES) $(LIBS_RULE) $(call pkgs,libs,jansson)
$(BUILD)/tests/%: tests/tools/%.c $(LIB_SERVER) $(LIB_CRYPTO)
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_SRV) $(PKG_CLI)) $(LDFLAGS) -MMD -MP \
		-o $@ $< $(MORE) $(LIB_SERVER) $(LIB_CRYPTO) $(call pkgs,libs,$(PKG_SRV) $(PKG_CLI))

# The index of search without the tool.
$(BUILD)/tests/bench_search: tests/tools/bench_search.c $(LIB_CLI) $(LIB_RULES) $(LIB_CRYPTO)
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_CLI)) $(LDFLAGS) -MMD -MP -o $@ $< \
		$(filter %.a,$^) $(LIBS_CLI)

# davy whose source draws from a seed: the seam source_seed.h, linked before the library.
$(BUILD)/tests/davy-seeded: $(BUILD)/admin-cli/davy.o tests/lib/source_seed.c $(LIB_CLI) $(LIB_RULES) $(LIB_CRYPTO)
	@mkdir -p $(@D)
	$(call Q,LD)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_CLI)) $(LDFLAGS) -o $@ $^ $(LIBS_CLI)

# davy that counts its requests and openings.
$(BUILD)/tests/davy-counting: $(BUILD)/admin-cli/davy.o tests/lib/count.c $(LIB_CLI) $(LIB_RULES) $(LIB_CRYPTO)
	@mkdir -p $(@D)
	$(call Q,LD)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_CLI)) $(LDFLAGS) -o $@ $^ $(LIBS_CLI) \
		-Wl,--wrap=curl_easy_perform,--wrap=xwing_open

# A script in the sandbox of the attachments.
$(BUILD)/tests/cage_try: tests/lib/cage_try.c $(LIB_CLI) $(LIB_RULES) $(LIB_CRYPTO)
	@mkdir -p $(@D)
	$(call Q,LD)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_CLI)) $(LDFLAGS) -o $@ $^ $(LIBS_CLI)

# davy with a calendar that tests can move.
$(BUILD)/tests/davy-clock: $(BUILD)/admin-cli/davy.o tests/lib/days.c $(LIB_CLI) $(LIB_RULES) $(LIB_CRYPTO)
	@mkdir -p $(@D)
	$(call Q,LD)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_CLI)) $(LDFLAGS) -o $@ $^ $(LIBS_CLI) \
		-Wl,--wrap=time

# davy of a member who lies, with the same calendar.
$(BUILD)/tests/davy-lying: $(BUILD)/admin-cli/davy.o tests/lib/lying.c tests/lib/days.c $(LIB_CLI) $(LIB_RULES) \
		$(LIB_CRYPTO)
	@mkdir -p $(@D)
	$(call Q,LD)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkgs,cflags,$(PKG_CLI)) $(LDFLAGS) -o $@ $^ $(LIBS_CLI) \
		-Wl,--wrap=level_allows,--wrap=schema_print,--wrap=search_forget,--wrap=time

deps:
	scripts/deps build
demo: deps
	@$(MAKE) $(ALL_CPUS) all
	@# The demo ends with make, also when make is killed.
	@exec setpriv --pdeathsig TERM env BUILD=$(BUILD) scripts/demo \
		$(if $(PORT),--port $(PORT)) $(if $(DIR),--dir $(DIR))
check:
	scripts/deps check
	@$(MAKE) $(ALL_CPUS) all tests
	@BUILD=$(BUILD) SANITIZE=$(SANITIZE) tests/run '$(T)'
.PHONY: tests
tests: $(UNIT) $(REPLAY) $(TESTPROG) $(BUILD)/tests/davy-seeded $(BUILD)/tests/davy-counting $(BUILD)/tests/davy-clock \
	$(BUILD)/tests/davy-lying $(BUILD)/tests/cage_try $(BUILD)/tests/fault.so
bench:
	scripts/deps check
	@$(MAKE) $(ALL_CPUS) all tests
	@BUILD=$(BUILD) tests/bench/run

install: all
	install -D -m 755 $(BUILD)/davyd $(DESTDIR)$(PREFIX)/sbin/davyd
	$(if $(HAVE_LIBPQ),install -D -m 755 $(BUILD)/davylamp-db $(DESTDIR)$(PREFIX)/sbin/davylamp-db)
	$(if $(HAVE_LIBPQ),install -D -m 644 server/db/davylamp-db.8 $(DESTDIR)$(PREFIX)/share/man/man8/davylamp-db.8)
	install -D -m 755 $(BUILD)/davylamp-veil $(DESTDIR)$(PREFIX)/sbin/davylamp-veil
	install -D -m 644 server/veil/davylamp-veil.8 $(DESTDIR)$(PREFIX)/share/man/man8/davylamp-veil.8
	install -D -m 755 $(BUILD)/davy $(DESTDIR)$(PREFIX)/bin/davy
	install -D -m 755 $(BUILD)/davy-paper $(DESTDIR)$(PREFIX)/lib/davylamp/davy-paper
	for mo in $(patsubst $(BUILD)/%,%,$(LOCALES)); do \
		install -D -m 644 $(BUILD)/$$mo $(DESTDIR)$(PREFIX)/share/$$mo || exit 1; done
	install -D -m 644 $(PAGE) $(DESTDIR)$(PREFIX)/share/davylamp/page.html
	install -D -m 644 $(BUILD)/page/offline.html $(DESTDIR)$(PREFIX)/share/davylamp/offline.html
	install -D -m 644 $(BUILD)/page/voice.html $(DESTDIR)$(PREFIX)/share/davylamp/voice.html
	install -D -m 644 $(BUILD)/page/veil.html $(DESTDIR)$(PREFIX)/share/davylamp/veil.html
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/davylamp/texts $(BUILD)/page/texts/zh.json \
		$(BUILD)/page/texts/en.json
	install -D -m 644 server/davyd.8 $(DESTDIR)$(PREFIX)/share/man/man8/davyd.8
	install -D -m 644 server/davyd.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/davyd.conf.5
	install -D -m 644 $(BUILD)/davy.1 $(DESTDIR)$(PREFIX)/share/man/man1/davy.1
	install -m 755 service/setup service/drill service/davylamp-drill $(DESTDIR)$(PREFIX)/share/davylamp/
	install -m 644 docs/torrc docs/nginx.conf docs/relay.conf docs/veil.conf service/apparmor-tor \
		$(DESTDIR)$(PREFIX)/share/davylamp/
	install -d $(DESTDIR)$(PREFIX)/share/doc/davylamp-gateway/docs/screens \
		$(DESTDIR)$(PREFIX)/share/doc/davylamp-gateway/crypto $(DESTDIR)$(PREFIX)/share/doc/davylamp/examples
	install -m 644 README.md SECURITY.md service/answers.example $(DESTDIR)$(PREFIX)/share/doc/davylamp-gateway/
	install -m 644 $(wildcard docs/*.*) docs/torrc $(DESTDIR)$(PREFIX)/share/doc/davylamp-gateway/docs/
	install -m 644 docs/screens/*.png $(DESTDIR)$(PREFIX)/share/doc/davylamp-gateway/docs/screens/
	install -m 644 crypto/FORMATS.md $(DESTDIR)$(PREFIX)/share/doc/davylamp-gateway/crypto/
	install -m 644 service/plan.example $(DESTDIR)$(PREFIX)/share/doc/davylamp/examples/plan
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/vendor-completions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d $(DESTDIR)$(UNITDIR)
	$(BUILD)/davy completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/davy
	$(BUILD)/davy completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_davy
	$(BUILD)/davy completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/davy.fish
	chmod 644 $(DESTDIR)$(PREFIX)/share/bash-completion/completions/davy \
		$(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_davy \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/davy.fish
	install -m 644 service/davylamp.socket $(DESTDIR)$(UNITDIR)/
	service/units $(PREFIX) $(DESTDIR)$(UNITDIR)
	install -D -m 755 service/davylamp-backup $(DESTDIR)$(PREFIX)/share/davylamp/davylamp-backup
	install -D -m 644 service/davylamp.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/davylamp.conf
	install -d -m 755 $(DESTDIR)/etc/davylamp
	install -d -m 700 $(DESTDIR)/var/lib/davylamp
.PHONY: deb check-deb check-vm
deb:
	scripts/deps deb
	@$(MAKE) $(ALL_CPUS) all
	@BUILD=$(BUILD) scripts/deb
# Tests the packages in a separate Debian system. Downloads it, takes minutes, needs root.
check-deb: deb
	scripts/deps check
	@BUILD=$(BUILD) tests/package/chroot
# Tests the unit under a real systemd, in an emulated machine that is killed, rebooted and loses its power. Downloads
# Debian as well, takes longer.
check-vm: deb $(BUILD)/tests/loadgen
	scripts/deps vm
	@BUILD=$(BUILD) tests/package/machine
clean:
	rm -rf $(BUILD)

# Without the builds inside this one (make fuzz, make deb, tests/e2e/same), which may run at the same time.
-include $(shell find $(BUILD) \( -path $(BUILD)/fuzz -o -path $(BUILD)/seeded -o -path $(BUILD)/deb \) -prune \
	-o -name '*.d' -print 2>/dev/null)
