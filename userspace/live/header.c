// SPDX-License-Identifier: GPL-2.0-only
/* The lines above the list: when and how long the scan ran, what it lacks, and totals. */
#include <inttypes.h>
#include <ncurses.h>
#include <time.h>

#include "data/skipped.h"
#include "data/text.h"
#include "live/live.h"

/* Words that follow each other, on as many lines as they need. */
struct flow {
	int y, x, last;		/* the last line that they may use */
};

static void add_word(struct flow *flow, const char *text, int attribute)
{
	int width = draw_width(text);

	if (flow->x && flow->x + width > COLS) {
		flow->y++;
		flow->x = 0;
	}
	if (flow->y > flow->last)
		return;
	move(flow->y, flow->x);
	attron(attribute);
	draw_text(width < COLS - flow->x ? width : COLS - flow->x, text);
	attroff(attribute);
	flow->x += width + 2;
}

/* What most of the view is about. */
static bool has_curve(const char *name)
{
	return !strcmp(name, "saved") || !strcmp(name, "cow_unique");
}

static void add_total(struct flow *flow, const struct model *m, size_t i)
{
	const char *name = totals_names[i].label;
	uint64_t value = totals_at(&m->totals, i);
	uint64_t before = totals_at(m->mark ? &m->at_mark : &m->before, i);
	char size[SIZE_TEXT], delta[SIZE_TEXT] = "", curve[CURVE_TEXT] = "", text[256];

	if (value == UNKNOWN)
		return;
	if (m->bytes)
		snprintf(size, sizeof(size), "%" PRIu64, value);
	else
		text_size(value, size);
	if ((m->has_before || m->mark) && before != UNKNOWN)
		text_delta(before, value, !m->bytes, delta);
	if (has_curve(totals_names[i].name))
		history_totals(&m->history, i, curve);
	snprintf(text, sizeof(text), "%s %s%s%s", name, size, *curve ? " " : "", curve);
	if (*delta && strcmp(delta, "0"))
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " (%s)", delta);
	add_word(flow, text, A_BOLD);
}

/* What the numbers lack, from a line's start, process by process. */
static bool add_skipped(struct flow *flow, const struct snapshot *snap)
{
	char *text = skipped_text(snap), *rest = text, *next;
	const char *mark = "counted: ";

	if (!text)
		return false;
	if (flow->x) {
		flow->y++;
		flow->x = 0;
	}
	while (rest) {
		next = strstr(rest, mark);
		if (next) {
			next += strlen(mark);
			next[-1] = '\0';
		}
		add_word(flow, rest, draw_warning());
		rest = next;
		mark = "), ";
	}
	free(text);
	return true;
}

/* Where the numbers come from, if not from the module, and what they lack by that. */
static void add_source(struct flow *flow, const struct snapshot *snap)
{
	char text[64];

	if (!snap->source)
		return;
	add_word(flow, "from /proc", 0);
	if (snap->unseen) {
		snprintf(text, sizeof(text), "%" PRIu64 " of all processes not seen",
			 snap->unseen);
		add_word(flow, text, draw_warning());
	}
	if (snap->no_frames)
		add_word(flow, "no page frames", draw_warning());
}

static void add_scan(struct flow *flow, const struct model *m)
{
	const char *ns = snapshot_fact(m->snap, "scan_ns");
	char text[96], when[16] = "";
	time_t seconds;

	if (m->snap->time_ns != UNKNOWN) {
		seconds = m->snap->time_ns / 1000000000;
		strftime(when, sizeof(when), "%H:%M:%S", localtime(&seconds));
		add_word(flow, when, 0);
	}
	if (ns) {
		snprintf(text, sizeof(text), "scan %.1f ms", strtod(ns, NULL) / 1e6);
		add_word(flow, text, 0);
	}
	snprintf(text, sizeof(text), m->delay_ms > m->chosen_ms ?
		 "every %g s: slowed down to 5 %% of a CPU" : "every %g s", m->delay_ms / 1000.0);
	add_word(flow, m->paused ? "paused" : m->ended ? "end of the recording" : text,
		 m->paused ? A_REVERSE : 0);
	if (m->replay) {
		snprintf(text, sizeof(text), "snapshot %" PRIu64, m->at + 1);
		add_word(flow, text, 0);
	}
	if (m->mark)
		add_word(flow, "changes since the mark", A_REVERSE);
	if (m->percent && m->sums)
		add_word(flow, "percent", A_REVERSE);
	if (!add_skipped(flow, m->snap) && m->snap->skipped) {
		snprintf(text, sizeof(text), "%" PRIu64 " %s skipped", m->snap->skipped,
			 m->snap->skipped == 1 ? "process" : "processes");
		add_word(flow, text, draw_warning());
	}
}

/**
 * draw_header() - Draw the lines above the list.
 * @m: The model, with a snapshot.
 *
 * Return: The first line below them.
 */
int draw_header(const struct model *m)
{
	/* However narrow the screen, half of it is for the list. */
	struct flow flow = { .last = LINES / 2 - 1 };
	char text[64];
	size_t i;

	add_word(&flow, "libshare-top", draw_title());
	add_source(&flow, m->snap);
	add_scan(&flow, m);
	if (flow.x) {
		flow.y++;
		flow.x = 0;
	}
	for (i = 0; totals_names[i].name; i++)
		if (totals_names[i].label)
			add_total(&flow, m, i);
	snprintf(text, sizeof(text), "%" PRIu64 " libraries", m->totals.libraries);
	add_word(&flow, text, 0);
	return flow.y > flow.last ? flow.last + 1 : flow.y + 1;
}
