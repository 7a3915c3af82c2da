// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics of containers, labelled as cAdvisor labels them, so that queries can join the
 * two. As with libraries, the number of series is bounded, and what changes at a restart
 * is in a series of its own.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "out/metric.h"
#include "out/openmetrics.h"
#include "views/parts.h"

#define INFO "libshare_container_info"

#define CONTAINER(name, field, help) \
	{ "libshare_container_" name "_bytes", "bytes", help, offsetof(struct part, field) }

static const struct metric container_metrics[] = {
	CONTAINER("charged", charged,
		  "Library pages in the page cache that the container pays for."),
	CONTAINER("lent", lent, "Of those, pages that only others map."),
	CONTAINER("idle", idle, "Of those, pages that no process maps."),
	CONTAINER("mapped", mapped, "Library pages that its processes map."),
	CONTAINER("borrowed", borrowed, "Of those, pages that the container does not pay for."),
	CONTAINER("private", private, "Library pages and copies that only the container has."),
	CONTAINER("cow_unique", cow_unique,
		  "Distinct private copies of library pages (copy-on-write)."),
};

#define NR(array) (sizeof(array) / sizeof(*(array)))

/* A container over all libraries, and which of those with its labels it is, from 1. */
struct labelled {
	struct part sum;
	uint64_t nth;
};

static void add(struct part *sum, const struct part *part)
{
	size_t i;

	sum->procs += part->procs;
	for (i = 0; i < NR(container_metrics); i++) {
		uint64_t *to = (uint64_t *)((char *)sum + container_metrics[i].offset);

		*to = plus(*to, metric_at(part, &container_metrics[i]));
	}
}

static int by_text(const struct label *x, const struct label *y)
{
	int way = strcmp(x->namespace, y->namespace);

	way = way ?: strcmp(x->pod, y->pod);
	return way ?: strcmp(x->name, y->name);
}

/*
 * Of containers with the same labels, the one that has processes comes first: the other
 * one may have ended and still be charged for pages.
 */
static int by_labels(const void *a, const void *b)
{
	const struct part *x = &((const struct labelled *)a)->sum;
	const struct part *y = &((const struct labelled *)b)->sum;
	int way = by_text(&x->label, &y->label);

	way = way ?: !x->procs - !y->procs;
	return way ?: strcmp(x->label.id, y->label.id);
}

static uint64_t weight(const struct part *sum)
{
	return known(sum->charged) + known(sum->mapped) + known(sum->cow_unique);
}

static int by_weight(const void *a, const void *b)
{
	const struct part *x = &((const struct labelled *)a)->sum;
	const struct part *y = &((const struct labelled *)b)->sum;

	if (weight(x) != weight(y))
		return weight(x) < weight(y) ? 1 : -1;
	return strcmp(x->label.id, y->label.id);
}

/* The parts come by the id of their container; "-" is what runs in none. */
static struct labelled *add_up(const struct part *part, size_t parts, size_t *nr)
{
	struct labelled *all = xcalloc(parts, sizeof(*all));
	size_t i;

	for (*nr = 0, i = 0; i < parts; i++) {
		if (!strcmp(part[i].label.id, "-"))
			continue;
		if (*nr && !strcmp(all[*nr - 1].sum.label.id, part[i].label.id))
			add(&all[*nr - 1].sum, &part[i]);
		else
			all[(*nr)++].sum = part[i];
	}
	if (*nr)
		qsort(all, *nr, sizeof(*all), by_labels);
	for (i = 0; i < *nr; i++)
		all[i].nth = i && !by_text(&all[i - 1].sum.label, &all[i].sum.label) ?
			     all[i - 1].nth + 1 : 1;
	if (*nr)
		qsort(all, *nr, sizeof(*all), by_weight);
	return all;
}

static void print_name(FILE *out, const char *metric, const struct labelled *container)
{
	const struct label *label = &container->sum.label;

	fputs(metric, out);
	metric_label(out, "{container", label->name);
	/* Only Kubernetes has these. */
	if (strcmp(label->namespace, "-"))
		metric_label(out, ",namespace", label->namespace);
	if (strcmp(label->pod, "-"))
		metric_label(out, ",pod", label->pod);
	if (container->nth > 1)
		fprintf(out, ",nth=\"%" PRIu64 "\"", container->nth);
}

static void print_info(FILE *out, const struct labelled *container)
{
	print_name(out, INFO, container);
	metric_label(out, ",engine", container->sum.label.engine);
	metric_label(out, ",id", container->sum.label.id);
	fputs("} 1\n", out);
}

static void print_values(FILE *out, const struct metric *metric, const struct labelled *all,
			 size_t nr)
{
	size_t i;

	metric_head(out, metric->name, metric->unit, metric->help);
	for (i = 0; i < nr; i++) {
		uint64_t value = metric_at(&all[i].sum, metric);

		if (value == UNKNOWN)
			continue;
		print_name(out, metric->name, &all[i]);
		fprintf(out, "} %" PRIu64 "\n", value);
	}
}

/**
 * openmetrics_containers() - Write metrics of single containers.
 * @out: Where to.
 * @snap: A snapshot with control groups, and with names of containers.
 * @cgroup: Only containers in this control group; or NULL.
 * @max: How many get series of their own.
 */
void openmetrics_containers(FILE *out, struct snapshot *snap, const char *cgroup, uint64_t max)
{
	const struct filter filter = { .cgroup = cgroup };
	size_t parts, all, nr, i;
	struct part *part = parts_find(snap, BY_CONTAINER, &filter, &parts);
	struct labelled *container = add_up(part, parts, &all);

	nr = all < max ? all : max;
	metric_head(out, INFO, "", "Which engine runs the container, and its id: always 1.");
	for (i = 0; i < nr; i++)
		print_info(out, &container[i]);
	for (i = 0; i < NR(container_metrics); i++)
		print_values(out, &container_metrics[i], container, nr);
	metric_head(out, "libshare_containers_left_out", "",
		    "Containers without series of their own, because of their number.");
	fprintf(out, "libshare_containers_left_out %zu\n", all - nr);
	free(container);
	free(part);
}
