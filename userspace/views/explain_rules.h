/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules of --explain. */
#ifndef EXPLAIN_RULES_H
#define EXPLAIN_RULES_H

#include "data/alloc.h"
#include "views/explain.h"

struct findings {
	struct snapshot *snap;
	const bool *lib;	/* libraries that are asked about, by index of the row */
	struct rows rows;
};

bool findings_asks(const struct findings *f, uint64_t lib);
void findings_add(struct findings *f, const char *rule,
		  struct finding finding, char *text, const char *remedy);
char *findings_pids(const struct snapshot *snap, uint64_t lib);

void rule_zygote(struct findings *f);
void rule_ksm(struct findings *f);
void rule_duplicates(struct findings *f);
void rule_deleted(struct findings *f);
void rule_single(struct findings *f);
void rule_moved_text(struct findings *f);
void rule_no_pie(struct findings *f);

#endif
