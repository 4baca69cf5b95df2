# SPDX-License-Identifier: GPL-2.0-or-later
# One makefile, not recursive. Everything that is made goes below $(B).

SAN ?=
# Sanitized objects are others: they have a folder of their own.
B ?= build$(if $(SAN),/san)
PREFIX ?= /usr/local
DESTDIR ?=

ifeq ($(origin CC),default)
CC := gcc
endif
# V=1 shows the commands themselves.
Q := $(if $(V),,@)
say = $(if $(V),,@printf "%-4s %s\n" $(1) $(2))
CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes \
	-Wstrict-prototypes -Wvla
CPPFLAGS += -D_GNU_SOURCE -Icontroller -I. -I$(B)/gen
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(WARN) -fno-common -ffunction-sections \
	-fdata-sections $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
ALL_LDFLAGS = -Wl,--gc-sections -Wl,--as-needed $(LDFLAGS) \
	$(if $(SAN),-fsanitize=$(SAN))
LDLIBS = -lsqlite3 -lcyaml -lyaml -lcjson -lsystemd -lmd

# Debian packages: the one list that demo, check and .ci/run install.
DEPS := gcc binutils make pkg-config libc6-dev
DEPS += libsqlite3-dev libcurl4-openssl-dev libssh2-1-dev libcyaml-dev \
	libyaml-dev libcjson-dev libsystemd-dev libarchive-dev libmd-dev \
	libcmocka-dev libsnmp-dev
# a lab: its hosts, and what they boot from
DEPS += qemu-system-x86 qemu-utils ipxe-qemu seabios ovmf dnsmasq-base \
	tftpd-hpa apache2 pxelinux syslinux-common grub-efi-amd64-bin grub-pc-bin \
	debian-installer-12-netboot-amd64
# images
DEPS += mmdebstrap e2fsprogs zstd xz-utils cpio busybox-static
# guests' disks, whose writer is tested in files
DEPS += fdisk grub-common
# power and consoles, and what they are tested against
DEPS += snmpd ipmitool openipmi nut-server nut-client socat openssl \
	ser2net conserver-server conserver-client fence-agents pdudaemon \
	libvirt-clients libvirt-daemon libpq-dev postgresql-15
# builds from source: trees, source packages, the local build host
DEPS += git dpkg-dev bubblewrap
# publishing
DEPS += rsync
# a browser, which looks at the pages
DEPS += chromium-headless-shell
# what the program and its tests call
DEPS += openssh-client openssh-server iproute2 iputils-ping procps \
	bsdextrautils sqlite3 curl libfaketime shellcheck mandoc

# --- what is built from what ------------------------------------------------

LIB_SRC := $(wildcard controller/base/*.c controller/config/*.c \
	controller/db/*.c controller/host/*.c controller/boot/*.c \
	controller/watch/*.c controller/net/*.c controller/run/*.c \
	controller/flight/*.c \
	controller/plan/*.c controller/build/*.c controller/report/*.c \
	controller/bisect/*.c controller/lab/*.c controller/ts/*.c \
	controller/doctor/*.c pdu/*.c)
CMD_SRC := controller/main.c $(wildcard controller/cmd/*.c)
TS_SRC := $(wildcard testcases/ts-*.c)
UNIT_SRC := $(wildcard tests/unit/test-*.c)
TOOL_SRC := $(wildcard tests/sim/*.c tests/bench/*.c)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
LIB := $(B)/libironbird.a
TS := $(patsubst testcases/%.c,$(B)/bin/%,$(TS_SRC))
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SRC))
TOOLS := $(patsubst tests/%.c,$(B)/tests/%,$(TOOL_SRC))
GEN := $(B)/gen/db/schema.sql.h $(B)/gen/db/statements.sql.h
LINKS := standalone-reset make-flight sg-run-job sg-execute-flight \
	sg-report-flight sg-report-job-history sg-report-host-history \
	sg-check-tested cr-daily-branch cr-ensure-disk-space cs-flight-bless cs-flight-create \
	cs-job-create mg-hosts mg-execute-flight \
	mg-show-flight-runvars cs-adjust-flight cr-publish-flight-logs

.PHONY: all help deps check check-slow check-unit check-e2e lint bench \
	demo docs install clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/bin/ironbird $(TS) $(addprefix $(B)/bin/,$(LINKS))

help:
	@echo "make all         build the program and the test cases"
	@echo "make demo        install what is missing, build, run the main job"
	@echo "make check       install what is missing, build, run every test"
	@echo "make check-unit  unit tests (SAN=address,undefined for sanitizers)"
	@echo "make check-e2e   the real program on real services"
	@echo "make check-slow  what takes too long for check: pairs, nights, tools"
	@echo "make lint        shell, man pages, headers, what nobody uses or reads"
	@echo "make bench       measure; results in build/bench.tsv"
	@echo "make docs        man pages as text and HTML in build/docs"
	@echo "make deps        install the Debian packages that all this needs"
	@echo "make install     into DESTDIR and PREFIX (now $(PREFIX))"
	@echo "make clean       remove what was built; images and results stay"

$(B)/obj/%.o: %.c $(GEN)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/gen/db/%.sql.h: controller/db/%.sql controller/db/%.awk
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)awk -f controller/db/$*.awk $< > $@

# The revision of the tree, written anew when it is another one.
VERSION := $(or $(VERSION),$(shell git describe --always --abbrev=12 --dirty=+ \
	2>/dev/null),unknown)
$(B)/gen/built_from.h: FORCE
	@mkdir -p $(@D)
	@echo '#define IRONBIRD_VERSION "$(VERSION)"' | cmp -s - $@ || \
		echo '#define IRONBIRD_VERSION "$(VERSION)"' > $@
$(B)/obj/controller/base/version.o: $(B)/gen/built_from.h

# The pages' style sheet, as a string of C.
$(B)/gen/report/pages.css.h: controller/report/pages.css
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< > $@
$(B)/obj/controller/report/style.o: $(B)/gen/report/pages.css.h

$(LIB): $(call obj,$(LIB_SRC))
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $^

$(B)/bin/ironbird: $(call obj,$(CMD_SRC)) $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/bin/ts-%: $(B)/obj/testcases/ts-%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

$(addprefix $(B)/bin/,$(LINKS)): $(B)/bin/ironbird
	@ln -sf ironbird $@

$(B)/tests/test-%: $(B)/obj/tests/unit/test-%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ -lcmocka -larchive \
		$(LDLIBS)

$(B)/tests/%: $(B)/obj/tests/%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# --- what is done with it ---------------------------------------------------

# Installed packages are not asked about again: the second run is quick.
# RUNLEVEL=1 keeps a package from starting its service on this machine.
deps:
	@missing=; for p in $(DEPS); do \
		dpkg-query -W -f '$${Status}' $$p 2>/dev/null | \
			grep -q ' installed$$' || missing="$$missing $$p"; \
	done; \
	if [ -n "$$missing" ]; then \
		echo "installing:$$missing"; \
		apt-get -q update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
			apt-get -qy --no-install-recommends install $$missing; \
	fi

demo: deps
	@$(MAKE) --no-print-directory all
	@status=0; $(B)/bin/ironbird demo || status=$$?; \
	sh tests/bench/demo \
		"$$($(B)/bin/ironbird config --value StateDir)/demo.tsv" \
		"$$($(B)/bin/ironbird config --value JobDB)" $(B)/bench.tsv; \
	exit $$status

check: deps
	@$(MAKE) --no-print-directory -j$$(nproc) all $(UNIT) $(TOOLS) lint
	@$(MAKE) --no-print-directory check-unit check-e2e

check-unit: $(UNIT) $(B)/bin/ironbird $(TS)
	@B=$(abspath $(B)) IRONBIRD_SHARE=$(CURDIR) tests/unit/run \
		$(abspath $(UNIT))

check-e2e: all $(TOOLS)
	@B=$(abspath $(B)) tests/e2e/run $(E2E)

check-slow: all $(TOOLS)
	@B=$(abspath $(B)) LIMIT=3h tests/e2e/run $(CURDIR)/tests/e2e/slow-*.sh

bench: all $(TOOLS)
	@B=$(abspath $(B)) tests/bench/run

SHELL_FILES = $(shell grep -rlE '^\#!/bin/sh' host-images hypervisor tests .ci \
	--include='*' 2>/dev/null)
ALL_OBJ := $(call obj,$(LIB_SRC) $(CMD_SRC) $(TS_SRC) $(UNIT_SRC) $(TOOL_SRC))
lint: $(GEN) $(ALL_OBJ)
	@shellcheck -x $(SHELL_FILES)
	@for h in $(wildcard controller/*/*.h pdu/*.h); do \
		case $$h in controller/cmd/commands.h) continue;; esac; \
		$(CC) $(CPPFLAGS) -std=gnu11 $(WARN) -fsyntax-only -x c $$h || \
			exit 1; done
	@mandoc -T lint -W warning $(wildcard docs/*.[1-8])
	@tests/lint/exports $(ALL_OBJ)
	@tests/lint/settings $(LIB_SRC) $(CMD_SRC) $(TS_SRC)
	@echo lint: clean

docs:
	@mkdir -p $(B)/docs
	@for m in $(wildcard docs/*.[1-8]); do \
		mandoc -T utf8 $$m | col -b > $(B)/docs/$${m##*/}.txt; \
		mandoc -T html -O style=mandoc.css $$m > $(B)/docs/$${m##*/}.html; \
	done
	@echo "$(B)/docs"

SHARE := $(DESTDIR)$(PREFIX)/share/ironbird
UNITS := $(DESTDIR)$(PREFIX)/lib/systemd/system
BASH_DIR := bash-completion/completions
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/ironbird \
		$(SHARE) $(addprefix $(DESTDIR)$(PREFIX)/share/man/man,1 5 7)
	install $(B)/bin/ironbird $(DESTDIR)$(PREFIX)/bin
	for l in $(LINKS); do \
		ln -sf ironbird $(DESTDIR)$(PREFIX)/bin/$$l; done
	install $(TS) $(DESTDIR)$(PREFIX)/lib/ironbird
	ln -sf ../../bin/ironbird $(DESTDIR)$(PREFIX)/lib/ironbird/ironbird
	cp -r jobs flights host-images hypervisor standalone.config.example \
		$(SHARE)
	install -d $(UNITS)
	for u in service timer; do \
		sed 's|@BIN@|$(PREFIX)/bin|' docs/ironbird-nightly@.$$u \
			>$(UNITS)/ironbird-nightly@.$$u; done
	sed 's|@BIN@|$(PREFIX)/bin|' docs/ironbird.crontab >$(SHARE)/crontab
	install -D -m 644 docs/ironbird.bash $(DESTDIR)$(PREFIX)/share/$(BASH_DIR)/ironbird
	for l in $(LINKS); do \
		ln -sf ironbird $(DESTDIR)$(PREFIX)/share/$(BASH_DIR)/$$l; done
	for m in $(wildcard docs/*.[1-8]); do install -m 644 $$m \
		$(DESTDIR)$(PREFIX)/share/man/man$${m##*.}; done

clean:
	rm -rf $(B)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
