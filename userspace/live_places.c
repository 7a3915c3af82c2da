// SPDX-License-Identifier: GPL-2.0-only
/* Going from place to place in the live view, and about in one. */
#include "groups.h"
#include "live.h"
#include "uses.h"

static void select_row(struct libshare_model *m, size_t at)
{
	struct libshare_place *place = libshare_model_place(m);

	place->at = at;
	free(place->selected);
	place->selected = m->list.nr ? libshare_row_key(place->view, m->list.row[at]) : NULL;
}

/**
 * libshare_model_move() - Select another row, or cell.
 * @m: The model.
 * @by: How far down.
 */
void libshare_model_move(struct libshare_model *m, long by)
{
	struct libshare_place *place = libshare_model_place(m);
	size_t nr = place->view ? m->list.nr : m->map.nr;
	size_t at = place->view ? place->at : place->cell;

	if (!nr)
		return;
	if (by < 0)
		at = at < (size_t)-by ? 0 : at + by;
	else
		at = nr - 1 - at < (size_t)by ? nr - 1 : at + by;
	if (place->view)
		select_row(m, at);
	else
		place->cell = at;
}

static struct libshare_place *push(struct libshare_model *m, enum libshare_place_kind kind)
{
	struct libshare_place *place;

	if (m->depth + 1 == LIBSHARE_DEPTH) {
		libshare_model_say(m, "go back first, with Esc");
		return NULL;
	}
	place = &m->place[++m->depth];
	libshare_place_clear(place);
	libshare_place_set(place, kind);
	return place;
}

static const void *selected_row(struct libshare_model *m)
{
	struct libshare_place *place = libshare_model_place(m);

	return place->view && place->at < m->list.nr ? m->list.row[place->at] : NULL;
}

static void open_library(struct libshare_model *m, enum libshare_place_kind kind,
			 const char *path, const char *dev, uint64_t ino)
{
	struct libshare_place *place = push(m, kind);

	if (!place)
		return;
	place->path = xstrdup(path);
	place->dev = xstrdup(dev);
	place->ino = ino;
	libshare_model_build(m);
}

static void open_process(struct libshare_model *m, uint64_t pid)
{
	struct libshare_place *place = push(m, LIBSHARE_PLACE_USES);

	if (!place)
		return;
	place->pid = pid;
	libshare_model_build(m);
}

static void open_group(struct libshare_model *m, const char *cgroup)
{
	struct libshare_place *place;

	if (!strcmp(cgroup, LIBSHARE_GROUPS_TOTAL))
		return;
	place = push(m, LIBSHARE_PLACE_GROUP);
	if (!place)
		return;
	place->cgroup = xstrdup(cgroup);
	libshare_model_build(m);
}

/* Open the library that the selected row is about, or the place itself. */
static bool open_as(struct libshare_model *m, enum libshare_place_kind kind)
{
	struct libshare_place *place = libshare_model_place(m);
	const void *row = selected_row(m);
	const struct libshare_library *lib = row;
	const struct libshare_use *use = row;
	const struct libshare_group *group = row;

	if (place->path)
		open_library(m, kind, place->path, place->dev, place->ino);
	else if (row && place->kind == LIBSHARE_PLACE_LIBRARIES)
		open_library(m, kind, lib->path, lib->dev, lib->ino);
	else if (row && place->kind == LIBSHARE_PLACE_USES)
		open_library(m, kind, use->path, use->dev, use->ino);
	else if (row && place->kind == LIBSHARE_PLACE_GROUP)
		open_library(m, kind, group->path, group->dev, group->ino);
	else
		return false;
	return true;
}

/**
 * libshare_model_enter() - Open what is selected.
 * @m: The model.
 */
void libshare_model_enter(struct libshare_model *m)
{
	struct libshare_place *place = libshare_model_place(m);
	const void *row = selected_row(m);

	if (!row)
		return;
	switch (place->kind) {
	case LIBSHARE_PLACE_LIBRARIES:
	case LIBSHARE_PLACE_USES:
	case LIBSHARE_PLACE_GROUP:
		open_as(m, LIBSHARE_PLACE_USERS);
		break;
	case LIBSHARE_PLACE_GROUPS:
		open_group(m, ((const struct libshare_group_sum *)row)->cgroup);
		break;
	case LIBSHARE_PLACE_PROCESSES:
		open_process(m, ((const struct libshare_process *)row)->pid);
		break;
	case LIBSHARE_PLACE_USERS:
		open_process(m, ((const struct libshare_use *)row)->pid);
		break;
	default:
		break;
	}
}

/**
 * libshare_model_show_map() - Open the page map of what is selected.
 * @m: The model.
 */
void libshare_model_show_map(struct libshare_model *m)
{
	if (libshare_model_place(m)->kind == LIBSHARE_PLACE_MAP)
		libshare_model_leave(m);
	else if (!open_as(m, LIBSHARE_PLACE_MAP))
		libshare_model_say(m, "a page map is of a library: select one first");
}

/**
 * libshare_model_open_sections() - Open the sections of the library that was asked for.
 * @m: The model, with its first snapshot.
 */
void libshare_model_open_sections(struct libshare_model *m)
{
	const struct libshare_library *lib;
	char why[512];

	m->sections_next = false;
	lib = libshare_wanted_find(&m->filter.library, m->snap, why, sizeof(why));
	if (!lib) {
		libshare_model_say(m, "%s", *why ? why : "no process maps that library");
		return;
	}
	open_library(m, LIBSHARE_PLACE_SECTIONS, lib->path, lib->dev, lib->ino);
	libshare_model_place(m)->sort = m->sort_asked;
	libshare_model_place(m)->reverse = m->reverse_asked;
	libshare_model_build(m);
}

/**
 * libshare_model_show_findings() - Open what there is to do about copies.
 * @m: The model.
 */
void libshare_model_show_findings(struct libshare_model *m)
{
	if (libshare_model_place(m)->kind == LIBSHARE_PLACE_FINDINGS)
		libshare_model_leave(m);
	else if (push(m, LIBSHARE_PLACE_FINDINGS))
		libshare_model_build(m);
}

/**
 * libshare_model_leave() - Go back to where the user came from.
 * @m: The model.
 *
 * Return: Whether there is such a place.
 */
bool libshare_model_leave(struct libshare_model *m)
{
	struct libshare_place *place = libshare_model_place(m);

	if (*place->filter) {
		*place->filter = '\0';
	} else {
		if (!m->depth)
			return false;
		m->depth--;
	}
	libshare_model_build(m);
	return true;
}

/* From libraries to something else, and back. */
static void toggle(struct libshare_model *m, enum libshare_place_kind kind)
{
	bool there = m->place[0].kind == kind;

	m->depth = 0;
	libshare_place_set(&m->place[0], there ? LIBSHARE_PLACE_LIBRARIES : kind);
	libshare_model_build(m);
}

/**
 * libshare_model_show_processes() - From libraries to processes, and back.
 * @m: The model.
 */
void libshare_model_show_processes(struct libshare_model *m)
{
	toggle(m, LIBSHARE_PLACE_PROCESSES);
}

/**
 * libshare_model_show_groups() - From libraries to control groups, and back.
 * @m: The model.
 */
void libshare_model_show_groups(struct libshare_model *m)
{
	if (m->replay && m->snap && !(m->snap->has & LIBSHARE_HAS(LIBSHARE_CGROUPS)))
		libshare_model_say(m, "this recording has no control groups");
	else
		toggle(m, LIBSHARE_PLACE_GROUPS);
}

/**
 * libshare_model_next_view() - Look at a library another way.
 * @m: The model.
 */
void libshare_model_next_view(struct libshare_model *m)
{
	struct libshare_place *place = libshare_model_place(m);

	if (place->kind < LIBSHARE_PLACE_USERS || place->kind > LIBSHARE_PLACE_SECTIONS) {
		libshare_model_show_processes(m);
		return;
	}
	libshare_place_set(place, place->kind == LIBSHARE_PLACE_SECTIONS ?
			   LIBSHARE_PLACE_USERS : place->kind + 1);
	libshare_model_build(m);
}

/**
 * libshare_model_toggle_mark() - Show changes from now on, or no longer.
 * @m: The model.
 */
void libshare_model_toggle_mark(struct libshare_model *m)
{
	m->mark_next = !m->mark && !m->mark_next;
	if (m->mark) {
		if (m->mark != m->snap)
			libshare_snapshot_free(m->mark);
		m->mark = NULL;
	} else if (m->mark_next && m->snap && !libshare_model_lacks(m)) {
		m->mark_next = false;
		m->mark = m->snap;
		m->at_mark = m->totals;
	}
	libshare_model_build(m);
}

/**
 * libshare_model_sort() - Sort by another column.
 * @m: The model.
 * @by: The column of the current place's view.
 */
void libshare_model_sort(struct libshare_model *m, const struct libshare_column *by)
{
	libshare_model_place(m)->sort = by;
	libshare_model_place(m)->reverse = false;
	libshare_model_build(m);
}
