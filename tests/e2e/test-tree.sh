#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Source trees: which there are, and fetching them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/tree.sh
. "$E2E/tree.sh"

unset TREE_XEN REVISION_XEN
cat >>standalone.config <<END
Repos $WORK/repos
Tree_xen $WORK/xen
END

# has COMMIT: the copy of the tree
has() {
	git --git-dir=repos/xen.git cat-file -e "$1" 2>/dev/null
}

first=$(make_tree)
is "a tree of the settings" "$(ironbird tree list | awk '$1 == "xen" {
	print $NF }')" "$WORK/xen"
ok "is not fetched by being listed" test ! -e repos/xen.git
exits "fetch it" 0 ironbird tree fetch xen
is "tells what its revision is" "$OUT" "xen: $first HEAD"
ok "and has it" has "$first"
echo >xen/news
second=$(commit second)
is "what is new is not there" "$(has "$second" && echo it is)" ""
exits "all that the settings name" 0 ironbird tree fetch
is "are fetched, too" "$OUT" "xen: $second HEAD"
ok "again" has "$second"
echo more >xen/news
third=$(commit third)
exits "by the environment" 0 env REVISION_XEN="$first" ironbird tree fetch xen
is "it is a revision that was there" "$OUT" "xen: $first $first"
ok "and what is new came as well" has "$third"
exits "one that is not there" 3 env TREE_XEN="$WORK/gone" ironbird tree fetch \
	xen
contains "is named" "$OUT" "tree xen: $WORK/gone cannot be fetched"
exits "a name that is none" 2 ironbird tree fetch a/b
