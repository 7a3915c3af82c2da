// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics of groups. Containers are labelled as cAdvisor labels them, so that queries can
 * join the two. As with libraries, the number of series is bounded, and what changes at a
 * restart is in a series of its own.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/order.h"
#include "out/metric.h"
#include "out/openmetrics.h"
#include "views/groups.h"
#include "views/parts.h"

/* Groups that a metric is about: of paths of control groups, of processes, of libraries. */
enum { PATHS = 1, PROCS = 2, LIBS = 4 };

#define NONE SIZE_MAX
#define SUM(field) offsetof(struct group_sum, field)
#define PART(field) offsetof(struct part, field)

static const struct group_metric {
	const char *name;
	unsigned int kinds;
	size_t sum, part;	/* where it is in the structures */
	const char *help;	/* %s: what the group is called */
} group_metrics[] = {
	{ "charged", PATHS, SUM(charged), PART(charged),
	  "Library pages in the page cache that the %s pays for." },
	{ "lent", PATHS, SUM(lent), PART(lent), "Of those, pages that only others map." },
	{ "idle", PATHS, SUM(idle), PART(idle), "Of those, pages that no process maps." },
	{ "mapped", PATHS | PROCS, SUM(mapped), PART(mapped),
	  "Library pages that its processes map." },
	{ "borrowed", PATHS, SUM(borrowed), PART(borrowed),
	  "Of those, pages that the %s does not pay for." },
	{ "private", PATHS | PROCS, SUM(private), PART(private),
	  "Library pages and copies that only the %s has." },
	{ "cow_unique", PATHS | PROCS, SUM(cow_unique), PART(cow_unique),
	  "Distinct private copies of library pages (copy-on-write)." },
	{ "pss", PROCS, SUM(pss), NONE,
	  "Proportional share of library pages and copies." },
	{ "saved", LIBS, SUM(saved), NONE,
	  "What sharing of file pages of its libraries saves (rss - mapped)." },
	{ "mapped", LIBS, SUM(mapped), NONE, "Pages of its libraries that processes map." },
	{ "cow_unique", LIBS, SUM(cow_unique), NONE,
	  "Distinct private copies of pages of its libraries (copy-on-write)." },
};

#define NR(array) (sizeof(array) / sizeof(*(array)))

/* A group over all libraries, and which of those with its labels it is, from 1. */
struct labelled {
	struct group_sum sum;
	uint64_t nth;
};

static unsigned int kind_of(enum by by)
{
	return by == BY_PACKAGE ? LIBS : by_is_path(by) ? PATHS : PROCS;
}

static uint64_t value_at(const struct labelled *group, const struct group_metric *metric)
{
	return *(const uint64_t *)((const char *)&group->sum + metric->sum);
}

static void add(struct group_sum *sum, const struct part *part)
{
	size_t i;

	sum->procs += part->procs;
	for (i = 0; i < NR(group_metrics); i++) {
		const struct group_metric *metric = &group_metrics[i];
		uint64_t *to = (uint64_t *)((char *)sum + metric->sum);

		if (metric->part != NONE)
			*to = plus(*to, *(const uint64_t *)((const char *)part + metric->part));
	}
}

static int by_text(const struct label *x, const struct label *y)
{
	int way = strcmp(x->namespace, y->namespace);

	way = way ?: strcmp(x->pod, y->pod);
	return way ?: strcmp(x->name, y->name);
}

/*
 * Of groups with the same labels, the one that has processes comes first: of two
 * containers, the other one may have ended and still be charged for pages.
 */
static int by_labels(const void *a, const void *b)
{
	const struct group_sum *x = &((const struct labelled *)a)->sum;
	const struct group_sum *y = &((const struct labelled *)b)->sum;
	int way = by_text(&x->label, &y->label);

	way = way ?: !x->procs - !y->procs;
	return way ?: strcmp(x->label.id, y->label.id);
}

static uint64_t weight(const struct group_sum *sum)
{
	return known(sum->charged) + known(sum->mapped) + known(sum->cow_unique) +
	       known(sum->pss);
}

static int by_weight(const void *a, const void *b)
{
	const struct group_sum *x = &((const struct labelled *)a)->sum;
	const struct group_sum *y = &((const struct labelled *)b)->sum;

	return order(weight(y), weight(x)) ?: strcmp(x->label.id, y->label.id);
}

/* Of the table of control groups alone. The parts come by the id of their group. */
static struct labelled *of_parts(struct snapshot *snap, enum by by,
				 const struct filter *chosen, size_t *nr)
{
	const struct filter filter = filter_of_cgroups(chosen);
	size_t parts, i;
	struct part *part = parts_find(snap, by, &filter, &parts);
	struct labelled *all = xcalloc(parts, sizeof(*all));

	for (*nr = 0, i = 0; i < parts; i++) {
		if (!*nr || strcmp(all[*nr - 1].sum.label.id, part[i].label.id))
			all[(*nr)++].sum.label = part[i].label;
		add(&all[*nr - 1].sum, &part[i]);
	}
	free(part);
	return all;
}

static struct labelled *of_rows(struct snapshot *snap, enum by by, const struct filter *filter,
				size_t *nr)
{
	struct rows rows = groups_find(snap, groups_of(by, &tables[LIBRARIES]), filter);
	struct labelled *all = xcalloc(rows.nr, sizeof(*all));
	size_t i;

	/* The last one is the total. */
	for (*nr = 0, i = 0; i + 1 < rows.nr; i++)
		all[(*nr)++].sum = ((const struct group_sum *)rows.at)[i];
	free(rows.at);
	return all;
}

/* All groups, those that matter most first; "-" is what is in none. */
static struct labelled *find_groups(struct snapshot *snap, enum by by,
				    const struct filter *filter, size_t *nr)
{
	struct labelled *all = by_is_path(by) && snap->has & HAS(CGROUPS) ?
			       of_parts(snap, by, filter, nr) :
			       of_rows(snap, by, filter, nr);
	size_t i, kept = 0;

	for (i = 0; i < *nr; i++)
		if (strcmp(all[i].sum.label.id, "-"))
			all[kept++] = all[i];
	*nr = kept;
	if (*nr)
		qsort(all, *nr, sizeof(*all), by_labels);
	for (i = 0; i < *nr; i++)
		all[i].nth = i && !by_text(&all[i - 1].sum.label, &all[i].sum.label) ?
			     all[i - 1].nth + 1 : 1;
	if (*nr)
		qsort(all, *nr, sizeof(*all), by_weight);
	return all;
}

static void print_name(FILE *out, enum by by, const char *metric, const struct labelled *group)
{
	const struct label *label = &group->sum.label;
	char name[24];

	snprintf(name, sizeof(name), "{%s", bys[by]);
	fputs(metric, out);
	metric_label(out, name, label->name);
	/* Only Kubernetes has these. */
	if (strcmp(label->namespace, "-"))
		metric_label(out, ",namespace", label->namespace);
	if (strcmp(label->pod, "-"))
		metric_label(out, ",pod", label->pod);
	if (group->nth > 1)
		fprintf(out, ",nth=\"%" PRIu64 "\"", group->nth);
}

static void print_info(FILE *out, const struct labelled *all, size_t nr)
{
	static const char info[] = "libshare_container_info";
	size_t i;

	metric_head(out, info, "", "Which engine runs the container, and its id: always 1.");
	for (i = 0; i < nr; i++) {
		print_name(out, BY_CONTAINER, info, &all[i]);
		metric_label(out, ",engine", all[i].sum.label.engine);
		metric_label(out, ",id", all[i].sum.label.id);
		fputs("} 1\n", out);
	}
}

static void print_values(FILE *out, enum by by, const struct group_metric *metric,
			 const struct labelled *all, size_t nr)
{
	char *name = xasprintf("libshare_%s_%s_bytes", bys[by], metric->name);
	char help[128];
	size_t i;

	snprintf(help, sizeof(help), metric->help, bys[by]);
	metric_head(out, name, "bytes", help);
	for (i = 0; i < nr; i++) {
		uint64_t value = value_at(&all[i], metric);

		if (value == UNKNOWN)
			continue;
		print_name(out, by, name, &all[i]);
		fprintf(out, "} %" PRIu64 "\n", value);
	}
	free(name);
}

/**
 * openmetrics_groups() - Write metrics of single groups.
 * @out: Where to.
 * @snap: A snapshot with control groups, or with all that groups_of() libraries needs; and
 *        with names.
 * @by: The kind of group.
 * @filter: Which libraries and processes count; of control groups, @cgroup only.
 * @max: How many get series of their own.
 */
void openmetrics_groups(FILE *out, struct snapshot *snap, enum by by,
			const struct filter *filter, uint64_t max)
{
	size_t all, nr, i;
	struct labelled *group = find_groups(snap, by, filter, &all);
	char name[64], help[96];

	nr = all < max ? all : max;
	if (by == BY_CONTAINER)
		print_info(out, group, nr);
	for (i = 0; i < NR(group_metrics); i++)
		if (group_metrics[i].kinds & kind_of(by))
			print_values(out, by, &group_metrics[i], group, nr);
	snprintf(name, sizeof(name), "libshare_%ss_left_out", bys[by]);
	snprintf(help, sizeof(help), "%c%ss without series of their own, because of their number.",
		 bys[by][0] - 'a' + 'A', bys[by] + 1);
	metric_head(out, name, "", help);
	fprintf(out, "%s %zu\n", name, all - nr);
	free(group);
}
