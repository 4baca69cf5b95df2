/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/files.h"
#include "report/print.h"

#define TAIL_BYTES 16384

bool report_log_tail(const char *path, size_t count, struct strvec *lines)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC all = STRVEC_INIT;

	if (file_read_tail(path, TAIL_BYTES, &text, NULL) < 0)
		return false;
	strbuf_replace_nuls(&text);
	strvec_split(&all, text.buf, "\r\n");
	if (!all.count)
		return false;
	for (size_t i = all.count > count ? all.count - count : 0;
	     i < all.count; i++)
		strvec_push(lines, all.v[i]);
	return true;
}
