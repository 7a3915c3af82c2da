/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules of --explain. */
#ifndef LIBSHARE_EXPLAIN_RULES_H
#define LIBSHARE_EXPLAIN_RULES_H

#include "alloc.h"
#include "explain.h"

struct libshare_findings {
	struct libshare_snapshot *snap;
	const bool *lib;	/* libraries that are asked about, by index of the row */
	struct libshare_rows rows;
};

bool libshare_findings_asks(const struct libshare_findings *f, uint64_t lib);
void libshare_findings_add(struct libshare_findings *f, const char *rule,
			   struct libshare_finding finding, char *text, const char *remedy);
char *libshare_findings_pids(const struct libshare_snapshot *snap, uint64_t lib);

void libshare_rule_zygote(struct libshare_findings *f);
void libshare_rule_ksm(struct libshare_findings *f);
void libshare_rule_duplicates(struct libshare_findings *f);
void libshare_rule_deleted(struct libshare_findings *f);
void libshare_rule_single(struct libshare_findings *f);
void libshare_rule_moved_text(struct libshare_findings *f);
void libshare_rule_no_pie(struct libshare_findings *f);

#endif
