// SPDX-License-Identifier: GPL-2.0-only
/*
 * Erosion: of the copies that processes shared after a fork, how many they still share,
 * over the snapshots of a recording. Each write to a shared copy makes one of its own.
 */
#include <inttypes.h>
#include <math.h>

#include "alloc.h"
#include "audit.h"
#include "batch.h"
#include "erosion.h"
#include "members.h"
#include "output.h"
#include "skipped.h"
#include "text.h"

#define CURVE 24	/* characters of a curve */

/* What the processes of one program share of a section. */
struct libshare_erosion {
	const char *section;
	uint64_t began, still;	/* bytes of copies that are shared, over processes */
	uint64_t percent;
	uint64_t half_life;	/* seconds */
	uint64_t procs;		/* at the beginning */
	const char *curve;
	const char *exe;
	const char *path;
	uint64_t *value;	/* for each snapshot */
};

static const struct libshare_column columns[] = {
#define C(...) LIBSHARE_COLUMN(libshare_erosion, __VA_ARGS__)
	C(section, TEXT, LIBSHARE_SHOWN, "section, or " LIBSHARE_AUDIT_ALL),
	C(began, BYTES, LIBSHARE_SHOWN, "copies shared at the beginning, summed over processes"),
	C(still, BYTES, LIBSHARE_SHOWN, "of these, copies that still are"),
	C(percent, COUNT, LIBSHARE_SHOWN, "the same, in percent"),
	C(half_life, COUNT, LIBSHARE_SHOWN, "seconds until half of them are gone, at this pace"),
	C(procs, COUNT, LIBSHARE_SHOWN, "processes of the program at the beginning"),
	C(curve, TEXT, LIBSHARE_SHOWN, "how many were shared, from the first snapshot to the last"),
	C(exe, TEXT, LIBSHARE_SHOWN, "the program"),
	C(path, TEXT, LIBSHARE_PATH, "path of the library"),
	{ 0 }
#undef C
};

const struct libshare_view libshare_erosion_view = {
	"erosion", "how many of the copies shared after a fork still are", columns,
	sizeof(struct libshare_erosion),
	LIBSHARE_HAS(LIBSHARE_LIBRARIES) | LIBSHARE_HAS(LIBSHARE_PROCESSES) |
	LIBSHARE_HAS(LIBSHARE_MAPPINGS) | LIBSHARE_HAS(LIBSHARE_PAGES), "began", NULL
};

struct watch {
	struct libshare_snapshot *first, *last;
	struct libshare_erosion *track;
	size_t tracks;
	double *time;		/* seconds since the first snapshot; of each */
	size_t snapshots, room;
};

static int by_name(const void *a, const void *b)
{
	const struct libshare_erosion *x = a, *y = b;

	return strcmp(x->path, y->path) ?: strcmp(x->exe, y->exe) ?:
	       strcmp(x->section, y->section);
}

static const char *path_of(const struct libshare_snapshot *snap,
			   const struct libshare_program *group)
{
	const struct libshare_library *lib = libshare_snapshot_library(snap, group->lib);

	return lib ? lib->path : "-";
}

/* What is shared in the first snapshot is watched. */
static void begin(struct watch *w, struct libshare_snapshot *snap)
{
	const struct libshare_program *group;

	w->first = snap;
	w->track = xcalloc(snap->table[LIBSHARE_PROGRAMS].nr, sizeof(*w->track));
	libshare_for_each(group, snap, LIBSHARE_PROGRAMS)
		if (group->shared)
			w->track[w->tracks++] = (struct libshare_erosion){
				.section = group->section, .exe = group->exe,
				.path = path_of(snap, group), .began = group->shared,
				.procs = group->procs };
	qsort(w->track, w->tracks, sizeof(*w->track), by_name);
}

static void take_snapshot(struct watch *w, struct libshare_snapshot *snap)
{
	const struct libshare_program *group;
	size_t at = w->snapshots++, i;

	if (!at)
		begin(w, snap);
	if (w->snapshots > w->room) {
		w->room = 2 * w->room + 16;
		w->time = xrealloc(w->time, w->room, sizeof(*w->time));
		for (i = 0; i < w->tracks; i++)
			w->track[i].value = xrealloc(w->track[i].value, w->room,
						     sizeof(*w->track[i].value));
	}
	w->time[at] = snap->time_ns == LIBSHARE_UNKNOWN ? at :
		      (snap->time_ns - w->first->time_ns) / 1e9;
	for (i = 0; i < w->tracks; i++)
		w->track[i].value[at] = 0;
	libshare_for_each(group, snap, LIBSHARE_PROGRAMS) {
		const struct libshare_erosion key = { .section = group->section,
						      .exe = group->exe,
						      .path = path_of(snap, group) };
		struct libshare_erosion *found = w->tracks ?
			bsearch(&key, w->track, w->tracks, sizeof(key), by_name) : NULL;

		/* What a later fork shares is not left from the beginning. */
		if (found)
			found->value[at] = group->shared < found->began ? group->shared :
									   found->began;
	}
	if (w->last && w->last != w->first)
		libshare_snapshot_free(w->last);
	w->last = snap;
}

/*
 * Seconds until half is gone: when it was, or as the loss goes on if it is as quick in
 * proportion as it was so far.
 */
static uint64_t half_life(const struct watch *w, const struct libshare_erosion *track)
{
	double began = track->began, before, now;
	size_t i;

	for (i = 1; i < w->snapshots; i++) {
		now = track->value[i];
		before = track->value[i - 1];
		if (now <= began / 2 && before > began / 2)
			return lround(w->time[i - 1] + (w->time[i] - w->time[i - 1]) *
				      (before - began / 2) / (before - now));
	}
	now = track->value[w->snapshots - 1];
	if (!now || now >= began)
		return LIBSHARE_UNKNOWN;
	return lround(w->time[w->snapshots - 1] * log(2) / log(began / now));
}

static const char *draw_curve(struct watch *w, const struct libshare_erosion *track)
{
	static const char *const block[] = {
		"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"
	};
	static const char *const digit[] = {
		"0", "1", "2", "3", "4", "5", "6", "7"
	};
	const char *const *step = MB_CUR_MAX > 1 ? block : digit;
	size_t nr = w->snapshots < CURVE ? w->snapshots : CURVE, i;
	char text[4 * CURVE + 1] = "", *out = text;

	for (i = 0; i < nr; i++) {
		size_t at = nr > 1 ? i * (w->snapshots - 1) / (nr - 1) : 0;

		out = stpcpy(out, step[track->value[at] * 7 / track->began]);
	}
	return libshare_snapshot_keep(w->last, text);
}

static void finish(struct watch *w)
{
	size_t i;

	for (i = 0; i < w->tracks; i++) {
		struct libshare_erosion *track = &w->track[i];

		track->still = track->value[w->snapshots - 1];
		track->percent = 100 * track->still / track->began;
		track->half_life = half_life(w, track);
		track->curve = draw_curve(w, track);
	}
}

/* In words, of all libraries that are listed. */
static void say(const struct watch *w, const struct libshare_list *list, FILE *out)
{
	struct libshare_erosion all = { .value = xcalloc(w->snapshots, sizeof(*all.value)) };
	char began[LIBSHARE_SIZE_TEXT], still[LIBSHARE_SIZE_TEXT];
	uint64_t half;
	size_t i, j;

	for (i = 0; i < list->nr; i++) {
		const struct libshare_erosion *track = list->row[i];

		if (strcmp(track->section, LIBSHARE_AUDIT_ALL))
			continue;
		all.began += track->began;
		for (j = 0; j < w->snapshots; j++)
			all.value[j] += track->value[j];
	}
	if (all.began) {
		all.still = all.value[w->snapshots - 1];
		fprintf(out, "\n%s of copies were shared in the first snapshot; %s (%.0f %%) are in the last, %.0f s later.\n",
			libshare_text_size(all.began, began), libshare_text_size(all.still, still),
			100.0 * all.still / all.began, w->time[w->snapshots - 1]);
		half = half_life(w, &all);
		if (half != LIBSHARE_UNKNOWN)
			fprintf(out, "At this pace, half of them are gone after %" PRIu64 " s.\n",
				half);
	} else {
		fputs("\nNo copies were shared in the first snapshot.\n", out);
	}
	free(all.value);
}

static int print(const struct libshare_options *options, struct watch *w)
{
	struct libshare_rows rows = { (char *)w->track, w->tracks, w->tracks };
	struct libshare_printing how = options->how;
	struct libshare_columns chosen;
	struct libshare_output output;
	struct libshare_list list;
	char why[256], *members;
	int status;

	if (!libshare_columns_choose(options->view, options->columns, &chosen, why, sizeof(why)))
		errx(LIBSHARE_TROUBLE, "%s", why);
	finish(w);
	list = libshare_list_make(w->last, options->view, &rows, &options->filter);
	libshare_list_sort(&list, options->sort, options->reverse);
	status = libshare_batch_explain(options, options->view, w->last, &list);
	libshare_output_open(&output, options->output, false);
	how.out = output.out;
	members = libshare_members_make(w->last, !options->since);
	how.members = members;
	how.time_ns = w->last->time_ns;
	libshare_print(&how, options->view, &chosen, &list);
	if (how.form == LIBSHARE_FORM_TABLE && !status)
		say(w, &list, how.out);
	libshare_output_close(&output);
	free(members);
	free(list.row);
	return status;
}

/**
 * libshare_erosion_run() - Print how many shared copies still are.
 * @options: The command line, with a recording that is replayed, or one that this
 *           machine is compared with.
 *
 * Return: The exit status.
 */
int libshare_erosion_run(const struct libshare_options *options)
{
	const char *file = options->since ?: options->replay;
	struct libshare_source *source;
	struct libshare_snapshot *snap;
	struct watch w = { 0 };
	int got, status;
	size_t i;

	if (!file || (options->since && options->replay))
		errx(LIBSHARE_TROUBLE, "--view erosion needs a recording: give --since FILE, or --replay FILE");
	source = libshare_source_replay(file);
	while ((got = libshare_source_next(source, LIBSHARE_HAS(LIBSHARE_LIBRARIES), &snap)) > 0) {
		if (!(snap->has & LIBSHARE_HAS(LIBSHARE_PROGRAMS)))
			errx(LIBSHARE_TROUBLE, "%s: no audit in it: record with --record FILE --view audit",
			     file);
		take_snapshot(&w, snap);
	}
	if (got < 0)
		errx(LIBSHARE_TROUBLE, "%s", libshare_source_why(source));
	libshare_source_close(source);
	if (options->since) {
		source = libshare_batch_source(options);
		if (libshare_source_next(source, options->view->needs, &snap) <= 0)
			errx(LIBSHARE_TROUBLE, "%s", libshare_source_why(source));
		libshare_audit_run(snap, &options->filter, stderr);
		take_snapshot(&w, snap);
		libshare_source_close(source);
	}
	if (w.snapshots < 2)
		errx(LIBSHARE_TROUBLE, "%s: one snapshot shows no change: record several with -n, or give --since",
		     file);
	status = print(options, &w);
	for (i = 0; i < w.tracks; i++)
		free(w.track[i].value);
	free(w.track);
	free(w.time);
	libshare_snapshot_free(w.first);
	libshare_snapshot_free(w.last);
	return status;
}
