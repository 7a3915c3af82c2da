// SPDX-License-Identifier: GPL-2.0-only
/* What the live view shows: where the user is, and the rows that belong there. */
#include <errno.h>
#include <inttypes.h>

#include "data/names.h"
#include "live/live.h"
#include "out/record.h"
#include "views/explain.h"
#include "views/groups.h"
#include "views/sections.h"
#include "views/uses.h"

/* What the module's snapshot has. */
#define ALL (HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) | HAS(PAGES) | HAS(HISTOGRAM))

static const struct view *const place_views[] = {
	[PLACE_LIBRARIES] = &tables[LIBRARIES],
	[PLACE_PROCESSES] = &tables[PROCESSES],
	[PLACE_USERS] = &users_view,
	[PLACE_SEGMENTS] = &segments_view,
	[PLACE_SECTIONS] = &sections_view,
	[PLACE_USES] = &uses_view,
	[PLACE_AUDIT] = &tables[AUDIT],
	[PLACE_MEMBERS] = &tables[PROCESSES],
	[PLACE_FINDINGS] = &findings_view,
	[PLACE_MAP] = NULL,
};

/**
 * model_say() - Show a message until the next key.
 * @m: The model.
 * @format: As printf() has it.
 */
void model_say(struct model *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(m->message, sizeof(m->message), format, args);
	va_end(args);
}

/**
 * place_show() - Make a place show something else, from its top.
 * @place: The place.
 * @kind: What to show.
 * @view: The view of its rows.
 */
void place_show(struct place *place, enum place_kind kind, const struct view *view)
{
	place->kind = kind;
	place->view = view;
	place->sort = NULL;
	if (place->view && place->view->sort)
		place->sort = column_find(place->view, place->view->sort,
					  strlen(place->view->sort));
	place->reverse = false;
	place->at = 0;
	place->top = 0;
	memset(place->width, 0, sizeof(place->width));
	free(place->selected);
	place->selected = NULL;
	*place->filter = '\0';
}

/**
 * place_set() - Make a place show something else, of which there is one view.
 * @place: The place.
 * @kind: What to show.
 */
void place_set(struct place *place, enum place_kind kind)
{
	place_show(place, kind, place_views[kind]);
}

/**
 * place_clear() - Free what a place has.
 * @place: The place, which is empty then.
 */
void place_clear(struct place *place)
{
	free(place->path);
	free(place->dev);
	free(place->selected);
	free(place->group);
	free(place->group_name);
	memset(place, 0, sizeof(*place));
}

/**
 * model_describe_filter() - Say what is chosen, for the line above the list.
 * @m: The model.
 */
void model_describe_filter(struct model *m)
{
	const struct filter *filter = &m->filter;
	char *text = xstrdup(""), *longer, name[NAME];
	size_t i;

	for (i = 0; i < filter->pids; i++) {
		longer = xasprintf("%s%s%" PRIu64, text, i ? "," : " --pid ", filter->pid[i]);
		free(text);
		text = longer;
	}
	snprintf(m->chosen, sizeof(m->chosen), "%s%s%s%s%s%s%s", text,
		 filter->uid ? " --user " : "", filter->uid ? user_name(m, *filter->uid, name) : "",
		 filter->library.text ? " --library " : "", filter->library.text ?: "",
		 filter->cgroup ? " --cgroup " : "",
		 filter->cgroup ? filter_cgroup_text(filter) : "");
	free(text);
}

/* The first place of a view. */
static enum place_kind kind_of(const struct view *view)
{
	enum place_kind kind = PLACE_LIBRARIES;

	while (kind < PLACE_MAP && place_views[kind] != view)
		kind++;
	return kind < PLACE_MAP ? kind : PLACE_LIBRARIES;
}

/**
 * model_setup() - Begin where the command line says.
 * @m: The model.
 * @options: The command line.
 */
void model_setup(struct model *m, const struct options *options)
{
	struct place *place = &m->place[0];
	const struct view *of;

	memset(m, 0, sizeof(*m));
	m->by = BY_NOTHING;
	m->seek = NOT_ASKED;
	m->once = options->replay && !strcmp(options->replay, "-");
	m->chosen_ms = options->delay_ms;
	m->delay_ms = m->chosen_ms;
	m->replay = options->replay;
	m->left = options->iterations ?: UINT64_MAX;
	m->bytes = options->how.bytes;
	m->filter = options->filter;
	m->filter.glob = NULL;
	m->view_asked = options->view;
	m->columns_asked = options->columns;
	model_describe_filter(m);
	if (options->by && groups_have(options->view, &m->by, &of))
		place_show(place, PLACE_GROUPS, options->view);
	else
		place_set(place, kind_of(options->view));
	if (options->view == &tables[AUDIT])
		m->audit_next = !m->replay;
	/* Of one library, from the list of all. */
	if (options->view == &sections_view ||
	    (options->view == &tables[AUDIT] && m->filter.library.text)) {
		m->open_next = place->kind;
		place_set(place, PLACE_LIBRARIES);
	}
	if (options->view == place->view && options->sort)
		place->sort = options->sort;
	place->reverse = options->view == place->view && options->reverse;
	if (options->filter.glob)
		snprintf(place->filter, sizeof(place->filter), "%s", options->filter.glob);
	m->sort_asked = options->sort;
	m->reverse_asked = options->reverse;
}

/**
 * model_teardown() - Free all that a model has.
 * @m: The model.
 */
void model_teardown(struct model *m)
{
	size_t i;

	model_free_rows(m);
	for (i = 0; i < DEPTH; i++)
		place_clear(&m->place[i]);
	if (m->mark != m->snap && m->mark != m->audited)
		snapshot_free(m->mark);
	if (m->audited != m->snap)
		snapshot_free(m->audited);
	snapshot_free(m->snap);
	history_cut(&m->history, TICKS);
	free(m->save_next);
	free(m->audit_path);
}

/* Tables that the current place is made from. */
static unsigned int place_needs(const struct model *m)
{
	static const unsigned int needs[] = {
		[PLACE_LIBRARIES] = HAS(LIBRARIES),
		[PLACE_PROCESSES] = HAS(LIBRARIES) | HAS(PROCESSES) | APART,
		[PLACE_USERS] = HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS),
		[PLACE_SEGMENTS] = HAS(LIBRARIES) | HAS(MAPPINGS),
		[PLACE_SECTIONS] = HAS(LIBRARIES) | HAS(MAPPINGS) | HAS(PAGES),
		[PLACE_USES] = HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS),
		[PLACE_MEMBERS] = HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS),
		/* What an audit found is kept, whatever later scans bring. */
		[PLACE_AUDIT] = HAS(LIBRARIES),
		[PLACE_FINDINGS] = HAS(LIBRARIES),
		[PLACE_MAP] = HAS(LIBRARIES) | HAS(MAPPINGS) | HAS(PAGES),
	};
	const struct place *place = &m->place[m->depth];
	const bool groups = place->kind == PLACE_GROUPS || place->kind == PLACE_GROUP;
	unsigned int wants = needs[place->kind];

	if (groups)
		wants |= place->view->needs;
	if (!m->depth || groups || place->kind == PLACE_MEMBERS)
		wants |= filter_needs(&m->filter, place->view);
	return wants;
}

/* Names that it shows, or by which it puts rows together. */
static unsigned int place_names(const struct model *m)
{
	const struct place *place = &m->place[m->depth];
	const struct view *of;
	enum by by;

	if (place->group)
		return by_names(place->by);
	return place->kind == PLACE_GROUPS && groups_have(place->view, &by, &of) ?
	       by_names(by) : 0;
}

/**
 * model_needs() - Which tables to scan for.
 * @m: The model.
 *
 * What the screen shows, and no more: the tables that say all cost the module, and
 * this program, many times what the list of libraries costs.
 *
 * Return: As source_next() has it.
 */
unsigned int model_needs(const struct model *m)
{
	/* A recording has what it has. */
	if (m->replay)
		return HAS(LIBRARIES);
	if (m->save_next || (m->audit_next && m->snap))
		return ALL;
	return place_needs(m) | (m->mark_next ? HAS(LIBRARIES) | HAS(PROCESSES) | APART : 0);
}

/**
 * model_names() - Which names to read with a scan.
 * @m: The model.
 *
 * Return: As names_add() has it.
 */
unsigned int model_names(const struct model *m)
{
	/* A recording has what it has. */
	if (m->replay)
		return 0;
	return m->save_next ? NAMES_ALL : place_names(m);
}

/**
 * model_lacks() - Whether a scan is due whatever the clock says.
 * @m: The model.
 *
 * Return: Whether the last one has less than what is to be shown, marked or saved.
 */
bool model_lacks(const struct model *m)
{
	return m->snap && !m->replay &&
	       (model_needs(m) & ~APART & ~m->snap->has || model_names(m) & ~m->snap->named);
}

/**
 * model_lacks_rows() - Whether a snapshot has less than what the current place is made from.
 * @m: The model.
 * @snap: The snapshot.
 *
 * Return: Whether it has.
 */
bool model_lacks_rows(const struct model *m, const struct snapshot *snap)
{
	return place_needs(m) & ~APART & ~snap->has ||
	       (!m->replay && place_names(m) & ~snap->named);
}

static void save(struct model *m, struct snapshot *snap, const char *file)
{
	if (!m->replay)
		record_complete(snap);
	if (record_save(snap, file))
		model_say(m, "saved; libshare-top --replay %s shows it", file);
	else
		model_say(m, "cannot write %s: %s", file, strerror(errno));
}

/* Free a snapshot, unless it is still needed. */
static void drop(const struct model *m, struct snapshot *snap)
{
	if (snap != m->snap && snap != m->mark && snap != m->audited)
		snapshot_free(snap);
}

/**
 * model_take() - Show a new snapshot.
 * @m: The model, which frees it.
 * @snap: The snapshot.
 * @at: Its number in the recording, if it was asked for by that; or NOT_ASKED.
 */
void model_take(struct model *m, struct snapshot *snap, uint64_t at)
{
	struct snapshot *before = m->snap, *audited = m->audited;
	const struct totals *last;

	if (at == NOT_ASKED)
		at = m->snap ? m->at + 1 : 0;
	else if (at <= m->at)
		history_cut(&m->history, m->at - at + 1);
	m->at = at;
	last = history_last(&m->history);
	m->has_before = last;
	if (last)
		m->before = *last;
	m->snap = snap;
	if (!m->replay && snap->has & HAS(AUDIT)) {
		m->audited = snap;
		drop(m, audited);
	}
	if (before != audited)
		drop(m, before);
	totals_add(&m->totals, snap);
	history_add(&m->history, snap, &m->totals);
	if (m->mark_next && !model_lacks(m)) {
		m->mark_next = false;
		m->mark = snap;
		m->at_mark = m->totals;
	}
	if (m->save_next && !model_lacks(m)) {
		char *file = m->save_next;

		m->save_next = NULL;
		save(m, snap, file);
		free(file);
	}
	model_build_rows(m);
	if (m->open_next != PLACE_LIBRARIES)
		model_open_asked(m);
}

/**
 * model_save() - Write a recording of what is shown.
 * @m: The model.
 * @file: Its name.
 *
 * Where more is to be recorded than the screen needs, that is left to the next
 * scan, which is due at once. What an audit found is recorded with its own scan.
 */
void model_save(struct model *m, const char *file)
{
	if (place_audits(model_place(m)) && model_shown(m)) {
		save(m, model_shown(m), file);
		return;
	}
	m->save_next = xstrdup(file);
	if (!m->snap || model_lacks(m)) {
		model_say(m, "scanning all of it ...");
		return;
	}
	free(m->save_next);
	m->save_next = NULL;
	save(m, m->snap, file);
}

/**
 * model_step() - Show another snapshot of a recording, and pause.
 * @m: The model.
 * @back: The one before, not the next one.
 */
void model_step(struct model *m, bool back)
{
	uint64_t at = m->seek != NOT_ASKED ? m->seek : m->at;

	if (!m->replay) {
		model_say(m, "only a recording can be stepped through: see --replay");
	} else if (m->once) {
		model_say(m, "standard input is read once: give the name of a file to --replay");
	} else if (back && !at) {
		model_say(m, "this is the first snapshot of the recording");
	} else {
		m->seek = back ? at - 1 : at + 1;
		m->paused = true;
	}
}
