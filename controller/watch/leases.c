/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/files.h"
#include "watch/leases.h"

#define LEASES_MAX (16 * 1024 * 1024)

/* One line, without its end, into out; returns where the next begins. */
static const char *next_line(const char *p, char *out, size_t size)
{
	size_t len = strcspn(p, "\n");
	size_t kept = len < size ? len : size - 1;

	memcpy(out, p, kept);
	out[kept] = '\0';
	return p[len] ? p + len + 1 : p + len;
}

/* Later lines win over earlier ones that end at the same time. */
static bool better(const struct lease *candidate, int64_t now, bool found,
		   const struct lease *lease)
{
	return candidate->ends > now &&
	       (!found || candidate->ends >= lease->ends);
}

/* "1763615521 52:54:00:12:34:56 10.0.0.5 iron1 01:52:..."; 0: for ever */
static bool parse_dnsmasq(const char *line, const char *ether,
			  struct lease *lease)
{
	char mac[ETHER_SIZE];
	char *end;
	size_t len;

	lease->ends = strtoll(line, &end, 10);
	if (end == line || *end != ' ' || lease->ends < 0)
		return false;
	if (lease->ends == 0)
		lease->ends = INT64_MAX;
	len = strcspn(end + 1, " ");
	if (!ether_parse(end + 1, len, mac) || strcmp(mac, ether) != 0)
		return false;
	end += 1 + len;
	end += *end == ' ';
	return address_parse(end, strcspn(end, " "), lease->address) &&
	       !strchr(lease->address, ':');
}

static bool find_dnsmasq(const char *p, const char *ether, int64_t now,
			 struct lease *lease)
{
	struct lease candidate;
	bool found = false;
	char line[512];

	while (*p) {
		p = next_line(p, line, sizeof(line));
		if (!parse_dnsmasq(line, ether, &candidate) ||
		    !better(&candidate, now, found, lease))
			continue;
		*lease = candidate;
		found = true;
	}
	return found;
}

/* "4 2026/03/05 12:30:00;", "epoch 1763615521;" or "never;" */
static int64_t parse_ends(const char *s)
{
	struct tm tm = { 0 };
	long long epoch;
	int day;

	if (strncmp(s, "never", 5) == 0)
		return INT64_MAX;
	if (sscanf(s, "epoch %18lld", &epoch) == 1)
		return epoch;
	if (sscanf(s, "%1d %4d/%2d/%2d %2d:%2d:%2d", &day, &tm.tm_year,
		   &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
		   &tm.tm_sec) != 7)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return timegm(&tm);
}

struct block {
	struct lease lease;
	char ether[ETHER_SIZE];
	bool active;
};

static void parse_statement(const char *s, struct block *block)
{
	static const char ether[] = "hardware ethernet ", ends[] = "ends ",
		state[] = "binding state ";

	s += strspn(s, " \t");
	if (strncmp(s, ether, strlen(ether)) == 0)
		ether_parse(s + strlen(ether), strcspn(s + strlen(ether), ";"),
			    block->ether);
	else if (strncmp(s, ends, strlen(ends)) == 0)
		block->lease.ends = parse_ends(s + strlen(ends));
	else if (strncmp(s, state, strlen(state)) == 0)
		block->active = strncmp(s + strlen(state), "active;", 7) == 0;
}

/* "lease 10.0.0.5 {" begins one */
static bool begin_block(const char *line, struct block *block)
{
	static const char word[] = "lease ";
	const char *s = line + strlen(word);

	if (strncmp(line, word, strlen(word)) != 0)
		return false;
	memset(block, 0, sizeof(*block));
	/* Files of before binding states have running leases only. */
	block->active = true;
	return address_parse(s, strcspn(s, " {"), block->lease.address);
}

/* A later block of the same address takes back what an earlier one gave. */
static bool end_block(const struct block *block, const char *ether,
		      int64_t now, bool found, struct lease *lease)
{
	bool ours = block->active && strcmp(block->ether, ether) == 0;

	if (found && strcmp(block->lease.address, lease->address) == 0)
		found = false;
	if (!ours || !better(&block->lease, now, found, lease))
		return found;
	*lease = block->lease;
	return true;
}

static bool find_dhcpd(const char *p, const char *ether, int64_t now,
		       struct lease *lease)
{
	bool found = false, inside = false;
	struct block block;
	char line[512];

	while (*p) {
		p = next_line(p, line, sizeof(line));
		if (!inside) {
			inside = begin_block(line, &block);
		} else if (line[0] == '}') {
			found = end_block(&block, ether, now, found, lease);
			inside = false;
		} else {
			parse_statement(line, &block);
		}
	}
	return found;
}

bool leases_find(const char *text, const char *ether, int64_t now,
		 struct lease *lease)
{
	struct lease result;
	char mac[ETHER_SIZE];
	bool found;

	if (!ether_parse(ether, strlen(ether), mac))
		return false;
	if (strncmp(text, "lease ", 6) == 0 || strstr(text, "\nlease "))
		found = find_dhcpd(text, mac, now, &result);
	else
		found = find_dnsmasq(text, mac, now, &result);
	if (found)
		*lease = result;
	return found;
}

int leases_lookup(const char *path, const char *ether, struct lease *lease,
		  struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;

	if (file_read(path, LEASES_MAX, &text, err) < 0)
		return -1;
	return leases_find(text.buf, ether, clock_now_ms() / 1000, lease);
}
