/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/proc.h"
#include "db/jobs.h"
#include "db/statement.h"

static void this_machine(char name[65])
{
	if (gethostname(name, 65) < 0)
		snprintf(name, 65, "localhost");
	name[64] = '\0';
}

void owner_of_process(struct owner *owner, int pid)
{
	*owner = (struct owner){ .pid = pid };
	this_machine(owner->machine);
	owner->start = proc_start_time(pid);
}

void owner_self(struct owner *owner)
{
	owner_of_process(owner, getpid());
}

bool owner_same(const struct owner *a, const struct owner *b)
{
	return a->pid == b->pid && a->start == b->start &&
	       strcmp(a->machine, b->machine) == 0;
}

bool owner_here(const struct owner *owner)
{
	char machine[65];

	this_machine(machine);
	return !owner->machine[0] || strcmp(owner->machine, machine) == 0;
}

bool owner_alive(const struct owner *owner)
{
	if (!owner->pid)
		return false;
	return !owner_here(owner) || proc_alive(owner->pid, owner->start);
}

void statement_owner(const struct statement *st, int column,
		     struct owner *owner)
{
	*owner = (struct owner){
		.pid = (int)statement_int64(st, column + 1),
		.start = (uint64_t)statement_int64(st, column + 2),
	};
	snprintf(owner->machine, sizeof(owner->machine), "%s",
		 str_or(statement_text(st, column), ""));
}
