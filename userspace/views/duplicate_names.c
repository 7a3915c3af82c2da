// SPDX-License-Identifier: GPL-2.0-only
/* In which containers the files are mapped that are the same library. */
#include "data/alloc.h"
#include "data/order.h"
#include "data/pids.h"
#include "views/duplicates.h"
#include "views/labels.h"

/* A library, and a container of one of its processes. */
struct place {
	uint64_t lib;
	struct label label;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return order(x->lib, y->lib) ?:
	       strcmp(x->label.name, y->label.name) ?:
	       strcmp(x->label.id, y->label.id);
}

static bool is_duplicate(const struct rows *rows, uint64_t lib)
{
	const struct duplicate *dup = (void *)rows->at;
	size_t i;

	for (i = 0; i < rows->nr; i++)
		if (dup[i].lib == lib)
			return true;
	return false;
}

/* The containers of all mappings of these libraries. */
static struct place *find_places(struct snapshot *snap, const struct rows *rows, size_t *nr)
{
	struct place *place = xcalloc(snap->table[MAPPINGS].nr, sizeof(*place));
	const struct mapping *map, *last = NULL;
	struct pids pids = pids_make(snap);
	struct process **found;

	*nr = 0;
	for_each(map, snap, MAPPINGS) {
		/* Mappings of a library follow each other. */
		if (last && last->lib == map->lib && last->pid == map->pid)
			continue;
		last = map;
		if (!is_duplicate(rows, map->lib))
			continue;
		found = pids_find(&pids, map->pid);
		if (found)
			place[(*nr)++] = (struct place){
				map->lib, label_process(snap, BY_CONTAINER, *found)
			};
	}
	if (*nr)
		qsort(place, *nr, sizeof(*place), by_place);
	free(pids.at);
	return place;
}

/* "NAMESPACE/POD/NAME", or what there is of it. */
static void append(char **list, const struct label *label)
{
	const bool pod = strcmp(label->pod, "-");
	char *longer = xasprintf("%s%s%s%s%s%s%s", *list ?: "", *list ? "," : "",
				 pod ? label->namespace : "", pod ? "/" : "",
				 pod ? label->pod : "", pod ? "/" : "", label->name);

	free(*list);
	*list = longer;
}

/**
 * duplicates_name() - Name the containers in which files are mapped.
 * @snap: A snapshot with processes and mappings, and names of containers.
 * @rows: What duplicates_find() returned.
 */
void duplicates_name(struct snapshot *snap, const struct rows *rows)
{
	struct duplicate *dup = (void *)rows->at;
	size_t nr, i, j;
	struct place *place = find_places(snap, rows, &nr);

	for (i = 0; i < rows->nr; i++) {
		char *list = NULL;

		for (j = 0; j < nr; j++)
			if (place[j].lib == dup[i].lib &&
			    (!j || by_place(&place[j - 1], &place[j])))
				append(&list, &place[j].label);
		if (list)
			dup[i].containers = snapshot_keep(snap, list);
		free(list);
	}
	free(place);
}
