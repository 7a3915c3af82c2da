// SPDX-License-Identifier: GPL-2.0-only
/* What the live view shows: where the user is, and the rows that belong there. */
#include <errno.h>

#include "diff.h"
#include "elffile.h"
#include "live.h"
#include "record.h"
#include "sections.h"
#include "text.h"
#include "uses.h"

#define HAS(id) LIBSHARE_HAS(LIBSHARE_##id)
/* What the module's snapshot has. */
#define ALL (HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) | HAS(PAGES) | HAS(HISTOGRAM))

static const struct libshare_view *const views[] = {
	[LIBSHARE_PLACE_LIBRARIES] = &libshare_tables[LIBSHARE_LIBRARIES],
	[LIBSHARE_PLACE_PROCESSES] = &libshare_tables[LIBSHARE_PROCESSES],
	[LIBSHARE_PLACE_USERS] = &libshare_users_view,
	[LIBSHARE_PLACE_SEGMENTS] = &libshare_segments_view,
	[LIBSHARE_PLACE_SECTIONS] = &libshare_sections_view,
	[LIBSHARE_PLACE_USES] = &libshare_uses_view,
	[LIBSHARE_PLACE_MAP] = NULL,
};

/**
 * libshare_model_say() - Show a message until the next key.
 * @m: The model.
 * @format: As printf() has it.
 */
void libshare_model_say(struct libshare_model *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(m->message, sizeof(m->message), format, args);
	va_end(args);
}

/**
 * libshare_place_set() - Make a place show something else, from its top.
 * @place: The place.
 * @kind: What to show.
 */
void libshare_place_set(struct libshare_place *place, enum libshare_place_kind kind)
{
	place->kind = kind;
	place->view = views[kind];
	place->sort = NULL;
	if (place->view && place->view->sort)
		place->sort = libshare_column_find(place->view, place->view->sort,
						   strlen(place->view->sort));
	place->reverse = false;
	place->at = 0;
	place->top = 0;
	free(place->selected);
	place->selected = NULL;
	*place->filter = '\0';
}

/**
 * libshare_place_clear() - Free what a place has.
 * @place: The place, which is empty then.
 */
void libshare_place_clear(struct libshare_place *place)
{
	free(place->path);
	free(place->dev);
	free(place->selected);
	memset(place, 0, sizeof(*place));
}

/**
 * libshare_model_setup() - Begin where the command line says.
 * @m: The model.
 * @options: The command line.
 */
void libshare_model_setup(struct libshare_model *m, const struct libshare_options *options)
{
	struct libshare_place *place = &m->place[0];

	memset(m, 0, sizeof(*m));
	m->chosen_ms = options->delay_ms;
	m->delay_ms = m->chosen_ms;
	m->replay = options->replay;
	libshare_place_set(place, options->view == views[LIBSHARE_PLACE_PROCESSES] ?
		 LIBSHARE_PLACE_PROCESSES : LIBSHARE_PLACE_LIBRARIES);
	if (options->view == place->view && options->sort) {
		place->sort = options->sort;
		place->reverse = options->reverse;
	}
	if (options->filter.glob)
		snprintf(place->filter, sizeof(place->filter), "%s", options->filter.glob);
}

static void free_rows(struct libshare_model *m)
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
 * libshare_model_teardown() - Free all that a model has.
 * @m: The model.
 */
void libshare_model_teardown(struct libshare_model *m)
{
	size_t i;

	free_rows(m);
	for (i = 0; i < LIBSHARE_DEPTH; i++)
		libshare_place_clear(&m->place[i]);
	if (m->mark != m->snap)
		libshare_snapshot_free(m->mark);
	libshare_snapshot_free(m->snap);
	free(m->save_next);
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
		"path", "dev", "ino", "pid", "section", "cause", "offset", "segment", "perms"
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

/**
 * libshare_model_needs() - Which tables to scan for.
 * @m: The model.
 *
 * What the screen shows, and no more: the tables that say all cost the module, and
 * this program, many times what the list of libraries costs.
 *
 * Return: As libshare_source_next() has it.
 */
unsigned int libshare_model_needs(const struct libshare_model *m)
{
	static const unsigned int needs[] = {
		[LIBSHARE_PLACE_LIBRARIES] = HAS(LIBRARIES),
		[LIBSHARE_PLACE_PROCESSES] = HAS(LIBRARIES) | HAS(PROCESSES) | LIBSHARE_APART,
		[LIBSHARE_PLACE_USERS] = HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS),
		[LIBSHARE_PLACE_SEGMENTS] = HAS(LIBRARIES) | HAS(MAPPINGS),
		[LIBSHARE_PLACE_SECTIONS] = HAS(LIBRARIES) | HAS(MAPPINGS) | HAS(PAGES),
		[LIBSHARE_PLACE_USES] = HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS),
		[LIBSHARE_PLACE_MAP] = HAS(LIBRARIES) | HAS(MAPPINGS) | HAS(PAGES),
	};

	/* A recording has what it has. */
	if (m->replay)
		return HAS(LIBRARIES);
	if (m->save_next)
		return ALL;
	if (m->mark_next)
		return needs[LIBSHARE_PLACE_PROCESSES] | needs[m->place[m->depth].kind];
	return needs[m->place[m->depth].kind];
}

/**
 * libshare_model_lacks() - Whether a scan is due whatever the clock says.
 * @m: The model.
 *
 * Return: Whether the last one has less than what is to be shown, marked or saved.
 */
bool libshare_model_lacks(const struct libshare_model *m)
{
	return m->snap && !m->replay &&
	       (libshare_model_needs(m) & ~LIBSHARE_APART & ~m->snap->has);
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

	if (view != views[LIBSHARE_PLACE_LIBRARIES] && view != views[LIBSHARE_PLACE_PROCESSES])
		return;
	list = libshare_list_make(m->mark, view, &m->mark->table[view - libshare_tables], &all);
	m->marked = libshare_diff_sort(view, &list);
	free(list.row);
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

/* Columns other than the usual ones; or NULL. */
static const char *columns_of(const struct libshare_model *m)
{
	const struct libshare_section *row = (void *)m->rows.at;

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

	free_rows(m);
	if (!m->snap)
		return;
	m->library = find_library(m->snap, place);
	make_rows(m);
	if (!place->view) {
		libshare_model_build_map(m);
		return;
	}
	filter.glob = *place->filter ? place->filter : NULL;
	libshare_columns_choose(place->view, columns_of(m), &m->columns, NULL, 0);
	show_column(&m->columns, place->sort);
	m->list = libshare_list_make(m->snap, place->view, &m->rows, &filter);
	libshare_list_sort(&m->list, place->sort, place->reverse);
	if (m->mark)
		make_marked(m);
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

static void save(struct libshare_model *m, const char *file)
{
	if (!m->replay)
		libshare_record_complete(m->snap);
	if (libshare_record_save(m->snap, file))
		libshare_model_say(m, "saved; libshare-top --replay %s shows it", file);
	else
		libshare_model_say(m, "cannot write %s: %s", file, strerror(errno));
}

/**
 * libshare_model_take() - Show a new snapshot.
 * @m: The model, which frees it.
 * @snap: The snapshot.
 */
void libshare_model_take(struct libshare_model *m, struct libshare_snapshot *snap)
{
	if (m->snap != m->mark)
		libshare_snapshot_free(m->snap);
	m->has_before = m->snap;
	m->before = m->totals;
	m->snap = snap;
	libshare_totals_add(&m->totals, snap);
	if (m->mark_next && !libshare_model_lacks(m)) {
		m->mark_next = false;
		m->mark = snap;
	}
	if (m->save_next && !libshare_model_lacks(m)) {
		char *file = m->save_next;

		m->save_next = NULL;
		save(m, file);
		free(file);
	}
	libshare_model_build(m);
}

/**
 * libshare_model_save() - Write a recording of what is shown.
 * @m: The model.
 * @file: Its name.
 *
 * Where more is to be recorded than the screen needs, that is left to the next
 * scan, which is due at once.
 */
void libshare_model_save(struct libshare_model *m, const char *file)
{
	m->save_next = xstrdup(file);
	if (!m->snap || libshare_model_lacks(m)) {
		libshare_model_say(m, "scanning all of it ...");
		return;
	}
	free(m->save_next);
	m->save_next = NULL;
	save(m, file);
}
