/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/record.h"
#include "run/room.h"
#include "run/steplog.h"

static int write_rows(void *arg, struct error *err)
{
	const struct step_record *r = arg;
	const struct step_context *ctx = r->ctx;

	if (db_begin(ctx->db, err) < 0)
		return -1;
	if ((r->stage &&
	     step_set_stage(ctx->db, ctx->flight, ctx->job, ctx->run,
			    r->stepno, r->stage, err) < 0) ||
	    step_finish(ctx->db, ctx->flight, ctx->job, ctx->run, r->stepno,
			r->status, r->reason, err) < 0) {
		db_rollback(ctx->db);
		return -1;
	}
	return db_commit(ctx->db, err);
}

/*
 * Syncing costs more than a short step does; what took long to find out is
 * not to be found out again after a power cut.
 */
int record_outcome(const struct step_record *record, struct error *err)
{
	struct step_record copy = *record;
	struct db *db = record->ctx->db;
	int rc;

	if (record->took_ms < DURABLE_MS)
		return room_write(record->ctx, write_rows, &copy, err);
	steplog_sync(record->log);
	if (db_set_durable(db, true, err) < 0)
		return -1;
	rc = room_write(record->ctx, write_rows, &copy, err);
	if (db_set_durable(db, false, rc < 0 ? NULL : err) < 0)
		rc = -1;
	return rc;
}
