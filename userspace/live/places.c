// SPDX-License-Identifier: GPL-2.0-only
/* Going from place to place in the live view, and about in one. */
#include "live/live.h"
#include "views/group_members.h"
#include "views/uses.h"

/**
 * model_select() - Select a row.
 * @m: The model, at a list.
 * @at: Which row of the list.
 */
void model_select(struct model *m, size_t at)
{
	struct place *place = model_place(m);

	place->at = at;
	free(place->selected);
	place->selected = m->list.nr ? row_key(place->view, m->list.row[at]) : NULL;
}

/**
 * model_move() - Select another row, or cell.
 * @m: The model.
 * @by: How far down.
 */
void model_move(struct model *m, long by)
{
	struct place *place = model_place(m);
	size_t nr = place->view ? m->list.nr : m->map.nr;
	size_t at = place->view ? place->at : place->cell;

	if (!nr)
		return;
	if (by < 0)
		at = at < (size_t)-by ? 0 : at + by;
	else
		at = nr - 1 - at < (size_t)by ? nr - 1 : at + by;
	if (place->view)
		model_select(m, at);
	else
		place->cell = at;
}

/**
 * model_push() - Go deeper.
 * @m: The model.
 * @kind: What to show there.
 *
 * Return: The new place, for the caller to complete and to build; NULL if it is too deep.
 */
struct place *model_push(struct model *m, enum place_kind kind)
{
	struct place *place;

	if (m->depth + 1 == DEPTH) {
		model_say(m, "go back first, with Esc");
		return NULL;
	}
	place = &m->place[++m->depth];
	place_clear(place);
	place_set(place, kind);
	return place;
}

static const void *selected_row(struct model *m)
{
	struct place *place = model_place(m);

	return place->view && place->at < m->list.nr ? m->list.row[place->at] : NULL;
}

/**
 * place_aim() - Make a place one about a library.
 * @place: The place, which is about none.
 * @path: The library's path.
 * @dev: Its device.
 * @ino: Its inode number.
 */
void place_aim(struct place *place, const char *path, const char *dev, uint64_t ino)
{
	place->path = xstrdup(path);
	place->dev = xstrdup(dev);
	place->ino = ino;
}

static void open_library(struct model *m, enum place_kind kind,
			 const char *path, const char *dev, uint64_t ino)
{
	const struct place *from = model_place(m);
	struct place *place = model_push(m, kind);

	if (!place)
		return;
	if (from->group && from->by != BY_PACKAGE && kind == PLACE_USERS) {
		place->by = from->by;
		place->group = xstrdup(from->group);
		place->group_name = xstrdup(from->group_name);
	}
	place_aim(place, path, dev, ino);
	model_build(m);
}

static void open_process(struct model *m, uint64_t pid)
{
	struct place *place = model_push(m, PLACE_USES);

	if (!place)
		return;
	place->pid = pid;
	model_build(m);
}

static void open_audited(struct model *m, enum place_kind kind, uint64_t number)
{
	const struct library *lib = snapshot_library(model_shown(m), number);

	if (lib)
		open_library(m, kind, lib->path, lib->dev, lib->ino);
}

/**
 * model_open_library() - Open the library that the selected row is about, or the place.
 * @m: The model.
 * @kind: What to show of it.
 *
 * Return: Whether there is one.
 */
bool model_open_library(struct model *m, enum place_kind kind)
{
	struct place *place = model_place(m);
	const void *row = selected_row(m);
	const struct library *lib = row;
	const struct use *use = row;
	const struct group *group = row;
	const struct audit *audit = row;

	/* Of a package, they are rows of libraries. */
	bool libraries = place->view == &tables[LIBRARIES];

	if (place->path)
		open_library(m, kind, place->path, place->dev, place->ino);
	else if (row && libraries)
		open_library(m, kind, lib->path, lib->dev, lib->ino);
	else if (row && place->kind == PLACE_USES)
		open_library(m, kind, use->path, use->dev, use->ino);
	else if (row && place->kind == PLACE_GROUP)
		open_library(m, kind, group->path, group->dev, group->ino);
	else if (row && place->kind == PLACE_AUDIT)
		open_audited(m, kind, audit->lib);
	else
		return false;
	return true;
}

/**
 * model_enter() - Open what is selected.
 * @m: The model.
 */
void model_enter(struct model *m)
{
	struct place *place = model_place(m);
	const void *row = selected_row(m);

	if (!row)
		return;
	switch (place->kind) {
	case PLACE_LIBRARIES:
	case PLACE_USES:
	case PLACE_GROUP:
		model_open_library(m, PLACE_USERS);
		break;
	case PLACE_GROUPS:
		model_open_group(m, row);
		break;
	case PLACE_PROCESSES:
	case PLACE_MEMBERS:
		open_process(m, ((const struct process *)row)->pid);
		break;
	case PLACE_USERS:
		open_process(m, ((const struct use *)row)->pid);
		break;
	case PLACE_FINDINGS:
		break;
	default:
		if (place->kind == PLACE_AUDIT && !place->path)
			model_open_library(m, PLACE_AUDIT);
		else
			model_say(m, "there is nothing to open here: Esc goes back");
		break;
	}
}

/**
 * model_show_map() - Open the page map of what is selected.
 * @m: The model.
 */
void model_show_map(struct model *m)
{
	if (model_place(m)->kind == PLACE_MAP)
		model_leave(m);
	else if (!model_open_library(m, PLACE_MAP))
		model_say(m, "a page map is of a library: select one first");
}

/**
 * model_open_asked() - Open the library that the command line asks for.
 * @m: The model, with its first snapshot.
 */
void model_open_asked(struct model *m)
{
	enum place_kind kind = m->open_next;
	const struct library *lib;
	char why[512];

	m->open_next = PLACE_LIBRARIES;
	lib = wanted_find(&m->filter.library, m->snap, why, sizeof(why));
	if (!lib) {
		model_say(m, "%s", *why ? why : "no process maps that library");
		return;
	}
	open_library(m, kind, lib->path, lib->dev, lib->ino);
	model_place(m)->sort = m->sort_asked;
	model_place(m)->reverse = m->reverse_asked;
	model_build(m);
}

/**
 * model_show_findings() - Open what there is to do about copies.
 * @m: The model.
 */
void model_show_findings(struct model *m)
{
	if (model_place(m)->kind == PLACE_FINDINGS) {
		model_leave(m);
	} else if (model_push(m, PLACE_FINDINGS)) {
		m->audit_next = !m->replay;
		model_build(m);
	}
}

/**
 * model_leave() - Go back to where the user came from.
 * @m: The model.
 *
 * Return: Whether there is such a place.
 */
bool model_leave(struct model *m)
{
	struct place *place = model_place(m);

	if (model_break_off(m))
		return true;
	if (*place->filter) {
		*place->filter = '\0';
	} else {
		if (!m->depth) {
			model_say(m, "this is the first view: q quits");
			return false;
		}
		m->depth--;
	}
	model_build(m);
	return true;
}

/**
 * model_next_view() - Look at a library, or a group, another way.
 * @m: The model.
 */
void model_next_view(struct model *m)
{
	struct place *place = model_place(m);

	if (place->kind >= PLACE_USERS && place->kind <= PLACE_SECTIONS) {
		place_set(place, place->kind == PLACE_SECTIONS ?
			  PLACE_USERS : place->kind + 1);
	} else if (place->kind == PLACE_MEMBERS) {
		place_show(place, PLACE_GROUP, group_libraries_view(place->by));
	} else if (place->kind == PLACE_GROUP && place->by != BY_PACKAGE) {
		place_set(place, PLACE_MEMBERS);
	} else {
		model_show_processes(m);
		return;
	}
	model_build(m);
}

/**
 * model_toggle_mark() - Show changes from now on, or no longer.
 * @m: The model.
 */
void model_toggle_mark(struct model *m)
{
	m->mark_next = !m->mark && !m->mark_next;
	if (m->mark) {
		if (m->mark != m->snap && m->mark != m->audited)
			snapshot_free(m->mark);
		m->mark = NULL;
	} else if (m->mark_next && m->snap && !model_lacks(m)) {
		m->mark_next = false;
		m->mark = m->snap;
		m->at_mark = m->totals;
	}
	model_build(m);
}
