// SPDX-License-Identifier: GPL-2.0-only
/* Rows put together by --by and the key b, in the live view: groups, and what is in one. */
#include "data/pids.h"
#include "live/live.h"
#include "views/group_members.h"
#include "views/groups.h"
#include "views/uses.h"

static const struct view *ungrouped(const struct place *place)
{
	const struct view *of;
	enum by by;

	if (place->path)
		return &tables[LIBRARIES];
	if (place->kind == PLACE_GROUPS && groups_have(place->view, &by, &of))
		return of;
	return place->kind == PLACE_LIBRARIES || place->kind == PLACE_PROCESSES ?
	       place->view : NULL;
}

/**
 * model_ungrouped() - What the rows of the current place are put together from.
 * @m: The model.
 *
 * Return: The view of libraries or processes; NULL if the place has no groups.
 */
const struct view *model_ungrouped(const struct model *m)
{
	return ungrouped(&m->place[m->depth]);
}

/**
 * model_nr_groupings() - How many kinds of groups the current place can have.
 * @m: The model, at a place that is not model_ungrouped() NULL.
 *
 * Return: The first so many of enum by.
 */
size_t model_nr_groupings(const struct model *m)
{
	/* Processes have no package, and a library has one. */
	return model_ungrouped(m) == &tables[PROCESSES] || m->place[m->depth].path ?
	       BY_PACKAGE : BYS;
}

/* Show the first place, with its rows put together if they can be. */
static void show_first(struct model *m, const struct view *of)
{
	const struct view *groups = m->by == BY_NOTHING ? NULL : groups_of(m->by, of);

	m->depth = 0;
	if (groups)
		place_show(&m->place[0], PLACE_GROUPS, groups);
	else
		place_set(&m->place[0], of == &tables[PROCESSES] ?
			  PLACE_PROCESSES : PLACE_LIBRARIES);
	m->columns_chosen[PLACE_GROUPS] = 0;
	if (m->by != BY_NOTHING && !groups)
		model_say(m, "%s have no %ss: b groups them by something else", of->name,
			  bys[m->by]);
	model_build(m);
}

/* Whether there are such groups; otherwise, say why not. */
static bool has_groups(struct model *m, const struct view *groups)
{
	if (!groups || !(groups->needs & HAS(CGROUPS)) || !m->snap)
		return true;
	if (m->replay && !(m->snap->has & HAS(CGROUPS)))
		model_say(m, "this recording has no control groups");
	else if (m->snap->source)
		model_say(m, "/proc does not tell which control group pays: load the module");
	else
		return true;
	return false;
}

/* Who uses the library of the place, in the place of its processes. */
static void group_library(struct model *m, const struct view *groups)
{
	struct place *place = model_place(m), *from = place;

	if (place->kind == PLACE_GROUPS) {
		if (groups)
			place_show(place, PLACE_GROUPS, groups);
		else
			m->depth--;
	} else if (groups) {
		place = model_push(m, PLACE_GROUPS);
		if (!place)
			return;
		place_show(place, PLACE_GROUPS, groups);
		place_aim(place, from->path, from->dev, from->ino);
	}
	m->columns_chosen[PLACE_GROUPS] = 0;
	model_build(m);
}

/**
 * model_group() - Put the rows of the current place together, or no longer.
 * @m: The model, at a place that is not model_ungrouped() NULL.
 * @by: By what, or BY_NOTHING.
 */
void model_group(struct model *m, enum by by)
{
	const struct view *of = model_ungrouped(m);
	const struct view *groups = by == BY_NOTHING ? NULL : groups_of(by, of);

	if (!of || !has_groups(m, groups))
		return;
	if (model_place(m)->path) {
		group_library(m, groups);
	} else {
		m->by = by;
		show_first(m, of);
	}
}

/**
 * model_show_processes() - From libraries to processes, and back.
 * @m: The model.
 */
void model_show_processes(struct model *m)
{
	show_first(m, ungrouped(&m->place[0]) == &tables[PROCESSES] ?
		   &tables[LIBRARIES] : &tables[PROCESSES]);
}

/**
 * model_show_groups() - From libraries to control groups, and back.
 * @m: The model.
 */
void model_show_groups(struct model *m)
{
	const struct view *groups = groups_of(BY_CGROUP, &tables[LIBRARIES]);
	bool there = m->place[0].view == groups;

	if (!there && !has_groups(m, groups))
		return;
	m->by = there ? BY_NOTHING : BY_CGROUP;
	show_first(m, &tables[LIBRARIES]);
}

/**
 * model_open_group() - Open what is in a group.
 * @m: The model, at groups.
 * @row: The row of the group.
 */
void model_open_group(struct model *m, const void *row)
{
	const struct group_sum *sum = row;
	const struct place *from = model_place(m);
	const struct view *of;
	struct place *place;
	enum by by;

	groups_have(from->view, &by, &of);
	/* Row and place change with the push. */
	if (!strcmp(sum->label.id, GROUPS_TOTAL))
		return;
	place = model_push(m, from->path ? PLACE_USERS :
			   of == &tables[PROCESSES] ? PLACE_MEMBERS : PLACE_GROUP);
	if (!place)
		return;
	if (place->kind == PLACE_GROUP)
		place_show(place, PLACE_GROUP, group_libraries_view(by));
	place->by = by;
	place->group = xstrdup(sum->label.id);
	place->group_name = strcmp(sum->label.id, "-") ? xstrdup(sum->label.name) :
			    xasprintf("no %s", bys[by]);
	if (from->path)
		place_aim(place, from->path, from->dev, from->ino);
	model_build(m);
}

/**
 * model_find_groups() - Find the groups of the current place.
 * @m: The model.
 * @snap: The snapshot: the one that is shown, or the mark.
 *
 * Return: Rows of struct group_sum; @at is for free().
 */
struct rows model_find_groups(struct model *m, struct snapshot *snap)
{
	const struct place *place = model_place(m);
	struct filter filter = m->filter;

	if (place->path)
		filter.library = wanted_this(place->path, place->dev, place->ino);
	return groups_find(snap, place->view, &filter);
}

/**
 * model_find_members() - Find the libraries, or the processes, of a group.
 * @m: The model, at a group.
 *
 * Return: The rows; @at is for free().
 */
struct rows model_find_members(struct model *m)
{
	const struct place *place = model_place(m);

	return place->kind == PLACE_MEMBERS ?
	       group_processes_find(m->snap, place->by, place->group, &m->filter) :
	       group_libraries_find(m->snap, place->by, place->group, &m->filter);
}

/**
 * model_keep_members() - Keep the processes of the group that the place is about.
 * @m: The model, with rows of struct use.
 */
void model_keep_members(struct model *m)
{
	const struct place *place = model_place(m);
	struct pids pids = pids_make(m->snap);
	struct use *use = (void *)m->rows.at;
	size_t kept = 0, i;

	for (i = 0; i < m->rows.nr; i++) {
		struct process **found = pids_find(&pids, use[i].pid);

		if (found && !strcmp(label_process(m->snap, place->by, *found).id, place->group))
			use[kept++] = use[i];
	}
	m->rows.nr = kept;
	free(pids.at);
}
