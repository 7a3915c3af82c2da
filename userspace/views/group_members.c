// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rows behind a row of a group: its libraries, with the numbers of the group, and its
 * processes. What adds up over libraries adds up to the row of the group.
 */
#include "data/alloc.h"
#include "views/group_members.h"
#include "views/groups.h"
#include "views/parts.h"

/* A view whose columns were put together. */
static struct made {
	struct column columns[24];
	struct view view;
} made[BYS];

static void append(struct made *m, const char *name, unsigned int flags)
{
	const struct column *col = column_find(&tables[CGROUPS], name, strlen(name));
	size_t nr = 0;

	if (!col)
		return;
	while (m->columns[nr].name)
		nr++;
	m->columns[nr] = *col;
	m->columns[nr].flags = flags;
}

/**
 * group_libraries_view() - The view of the libraries of a group.
 * @by: The kind of group.
 *
 * Return: The view: of struct library if libraries are grouped, by package, or else of
 *         struct group, with the columns of the groups in their order.
 */
const struct view *group_libraries_view(enum by by)
{
	const struct view *groups = groups_of(by, &tables[LIBRARIES]);
	const struct column *col;
	struct made *m = &made[by];

	if (by == BY_PACKAGE)
		return &tables[LIBRARIES];
	if (m->view.name)
		return &m->view;
	for (col = groups->columns; col->name; col++)
		if (col->type != TEXT)
			append(m, col->name, col->flags);
	append(m, "dev", 0);
	append(m, "ino", 0);
	append(m, "path", PATH);
	m->view = (struct view){
		"libraries", "each library of a group", m->columns, sizeof(struct group),
		groups->needs, groups->sort, NULL
	};
	return &m->view;
}

static struct rows of_package(struct snapshot *snap, const char *id, const struct filter *filter)
{
	struct list list = list_make(snap, &tables[LIBRARIES], &snap->table[LIBRARIES], filter);
	struct library *row = xcalloc(list.nr, sizeof(*row));
	struct rows rows = { .at = (char *)row };
	size_t i;

	for (i = 0; i < list.nr; i++)
		if (!strcmp(label_library(snap, list.row[i]).id, id))
			row[rows.nr++] = *(const struct library *)list.row[i];
	free(list.row);
	return rows;
}

static struct group row_of(const struct part *part, const struct library *lib)
{
	return (struct group){
		.lib = lib->lib, .dev = lib->dev, .ino = lib->ino, .path = lib->path,
		.cgroup = "-", .procs = part->procs, .rss = part->rss, .mapped = part->mapped,
		.charged = part->charged, .lent = part->lent, .borrowed = part->borrowed,
		.idle = part->idle, .private = part->private, .cow = part->cow,
		.cow_unique = part->cow_unique, .swap = part->swap, .pss = part->pss,
	};
}

/**
 * group_libraries_find() - Find what each library is to one group.
 * @snap: A snapshot with what groups_of() libraries needs, and names.
 * @by: The kind of group.
 * @id: Which group: the id of its label.
 * @filter: Which libraries and processes count; its @glob does not.
 *
 * Return: Rows of group_libraries_view(); @at is for free().
 */
struct rows group_libraries_find(struct snapshot *snap, enum by by, const char *id,
				 const struct filter *filter)
{
	const struct filter chosen = filter_without_glob(filter);
	struct part *part;
	struct group *row;
	struct rows rows = { 0 };
	size_t parts, i;

	if (by == BY_PACKAGE)
		return of_package(snap, id, &chosen);
	part = parts_find(snap, by, &chosen, &parts);
	row = xcalloc(parts, sizeof(*row));
	rows.at = (char *)row;
	for (i = 0; i < parts; i++) {
		const struct library *lib = snapshot_library(snap, part[i].lib);

		if (lib && !strcmp(part[i].label.id, id))
			row[rows.nr++] = row_of(&part[i], lib);
	}
	free(part);
	return rows;
}

/**
 * group_processes_find() - Find the processes of one group.
 * @snap: A snapshot with processes, what the filter needs, and names.
 * @by: The kind of group, not of libraries.
 * @id: Which group: the id of its label.
 * @filter: Which processes count; its @glob does not.
 *
 * Return: Rows of struct process; @at is for free().
 */
struct rows group_processes_find(struct snapshot *snap, enum by by, const char *id,
				 const struct filter *filter)
{
	const struct filter chosen = filter_without_glob(filter);
	struct list list = list_make(snap, &tables[PROCESSES], &snap->table[PROCESSES], &chosen);
	struct process *row = xcalloc(list.nr, sizeof(*row));
	struct rows rows = { .at = (char *)row };
	size_t i;

	for (i = 0; i < list.nr; i++)
		if (!strcmp(label_process(snap, by, list.row[i]).id, id))
			row[rows.nr++] = *(const struct process *)list.row[i];
	free(list.row);
	return rows;
}
