// SPDX-License-Identifier: GPL-2.0-only
/* What the live view shows: where the user is, and the rows that belong there. */
#include <errno.h>
#include <inttypes.h>

#include "explain.h"
#include "groups.h"
#include "live.h"
#include "record.h"
#include "sections.h"
#include "uses.h"

#define HAS(id) LIBSHARE_HAS(LIBSHARE_##id)
/* What the module's snapshot has. */
#define ALL (HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) | HAS(PAGES) | HAS(HISTOGRAM))

static const struct libshare_view *const views[] = {
	[LIBSHARE_PLACE_LIBRARIES] = &libshare_tables[LIBSHARE_LIBRARIES],
	[LIBSHARE_PLACE_PROCESSES] = &libshare_tables[LIBSHARE_PROCESSES],
	[LIBSHARE_PLACE_GROUPS] = &libshare_groups_view,
	[LIBSHARE_PLACE_USERS] = &libshare_users_view,
	[LIBSHARE_PLACE_SEGMENTS] = &libshare_segments_view,
	[LIBSHARE_PLACE_SECTIONS] = &libshare_sections_view,
	[LIBSHARE_PLACE_USES] = &libshare_uses_view,
	[LIBSHARE_PLACE_GROUP] = &libshare_tables[LIBSHARE_CGROUPS],
	[LIBSHARE_PLACE_FINDINGS] = &libshare_findings_view,
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
	free(place->cgroup);
	memset(place, 0, sizeof(*place));
}

/* What the command line chooses, for the line above the list. */
static void describe_filter(struct libshare_model *m)
{
	const struct libshare_filter *filter = &m->filter;
	char pid[32] = "";

	if (filter->pid != LIBSHARE_UNKNOWN)
		snprintf(pid, sizeof(pid), " --pid %" PRIu64, filter->pid);
	snprintf(m->chosen, sizeof(m->chosen), "%s%s%s%s%s", pid,
		 filter->library.text ? " --library " : "", filter->library.text ?: "",
		 filter->cgroup ? " --cgroup " : "", filter->cgroup ?: "");
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
	m->delay_ms = options->delay_ms;
	m->replay = options->replay;
	m->left = options->iterations ?: UINT64_MAX;
	m->bytes = options->how.bytes;
	m->filter = options->filter;
	m->filter.glob = NULL;
	m->view_asked = options->view;
	m->columns_asked = options->columns;
	m->sections_next = options->view == &libshare_sections_view;
	describe_filter(m);
	libshare_place_set(place, options->view == views[LIBSHARE_PLACE_PROCESSES] ?
		 LIBSHARE_PLACE_PROCESSES : LIBSHARE_PLACE_LIBRARIES);
	if (options->view == place->view && options->sort)
		place->sort = options->sort;
	place->reverse = options->view == place->view && options->reverse;
	if (options->filter.glob)
		snprintf(place->filter, sizeof(place->filter), "%s", options->filter.glob);
	m->sort_asked = options->sort;
	m->reverse_asked = options->reverse;
}

/**
 * libshare_model_teardown() - Free all that a model has.
 * @m: The model.
 */
void libshare_model_teardown(struct libshare_model *m)
{
	size_t i;

	libshare_model_free_rows(m);
	for (i = 0; i < LIBSHARE_DEPTH; i++)
		libshare_place_clear(&m->place[i]);
	if (m->mark != m->snap)
		libshare_snapshot_free(m->mark);
	libshare_snapshot_free(m->snap);
	free(m->save_next);
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
		[LIBSHARE_PLACE_GROUPS] = HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) |
					  HAS(CGROUPS),
		[LIBSHARE_PLACE_USES] = HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS),
		[LIBSHARE_PLACE_GROUP] = HAS(LIBRARIES) | HAS(CGROUPS),
		[LIBSHARE_PLACE_FINDINGS] = ALL,
		[LIBSHARE_PLACE_MAP] = HAS(LIBRARIES) | HAS(MAPPINGS) | HAS(PAGES),
	};

	unsigned int wants = needs[m->place[m->depth].kind];

	/* A recording has what it has. */
	if (m->replay)
		return HAS(LIBRARIES);
	if (m->save_next)
		return ALL;
	if (m->mark_next)
		wants |= needs[LIBSHARE_PLACE_PROCESSES];
	if (!m->depth)
		wants |= libshare_filter_needs(&m->filter, m->place[0].view);
	return wants;
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
		m->at_mark = m->totals;
	}
	if (m->save_next && !libshare_model_lacks(m)) {
		char *file = m->save_next;

		m->save_next = NULL;
		save(m, file);
		free(file);
	}
	libshare_model_build(m);
	if (m->sections_next)
		libshare_model_open_sections(m);
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
