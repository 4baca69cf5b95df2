# SPDX-License-Identifier: GPL-2.0-or-later
# A source tree for tests of builds; sourced after lib.sh.
# shellcheck shell=sh

# commit MESSAGE: all that is in the folder xen; prints the commit.
commit() {
	git -C xen add -A
	git -C xen -c user.name=a -c user.email=a@b commit -qm "$1"
	git -C xen rev-parse HEAD
}

# A repository "xen" with what build-xen asks of Xen's makefiles; prints its
# commit.
make_tree() {
	git init -q -b master xen
	mkdir xen/xen
	cat >xen/xen/Makefile <<'END'
all: xen-syms
xen-syms: main.c
	$(CC) -Wl,--build-id=sha1 -o $@ $<
defconfig olddefconfig:
	touch .config
install: all
	mkdir -p $(DESTDIR)/boot $(DESTDIR)/usr/lib/debug
	gzip -nc xen-syms >$(DESTDIR)/boot/xen-1.0.gz
	cp xen-syms $(DESTDIR)/usr/lib/debug/xen-syms-1.0
END
	echo 'int main(void) { return 0; }' >xen/xen/main.c
	commit first
}
