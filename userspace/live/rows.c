// SPDX-License-Identifier: GPL-2.0-only
/* The rows of the place where the user is; see model.c. */
#include "data/cmdline.h"
#include "data/elffile.h"
#include "live/live.h"
#include "out/diff.h"
#include "views/explain.h"
#include "views/groups.h"
#include "views/restricted.h"
#include "views/sections.h"
#include "views/uses.h"

/**
 * model_free_rows() - Free what model_build() made.
 * @m: The model.
 */
void model_free_rows(struct model *m)
{
	if (m->rows_made)
		free(m->rows.at);
	if (m->mark_rows_made)
		free(m->mark_rows.at);
	free(m->list.row);
	free(m->marked.row);
	free(m->map.cell);
	memset(&m->rows, 0, sizeof(m->rows));
	memset(&m->mark_rows, 0, sizeof(m->mark_rows));
	memset(&m->list, 0, sizeof(m->list));
	memset(&m->marked, 0, sizeof(m->marked));
	memset(&m->map, 0, sizeof(m->map));
	m->rows_made = false;
	m->mark_rows_made = false;
}

/**
 * row_key() - What tells a row from others when the next snapshot comes.
 * @view: What the row is of.
 * @row: The row.
 *
 * Return: A text for free().
 */
char *row_key(const struct view *view, const void *row)
{
	static const char *const names[] = {
		"path", "dev", "ino", "pid", "section", "cause", "offset", "segment", "perms", "rule"
	};
	char buf[CELL], *key, *longer;
	const struct view *of;
	enum by by;
	size_t i;

	if (groups_have(view, &by, &of))
		return xstrdup(((const struct group_sum *)row)->label.id);
	key = xstrdup("");
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct column *col = column_find(view, names[i],
						       strlen(names[i]));

		if (!col)
			continue;
		longer = xasprintf("%s\t%s", key, column_format(col, row, false, buf));
		free(key);
		key = longer;
	}
	return key;
}

static void find_selected(struct model *m)
{
	struct place *place = model_place(m);
	size_t i;

	for (i = 0; place->selected && i < m->list.nr; i++) {
		char *key = row_key(place->view, m->list.row[i]);
		bool same = !strcmp(key, place->selected);

		free(key);
		if (same) {
			place->at = i;
			return;
		}
	}
	if (place->at >= m->list.nr)
		place->at = m->list.nr ? m->list.nr - 1 : 0;
}

/**
 * place_library() - The library that a place is about.
 * @place: The place.
 * @snap: A snapshot.
 *
 * Return: Its row there, or NULL.
 */
const struct library *place_library(const struct place *place, const struct snapshot *snap)
{
	const struct library *lib;

	if (!place->path)
		return NULL;
	for_each(lib, snap, LIBRARIES)
		if (lib->ino == place->ino && !strcmp(lib->dev, place->dev) &&
		    !strcmp(lib->path, place->path))
			return lib;
	return NULL;
}

/* Rows of libraries, processes or groups, as the first place has them. */
static struct rows find_first(struct model *m, struct snapshot *snap, bool *made)
{
	const struct place *place = model_place(m);

	*made = true;
	if (place->kind == PLACE_GROUPS)
		return model_find_groups(m, snap);
	if (place->kind == PLACE_LIBRARIES && m->filter.cgroup)
		return restricted_find(snap, &m->filter);
	*made = false;
	return snap->table[place->view - tables];
}

static void make_rows(struct model *m)
{
	struct place *place = model_place(m);
	const struct library *lib = m->library;

	/* What the groups are is not known before. */
	if (model_lacks_rows(m, m->snap) && (place->kind == PLACE_GROUPS || place->group))
		return;
	m->rows_made = true;
	if (lib && !m->replay &&
	    (place->kind == PLACE_SECTIONS || place->kind == PLACE_MAP))
		elf_add(m->snap, lib);
	switch (place->kind) {
	case PLACE_LIBRARIES:
	case PLACE_PROCESSES:
	case PLACE_GROUPS:
		m->rows = find_first(m, m->snap, &m->rows_made);
		break;
	case PLACE_GROUP:
	case PLACE_MEMBERS:
		m->rows = model_find_members(m);
		break;
	case PLACE_USERS:
		if (lib)
			m->rows = users_find(m->snap, lib->lib);
		if (place->group)
			model_keep_members(m);
		break;
	case PLACE_SEGMENTS:
		if (lib)
			m->rows = segments_find(m->snap, lib->lib);
		break;
	case PLACE_SECTIONS:
		if (lib)
			m->rows = sections_find(m->snap, lib);
		break;
	case PLACE_USES:
		m->rows = uses_find(m->snap, place->pid);
		break;
	case PLACE_AUDIT:
		m->rows = model_find_audit(m);
		break;
	case PLACE_FINDINGS:
		m->rows = model_find_findings(m);
		break;
	case PLACE_MAP:
		break;
	}
}

/* Rows as they were at the mark, where there are such. */
static void make_marked(struct model *m)
{
	const struct place *place = model_place(m);
	const struct view *view = place->view;
	const struct filter all = { 0 };
	struct list list;

	if (place->kind > PLACE_GROUPS || model_lacks_rows(m, m->mark))
		return;
	m->mark_rows = find_first(m, m->mark, &m->mark_rows_made);
	list = list_make(m->mark, view, &m->mark_rows, &all);
	m->marked = diff_sort(view, &list);
	free(list.row);
}

static void drop_unchanged(struct model *m)
{
	const struct view *view = model_place(m)->view;
	size_t i, kept = 0;

	for (i = 0; i < m->list.nr; i++) {
		const void *row = m->list.row[i];

		if (diff_is_changed(&m->columns,
				    diff_find(&m->marked, view, row), row, 0))
			m->list.row[kept++] = row;
	}
	m->list.nr = kept;
}

/* The rows that the place shows, of those that there are. */
static void list_rows(struct model *m)
{
	struct place *place = model_place(m);
	const struct snapshot *snap = model_shown(m);
	struct filter filter = { 0 };

	if (!snap)
		return;
	if (!m->depth)
		filter = m->filter;
	filter.glob = *place->filter ? place->filter : NULL;
	m->list = list_make(snap, place->view, &m->rows, &filter);
	list_sort(&m->list, place->sort, place->reverse);
	if (place->kind == PLACE_GROUPS)
		groups_total_last(&m->list, &m->rows);
	if (!m->depth && !filter.glob && !model_lacks(m))
		filter_problem(snap, place->view, &filter, &m->list, m->nothing,
			       sizeof(m->nothing));
}

/**
 * model_build_rows() - Make the rows that the current place shows.
 * @m: The model, after a new snapshot came: columns keep their width.
 */
void model_build_rows(struct model *m)
{
	struct place *place = model_place(m);

	model_free_rows(m);
	*m->nothing = '\0';
	if (!m->snap)
		return;
	m->library = place_library(place, m->snap);
	make_rows(m);
	if (!place->view) {
		model_build_map(m);
		return;
	}
	columns_build(m);
	if (columns_have(&m->columns, "cmdline") && !m->replay) {
		cmdline_add(m->snap);
		/* Processes of a group are copies, which have none yet. */
		if (m->rows_made) {
			free(m->rows.at);
			make_rows(m);
		}
	}
	list_rows(m);
	if (m->mark)
		make_marked(m);
	if (m->marked.row)
		drop_unchanged(m);
	find_selected(m);
	model_add_up(m);
}

/**
 * model_build() - Make the rows that the current place shows.
 * @m: The model, after anything else in it changed.
 */
void model_build(struct model *m)
{
	struct place *place = model_place(m);

	memset(place->width, 0, sizeof(place->width));
	model_build_rows(m);
}

/**
 * model_build_map() - Make the page map that the current place shows.
 * @m: The model, after the size of the screen changed.
 */
void model_build_map(struct model *m)
{
	struct place *place = model_place(m);

	free(m->map.cell);
	memset(&m->map, 0, sizeof(m->map));
	if (m->library && m->map_cells && !model_lacks(m))
		pagemap_make(&m->map, m->snap, m->library, m->map_cells);
	if (place->cell >= m->map.nr)
		place->cell = m->map.nr ? m->map.nr - 1 : 0;
}
