# SPDX-License-Identifier: GPL-2.0-or-later
# A source tree for tests of builds; sourced after lib.sh.
# shellcheck shell=sh

# commit MESSAGE: all that is in the folder xen; prints the commit.
commit() {
	git -C xen add -A
	git -C xen -c user.name=a -c user.email=a@b commit -qm "$1"
	git -C xen rev-parse HEAD
}

# A repository "xen" with what build-xen asks of Xen's makefiles, for the
# hypervisor and for tools; prints its commit.
make_tree() {
	git init -q -b master xen
	mkdir xen/xen xen/tools
	cat >xen/xen/Makefile <<'END'
all: xen-syms
xen-syms: main.c
	$(CC) -Wl,--build-id=sha1 -o $@ $<
defconfig:
	echo CONFIG_LIVEPATCH=y >.config
olddefconfig:
	touch .config
tests: all
	cp xen-syms test/livepatch/hello.livepatch
install-tests:
	mkdir -p $(DESTDIR)/usr/lib/debug/xen-livepatch
	cp test/livepatch/*.livepatch $(DESTDIR)/usr/lib/debug/xen-livepatch
install: all
	mkdir -p $(DESTDIR)/boot $(DESTDIR)/usr/lib/debug
	gzip -nc xen-syms >$(DESTDIR)/boot/xen-1.0.gz
	cp xen-syms $(DESTDIR)/usr/lib/debug/xen-syms-1.0
END
	echo 'int main(void) { return 0; }' >xen/xen/main.c
	cat >xen/configure <<'END'
#!/bin/sh
echo "configure $*"
END
	cp xen/configure xen/tools
	chmod +x xen/configure
	: >xen/config.sub
	cat >xen/Makefile <<'END'
at = $(DESTDIR)/usr/local
install-tools:
	mkdir -p $(at)/sbin $(at)/lib
	$(CC) -shared -Wl,-soname,libxenlight.so.1 -o $(at)/lib/libxenlight.so.1 tools/light.c
	$(CC) -o $(at)/sbin/xl tools/xl.c $(at)/lib/libxenlight.so.1
	cp tools/daemon $(at)/sbin/xenstored
	cp tools/daemon $(at)/sbin/xenconsoled
END
	echo 'int light(void) { return 0; }' >xen/tools/light.c
	echo 'int light(void); int main(void) { return light(); }' \
		>xen/tools/xl.c
	printf '#!/bin/sh\n' >xen/tools/daemon
	commit first
}
