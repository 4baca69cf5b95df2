/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "ts/fullness.h"

#define LIMIT_S 20

/* No blocks, or no inodes: df has them in the same columns. */
static const char df_command[] =
	"for of in k:KiB i:inodes; do"
	" df -P${of%:*} / /var /tmp /root 2>/dev/null |"
	" while read -r fs size used free part where; do"
	" [ \"$free\" != 0 ] || [ \"$size\" = 0 ] ||"
	" echo \"$where: all of its $size ${of#*:} are in use\";"
	" done; done | head -n 1";

void fullness_check(const struct remote *remote, const char *sentence)
{
	AUTO_STRBUF where = STRBUF_INIT;

	if (remote_run(remote, df_command, LIMIT_S, &where) != 0)
		strbuf_clear(&where);
	strbuf_rtrim(&where);
	if (where.len || strstr(sentence, "No space left on device"))
		ts_broken("%s has no room left on its disk%s%s%s: %s",
			  remote->what, where.len ? " (" : "", where.buf,
			  where.len ? ")" : "", sentence);
}
