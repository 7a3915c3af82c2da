/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in copies: read from the processes that hold them, and compared. */
#ifndef AUDIT_H
#define AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "data/snapshot.h"
#include "views/filter.h"

/* How far an audit is. */
struct audit_progress {
	uint64_t ns;		/* since it began */
	uint64_t procs, cow;	/* that hold copies, and bytes of these, as the scan counted */
	uint64_t searched;	/* of these processes, that were searched for them */
	uint64_t read, all;	/* bytes of distinct copies; @all is 0 until these are known */
};

/* Called again and again; once @tell returns false, the audit is broken off. */
struct audit_watch {
	bool (*tell)(void *data, const struct audit_progress *progress);
	void *data;
};

bool audit_run(struct snapshot *snap, const struct filter *filter,
	       const struct audit_watch *watch, char *why, size_t size);
char *audit_announce(const struct audit_progress *progress);
char *audit_progress(const struct audit_progress *progress);
char *audit_member(const struct snapshot *snap);
char *audit_summary(const struct snapshot *snap);

#endif
