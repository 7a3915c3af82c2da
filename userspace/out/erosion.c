// SPDX-License-Identifier: GPL-2.0-only
/*
 * Erosion: of the copies that processes shared after a fork, how many they still share,
 * over the snapshots of a recording. Each write to a shared copy makes one of its own.
 */
#include <inttypes.h>
#include <math.h>

#include "data/alloc.h"
#include "data/skipped.h"
#include "data/text.h"
#include "out/audit_view.h"
#include "out/batch.h"
#include "out/curve.h"
#include "out/output.h"
#include "out/erosion.h"
#include "views/members.h"

/* What the processes of one program share of a section. */
struct erosion {
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

static const struct column columns[] = {
#define C(...) COLUMN(erosion, __VA_ARGS__)
	C(section, TEXT, SHOWN, "section, or " AUDIT_ALL),
	C(began, BYTES, SHOWN, "copies shared at the beginning, summed over processes"),
	C(still, BYTES, SHOWN, "of these, copies that still are"),
	C(percent, COUNT, SHOWN, "the same, in percent"),
	C(half_life, COUNT, SHOWN, "seconds until half of them are gone, at this pace"),
	C(procs, COUNT, SHOWN, "processes of the program at the beginning"),
	C(curve, TEXT, SHOWN, "how many were shared, from the first snapshot to the last"),
	C(exe, TEXT, SHOWN, "the program"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};

const struct view erosion_view = {
	"erosion", "how many of the copies shared after a fork still are", columns,
	sizeof(struct erosion),
	HAS(LIBRARIES) | HAS(PROCESSES) |
	HAS(MAPPINGS) | HAS(PAGES), "began", NULL
};

struct watch {
	struct snapshot *first, *last;
	struct erosion *track;
	size_t tracks;
	double *time;		/* seconds since the first snapshot; of each */
	size_t snapshots, room;
};

static int by_name(const void *a, const void *b)
{
	const struct erosion *x = a, *y = b;

	return strcmp(x->path, y->path) ?: strcmp(x->exe, y->exe) ?:
	       strcmp(x->section, y->section);
}

static const char *path_of(const struct snapshot *snap, const struct program *group)
{
	const struct library *lib = snapshot_library(snap, group->lib);

	return lib ? lib->path : "-";
}

/* What is shared in the first snapshot is watched. */
static void begin(struct watch *w, struct snapshot *snap)
{
	const struct program *group;

	w->first = snap;
	w->track = xcalloc(snap->table[PROGRAMS].nr, sizeof(*w->track));
	for_each(group, snap, PROGRAMS)
		if (group->shared)
			w->track[w->tracks++] = (struct erosion){
				.section = group->section, .exe = group->exe,
				.path = path_of(snap, group), .began = group->shared,
				.procs = group->procs };
	qsort(w->track, w->tracks, sizeof(*w->track), by_name);
}

static void take_snapshot(struct watch *w, struct snapshot *snap)
{
	const struct program *group;
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
	w->time[at] = snap->time_ns == UNKNOWN ? at :
		      (snap->time_ns - w->first->time_ns) / 1e9;
	for (i = 0; i < w->tracks; i++)
		w->track[i].value[at] = 0;
	for_each(group, snap, PROGRAMS) {
		const struct erosion key = { .section = group->section,
						      .exe = group->exe,
						      .path = path_of(snap, group) };
		struct erosion *found = w->tracks ?
			bsearch(&key, w->track, w->tracks, sizeof(key), by_name) : NULL;

		/* What a later fork shares is not left from the beginning. */
		if (found)
			found->value[at] = group->shared < found->began ? group->shared :
									   found->began;
	}
	if (w->last && w->last != w->first)
		snapshot_free(w->last);
	w->last = snap;
}

/*
 * Seconds until half is gone: when it was, or as the loss goes on if it is as quick in
 * proportion as it was so far.
 */
static uint64_t half_life(const struct watch *w, const struct erosion *track)
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
		return UNKNOWN;
	return lround(w->time[w->snapshots - 1] * log(2) / log(began / now));
}

static void finish(struct watch *w)
{
	char curve[CURVE_TEXT];
	size_t i;

	for (i = 0; i < w->tracks; i++) {
		struct erosion *track = &w->track[i];

		track->still = track->value[w->snapshots - 1];
		track->percent = 100 * track->still / track->began;
		track->half_life = half_life(w, track);
		curve_draw(track->value, w->snapshots, track->began, curve);
		track->curve = snapshot_keep(w->last, curve);
	}
}

/* In words, of all libraries that are listed. */
static void say(const struct watch *w, const struct list *list, FILE *out)
{
	struct erosion all = { .value = xcalloc(w->snapshots, sizeof(*all.value)) };
	char began[SIZE_TEXT], still[SIZE_TEXT];
	uint64_t half;
	size_t i, j;

	for (i = 0; i < list->nr; i++) {
		const struct erosion *track = list->row[i];

		if (strcmp(track->section, AUDIT_ALL))
			continue;
		all.began += track->began;
		for (j = 0; j < w->snapshots; j++)
			all.value[j] += track->value[j];
	}
	if (all.began) {
		all.still = all.value[w->snapshots - 1];
		fprintf(out, "\n%s of copies were shared in the first snapshot; %s (%.0f %%) are in the last, %.0f s later.\n",
			text_size(all.began, began), text_size(all.still, still),
			100.0 * all.still / all.began, w->time[w->snapshots - 1]);
		half = half_life(w, &all);
		if (half != UNKNOWN)
			fprintf(out, "At this pace, half of them are gone after %" PRIu64 " s.\n",
				half);
	} else {
		fputs("\nNo copies were shared in the first snapshot.\n", out);
	}
	free(all.value);
}

static int print_erosion(const struct options *options, struct watch *w)
{
	struct rows rows = { (char *)w->track, w->tracks, w->tracks };
	struct printing how = options->how;
	struct columns chosen;
	struct output output;
	struct list list;
	char why[256], *members;
	int status;

	if (!columns_choose(options->view, options->columns, options->how.form,
			    &chosen, why, sizeof(why)))
		errx(TROUBLE, "%s", why);
	finish(w);
	list = list_make(w->last, options->view, &rows, &options->filter);
	list_sort(&list, options->sort, options->reverse);
	status = batch_explain(options, options->view, w->last, &list);
	output_open(&output, options->output, false);
	how.out = output.out;
	members = members_make(w->last, !options->since);
	how.members = members;
	how.time_ns = w->last->time_ns;
	print(&how, options->view, &chosen, &list);
	if (how.form == FORM_TABLE && !status)
		say(w, &list, how.out);
	output_close(&output);
	free(members);
	free(list.row);
	return status;
}

/**
 * erosion_run() - Print how many shared copies still are.
 * @options: The command line, with a recording that is replayed, or one that this
 *           machine is compared with.
 *
 * Return: The exit status.
 */
int erosion_run(const struct options *options)
{
	const char *file = options->since ?: options->replay;
	struct source *source;
	struct snapshot *snap;
	struct watch w = { 0 };
	int got, status;
	size_t i;

	if (!file || (options->since && options->replay))
		errx(TROUBLE, "--view erosion needs a recording: give --since FILE, or --replay FILE");
	source = source_replay(file);
	while ((got = source_next(source, HAS(LIBRARIES), &snap)) > 0) {
		if (!(snap->has & HAS(PROGRAMS)))
			errx(TROUBLE, "%s: no audit in it: record with --record FILE --view audit",
			     file);
		take_snapshot(&w, snap);
	}
	if (got < 0)
		errx(TROUBLE, "%s", source_why(source));
	source_close(source);
	if (options->since) {
		source = batch_source(options);
		if (source_next(source, options->view->needs, &snap) <= 0)
			errx(TROUBLE, "%s", source_why(source));
		audit_take(options, snap);
		take_snapshot(&w, snap);
		source_close(source);
	}
	if (w.snapshots < 2)
		errx(TROUBLE, "%s: one snapshot shows no change: record several with -n, or give --since",
		     file);
	status = print_erosion(options, &w);
	for (i = 0; i < w.tracks; i++)
		free(w.track[i].value);
	free(w.track);
	free(w.time);
	snapshot_free(w.first);
	snapshot_free(w.last);
	return status;
}
