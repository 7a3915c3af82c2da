// SPDX-License-Identifier: GPL-2.0-only
/* The rows of the place where the user is; see live_model.c. */
#include "cmdline.h"
#include "diff.h"
#include "elffile.h"
#include "explain.h"
#include "groups.h"
#include "live.h"
#include "sections.h"
#include "uses.h"

/**
 * libshare_model_free_rows() - Free what libshare_model_build() made.
 * @m: The model.
 */
void libshare_model_free_rows(struct libshare_model *m)
{
	if (m->rows_made)
		free(m->rows.at);
	free(m->list.row);
	free(m->marked.row);
	free(m->map.cell);
	memset(&m->rows, 0, sizeof(m->rows));
	memset(&m->list, 0, sizeof(m->list));
	memset(&m->marked, 0, sizeof(m->marked));
	memset(&m->map, 0, sizeof(m->map));
	m->rows_made = false;
}

/**
 * libshare_row_key() - What tells a row from others when the next snapshot comes.
 * @view: What the row is of.
 * @row: The row.
 *
 * Return: A text for free().
 */
char *libshare_row_key(const struct libshare_view *view, const void *row)
{
	static const char *const names[] = {
		"path", "cgroup", "dev", "ino", "pid", "section", "cause", "offset", "segment", "perms",
		"rule"
	};
	char buf[LIBSHARE_CELL], *key = xstrdup(""), *longer;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct libshare_column *col = libshare_column_find(view, names[i],
									 strlen(names[i]));

		if (!col)
			continue;
		longer = xasprintf("%s\t%s", key, libshare_column_format(col, row, false, buf));
		free(key);
		key = longer;
	}
	return key;
}

static void find_selected(struct libshare_model *m)
{
	struct libshare_place *place = libshare_model_place(m);
	size_t i;

	for (i = 0; place->selected && i < m->list.nr; i++) {
		char *key = libshare_row_key(place->view, m->list.row[i]);
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

static const struct libshare_library *find_library(const struct libshare_snapshot *snap,
						   const struct libshare_place *place)
{
	const struct libshare_library *lib;

	if (!place->path)
		return NULL;
	libshare_for_each(lib, snap, LIBSHARE_LIBRARIES)
		if (lib->ino == place->ino && !strcmp(lib->dev, place->dev) &&
		    !strcmp(lib->path, place->path))
			return lib;
	return NULL;
}

static void make_rows(struct libshare_model *m)
{
	struct libshare_place *place = libshare_model_place(m);
	const struct libshare_library *lib = m->library;

	m->rows_made = true;
	if (lib && !m->replay &&
	    (place->kind == LIBSHARE_PLACE_SECTIONS || place->kind == LIBSHARE_PLACE_MAP))
		libshare_elf_add(m->snap, lib);
	switch (place->kind) {
	case LIBSHARE_PLACE_LIBRARIES:
	case LIBSHARE_PLACE_PROCESSES:
		m->rows = m->snap->table[place->view - libshare_tables];
		m->rows_made = false;
		break;
	case LIBSHARE_PLACE_GROUPS:
		m->rows = libshare_groups_find(m->snap, &m->filter);
		break;
	case LIBSHARE_PLACE_GROUP:
		m->rows = libshare_groups_libraries(m->snap, place->cgroup);
		break;
	case LIBSHARE_PLACE_USERS:
		if (lib)
			m->rows = libshare_users_find(m->snap, lib->lib);
		break;
	case LIBSHARE_PLACE_SEGMENTS:
		if (lib)
			m->rows = libshare_segments_find(m->snap, lib->lib);
		break;
	case LIBSHARE_PLACE_SECTIONS:
		if (lib)
			m->rows = libshare_sections_find(m->snap, lib);
		break;
	case LIBSHARE_PLACE_USES:
		m->rows = libshare_uses_find(m->snap, place->pid);
		break;
	case LIBSHARE_PLACE_FINDINGS:
		m->rows = libshare_model_find_findings(m);
		break;
	case LIBSHARE_PLACE_MAP:
		break;
	}
}

/* Rows as they were at the mark, where there are such. */
static void make_marked(struct libshare_model *m)
{
	const struct libshare_view *view = libshare_model_place(m)->view;
	const struct libshare_filter all = { .pid = LIBSHARE_UNKNOWN };
	struct libshare_list list;

	if (view != &libshare_tables[LIBSHARE_LIBRARIES] &&
	    view != &libshare_tables[LIBSHARE_PROCESSES])
		return;
	list = libshare_list_make(m->mark, view, &m->mark->table[view - libshare_tables], &all);
	m->marked = libshare_diff_sort(view, &list);
	free(list.row);
}

static void drop_unchanged(struct libshare_model *m)
{
	const struct libshare_view *view = libshare_model_place(m)->view;
	size_t i, kept = 0;

	for (i = 0; i < m->list.nr; i++) {
		const void *row = m->list.row[i];

		if (libshare_diff_is_changed(&m->columns,
					     libshare_diff_find(&m->marked, view, row), row, 0))
			m->list.row[kept++] = row;
	}
	m->list.nr = kept;
}

/* What the order follows is to be seen; names stay last. */
static void show_column(struct libshare_columns *columns, const struct libshare_column *col)
{
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (columns->at[i] == col)
			return;
	if (!col || !columns->nr || columns->nr == sizeof(columns->at) / sizeof(*columns->at))
		return;
	columns->at[columns->nr] = columns->at[columns->nr - 1];
	columns->at[columns->nr++ - 1] = col;
}

/* Whether the command line says which columns this place shows. */
static bool is_asked(const struct libshare_model *m)
{
	return m->columns_asked && m->place[m->depth].view == m->view_asked;
}

/* Columns other than the usual ones; or NULL. */
static const char *columns_of(const struct libshare_model *m)
{
	const struct libshare_section *row = (void *)m->rows.at;

	if (is_asked(m))
		return m->columns_asked;
	if (m->place[m->depth].kind == LIBSHARE_PLACE_FINDINGS)
		return "wins,procs,rule,finding";
	if (m->place[m->depth].kind != LIBSHARE_PLACE_SECTIONS)
		return NULL;
	/* The library is named above the list, and has one note. */
	return m->rows.nr && strcmp(row->note, "-") ? "cow,pages,relocs,size,cause,note,section" :
						      "cow,pages,relocs,size,cause,section";
}

/**
 * libshare_model_build() - Make the rows that the current place shows.
 * @m: The model, after anything in it changed.
 */
void libshare_model_build(struct libshare_model *m)
{
	struct libshare_place *place = libshare_model_place(m);
	struct libshare_filter filter = { .pid = LIBSHARE_UNKNOWN };

	libshare_model_free_rows(m);
	*m->nothing = '\0';
	if (!m->snap)
		return;
	m->library = find_library(m->snap, place);
	make_rows(m);
	if (!place->view) {
		libshare_model_build_map(m);
		return;
	}
	if (!m->depth)
		filter = m->filter;
	filter.glob = *place->filter ? place->filter : NULL;
	libshare_columns_choose(place->view, columns_of(m), &m->columns, NULL, 0);
	/* Columns that were asked for stay as they are until another order is chosen. */
	if (place->sort != m->sort_asked || !is_asked(m))
		show_column(&m->columns, place->sort);
	if (libshare_columns_have(&m->columns, "cmdline") && !m->replay)
		libshare_cmdline_add(m->snap);
	m->list = libshare_list_make(m->snap, place->view, &m->rows, &filter);
	libshare_list_sort(&m->list, place->sort, place->reverse);
	if (place->kind == LIBSHARE_PLACE_GROUPS)
		libshare_groups_total_last(&m->list, &m->rows);
	if (!m->depth && !filter.glob && !libshare_model_lacks(m))
		libshare_filter_problem(m->snap, place->view, &filter, &m->list, m->nothing,
					sizeof(m->nothing));
	if (m->mark)
		make_marked(m);
	if (m->marked.row)
		drop_unchanged(m);
	find_selected(m);
}

/**
 * libshare_model_build_map() - Make the page map that the current place shows.
 * @m: The model, after the size of the screen changed.
 */
void libshare_model_build_map(struct libshare_model *m)
{
	struct libshare_place *place = libshare_model_place(m);

	free(m->map.cell);
	memset(&m->map, 0, sizeof(m->map));
	if (m->library && m->map_cells && !libshare_model_lacks(m))
		libshare_pagemap_make(&m->map, m->snap, m->library, m->map_cells);
	if (place->cell >= m->map.nr)
		place->cell = m->map.nr ? m->map.nr - 1 : 0;
}

