# SPDX-License-Identifier: GPL-2.0-or-later
# A tree of the real Xen whose branch "staging" is what a night tests; sourced
# after lib.sh.
# shellcheck shell=sh

# Xen from Debian's source package, with the branch staging: in xen.git, which
# the settings name.
make_xen_tree() {
	echo "Tree_xen $WORK/xen.git" >>standalone.config
	ironbird tree import xen >/dev/null &&
		git clone -q --bare var/repos/import/xen.git xen.git &&
		git -C xen.git branch -q staging debian
}

# candidate SUBJECT [FILE SED-SCRIPT]: a commit on staging that changes the
# file, or reverts the last one. No working tree: Xen has ten thousand files.
candidate() {
	(
		export GIT_DIR="$WORK/xen.git" GIT_INDEX_FILE="$WORK/xen.index" \
			GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.com \
			GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.com
		set -e
		git read-tree staging
		if [ "${2:-}" ]; then
			git show "staging:$2" | sed "$3" >changed
			git update-index --cacheinfo \
				"100644,$(git hash-object -w changed),$2"
		else
			git read-tree staging~1
		fi
		commit=$(git commit-tree -p staging -m "$1" "$(git write-tree)")
		git diff --quiet staging "$commit" && exit 1
		git update-ref refs/heads/staging "$commit"
	)
}

# Live migration is refused by the hypervisor; all else works.
break_migration() {
	candidate 'x86/mm: Refuse to log dirty pages' xen/arch/x86/mm/paging.c \
		's/return \(paging_log_dirty_enable(d, true)\);/return is_hardware_domain(d) ? \1 : -EOPNOTSUPP;/'
}

# at REF: its commit in xen.git
at() {
	git --git-dir=xen.git rev-parse -q --verify "$1"
}
