// SPDX-License-Identifier: GPL-2.0-only
/* The screen: totals above, a line of keys below, something between them. */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <ncurses.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "live.h"
#include "skipped.h"
#include "text.h"

enum { PAIR_COPIED = LIBSHARE_SHADES + 1, PAIR_TITLE, PAIR_WARNING };

static SCREEN *screen;
static int flags;		/* of standard output, as they were */
static bool colours;

static void setup_colours(void)
{
	/* Few sharers are cold, many are warm; what is black is not in memory. */
	static const short rich[] = { 236, 244, 27, 38, 41, 190, 214 };
	static const short poor[] = { COLOR_BLACK, COLOR_WHITE, COLOR_BLUE, COLOR_CYAN,
				      COLOR_GREEN, COLOR_YELLOW, COLOR_RED };
	const char *no_color = getenv("NO_COLOR");
	int i;

	if ((no_color && *no_color) || !has_colors() || start_color() == ERR)
		return;
	colours = true;
	use_default_colors();
	for (i = 0; i < LIBSHARE_SHADES; i++)
		init_pair(i + 1, COLORS >= 256 ? rich[i] : poor[i], -1);
	init_pair(PAIR_COPIED, COLOR_WHITE, COLORS >= 256 ? 125 : COLOR_MAGENTA);
	init_pair(PAIR_TITLE, COLOR_CYAN, -1);
	init_pair(PAIR_WARNING, COLOR_RED, -1);
}

/**
 * libshare_draw_setup() - Take over the terminal.
 *
 * Return: Whether it is of a type that is known.
 */
bool libshare_draw_setup(void)
{
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return false;
	/* A line printer, or a shell within an editor. */
	if (!tigetstr("cup")) {
		endwin();
		return false;
	}
	/* Where a write does not wait, ncurses tries again and again. */
	flags = fcntl(STDOUT_FILENO, F_GETFL);
	fcntl(STDOUT_FILENO, F_SETFL, flags & ~O_NONBLOCK);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	setup_colours();
	return true;
}

/**
 * libshare_draw_teardown() - Give the terminal back; again does no harm.
 */
void libshare_draw_teardown(void)
{
	if (!screen || isendwin())
		return;
	endwin();
	fcntl(STDOUT_FILENO, F_SETFL, flags);
}

/**
 * libshare_draw_shade() - How a step of sharing looks.
 * @shade: The step.
 *
 * Return: Attributes.
 */
int libshare_draw_shade(enum libshare_shade shade)
{
	return colours ? COLOR_PAIR(shade + 1) : 0;
}

/**
 * libshare_draw_copied() - How what was copied looks.
 *
 * Return: Attributes.
 */
int libshare_draw_copied(void)
{
	return colours ? COLOR_PAIR(PAIR_COPIED) | A_BOLD : A_REVERSE;
}

static int title(void)
{
	return A_BOLD | (colours ? COLOR_PAIR(PAIR_TITLE) : 0);
}

/* The bytes of @text that fit @width columns, which are set to what they take. */
static size_t fitting(const char *text, int *width)
{
	mbstate_t state = { 0 };
	size_t at = 0, n;
	int used = 0, wide;
	wchar_t c;

	while (text[at]) {
		n = mbrtowc(&c, text + at, MB_CUR_MAX, &state);
		/* A terminal that has no UTF-8 gets each byte as one column. */
		if (n == (size_t)-1 || n == (size_t)-2) {
			memset(&state, 0, sizeof(state));
			n = 1;
			wide = 1;
		} else {
			wide = wcwidth(c) < 0 ? 1 : wcwidth(c);
		}
		if (used + wide > *width)
			break;
		used += wide;
		at += n;
	}
	*width = used;
	return at;
}

static void put(const char *text, size_t len)
{
	if (MB_CUR_MAX > 1) {
		addnstr(text, (int)len);
		return;
	}
	/* Without UTF-8, other bytes are not this terminal's characters. */
	for (; len; text++, len--)
		addch(*text & 0x80 ? '?' : *text);
}

/**
 * libshare_draw_text() - Write a text, and blanks up to a width.
 * @width: The columns that it gets; what does not fit is left out.
 * @text: The text.
 */
void libshare_draw_text(int width, const char *text)
{
	int used = width;
	size_t len;

	if (width <= 0)
		return;
	len = fitting(text, &used);
	put(text, len);
	for (; used < width; used++)
		addch(' ');
}

/**
 * libshare_draw_path() - Write a path, of which the end says most.
 * @width: The columns that it gets; what does not fit is left out before the end.
 * @path: The path.
 */
void libshare_draw_path(int width, const char *path)
{
	int whole = INT_MAX, used;
	uint32_t rune;

	fitting(path, &whole);
	if (whole <= width || width < 2) {
		libshare_draw_text(width, path);
		return;
	}
	addch('<');
	for (;;) {
		used = INT_MAX;
		fitting(path, &used);
		if (used <= width - 1)
			break;
		path += libshare_text_utf8(path, strlen(path), &rune) ?: 1;
	}
	libshare_draw_text(width - 1, path);
}

/* Words that follow each other, on as many lines as they need. */
struct flow {
	int y, x, last;		/* the last line that they may use */
};

static void add_word(struct flow *flow, const char *text, int attribute)
{
	int width = INT_MAX;

	fitting(text, &width);
	if (flow->x && flow->x + width > COLS) {
		flow->y++;
		flow->x = 0;
	}
	if (flow->y > flow->last)
		return;
	move(flow->y, flow->x);
	attron(attribute);
	libshare_draw_text(width < COLS - flow->x ? width : COLS - flow->x, text);
	attroff(attribute);
	flow->x += width + 2;
}

static void add_total(struct flow *flow, const struct libshare_model *m, const char *name,
		      uint64_t value, uint64_t before)
{
	char size[LIBSHARE_SIZE_TEXT], delta[LIBSHARE_SIZE_TEXT] = "", text[96];

	if (value == LIBSHARE_UNKNOWN)
		return;
	if (m->bytes)
		snprintf(size, sizeof(size), "%" PRIu64, value);
	else
		libshare_text_size(value, size);
	if ((m->has_before || m->mark) && before != LIBSHARE_UNKNOWN)
		libshare_text_delta(before, value, !m->bytes, delta);
	if (*delta && strcmp(delta, "0"))
		snprintf(text, sizeof(text), "%s %s (%s)", name, size, delta);
	else
		snprintf(text, sizeof(text), "%s %s", name, size);
	add_word(flow, text, A_BOLD);
}

/* What the numbers lack, from a line's start, process by process. */
static bool add_skipped(struct flow *flow, const struct libshare_snapshot *snap)
{
	char *text = libshare_skipped_text(snap), *rest = text, *next;
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
		add_word(flow, rest, colours ? COLOR_PAIR(PAIR_WARNING) : A_BOLD);
		rest = next;
		mark = "), ";
	}
	free(text);
	return true;
}

static void add_scan(struct flow *flow, const struct libshare_model *m)
{
	const char *ns = libshare_snapshot_fact(m->snap, "scan_ns");
	char text[96], when[16] = "";
	time_t seconds;

	if (m->snap->time_ns != LIBSHARE_UNKNOWN) {
		seconds = m->snap->time_ns / 1000000000;
		strftime(when, sizeof(when), "%H:%M:%S", localtime(&seconds));
		add_word(flow, when, 0);
	}
	if (ns) {
		snprintf(text, sizeof(text), "scan %.1f ms", strtod(ns, NULL) / 1e6);
		add_word(flow, text, 0);
	}
	snprintf(text, sizeof(text), "every %g s", m->delay_ms / 1000.0);
	add_word(flow, m->paused ? "paused" : m->ended ? "end of the recording" : text,
		 m->paused ? A_REVERSE : 0);
	if (m->mark)
		add_word(flow, "changes since the mark", A_REVERSE);
	if (!add_skipped(flow, m->snap) && m->snap->skipped) {
		snprintf(text, sizeof(text), "%" PRIu64 " %s skipped", m->snap->skipped,
			 m->snap->skipped == 1 ? "process" : "processes");
		add_word(flow, text, colours ? COLOR_PAIR(PAIR_WARNING) : A_BOLD);
	}
}

static int draw_totals(const struct libshare_model *m)
{
	/* However narrow the screen, half of it is for the list. */
	struct flow flow = { .last = LINES / 2 - 1 };
	char text[64];
	size_t i;

	add_word(&flow, "libshare-top", title());
	add_scan(&flow, m);
	if (flow.x) {
		flow.y++;
		flow.x = 0;
	}
	for (i = 0; libshare_totals_names[i].name; i++)
		if (libshare_totals_names[i].label)
			add_total(&flow, m, libshare_totals_names[i].label,
				  libshare_totals_at(&m->totals, i),
				  libshare_totals_at(m->mark ? &m->at_mark : &m->before, i));
	snprintf(text, sizeof(text), "%" PRIu64 " libraries", m->totals.libraries);
	add_word(&flow, text, 0);
	return flow.y > flow.last ? flow.last + 1 : flow.y + 1;
}

static void draw_place(const struct libshare_model *m, int y)
{
	static const char *const texts[] = {
		[LIBSHARE_PLACE_USERS] = "[processes] segments  sections  ",
		[LIBSHARE_PLACE_SEGMENTS] = " processes [segments] sections  ",
		[LIBSHARE_PLACE_SECTIONS] = " processes  segments [sections] ",
		[LIBSHARE_PLACE_GROUP] = "libraries of ",
		[LIBSHARE_PLACE_MAP] = "pages of ",
	};
	const struct libshare_place *place = &m->place[m->depth];
	const char *name = place->path ?: place->cgroup;
	char text[300] = "";
	int used = INT_MAX;

	if (texts[place->kind])
		snprintf(text, sizeof(text), "%s", texts[place->kind]);
	else if (place->kind == LIBSHARE_PLACE_USES)
		snprintf(text, sizeof(text), "libraries of process %" PRIu64, place->pid);
	else
		snprintf(text, sizeof(text), "%s%s", place->kind == LIBSHARE_PLACE_GROUPS ?
			 "control groups" : place->view->name, m->chosen);
	move(y, 0);
	attron(title());
	fitting(text, &used);
	/* A narrow screen has room for one of the two. */
	if (name && used + 10 > COLS)
		used = 0;
	libshare_draw_text(name ? used : COLS, text);
	if (name)
		libshare_draw_path(COLS - used, name);
	attroff(title());
	if (*place->filter && !name && used + 4 < COLS) {
		move(y, used + 2);
		libshare_draw_text(COLS - used - 2, place->filter);
	}
}

static void draw_bottom(const struct libshare_model *m)
{
	static const char *const keys[] = { "? help", "q quit", "/ filter", "> sort", "Enter open",
					    "Esc back", "p processes", "m map", "c cgroups" };
	const char *label = m->focus == LIBSHARE_FOCUS_FILTER ? "filter: " :
			    m->focus == LIBSHARE_FOCUS_SAVE ? "save to: " : NULL;
	int width = COLS - 1;
	size_t i;

	move(LINES - 1, 0);
	if (label) {
		attron(A_BOLD);
		libshare_draw_text((int)strlen(label) < width ? (int)strlen(label) : 0, label);
		attroff(A_BOLD);
		libshare_draw_path(COLS - 2 - getcurx(stdscr), m->input);
	} else if (*m->message) {
		attron(A_BOLD | (m->failed && colours ? COLOR_PAIR(PAIR_WARNING) : 0));
		libshare_draw_text(width, m->message);
		attrset(A_NORMAL);
	} else if (libshare_model_remedy(m)) {
		libshare_draw_text(width, libshare_model_remedy(m));
	} else {
		for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
			if (getcurx(stdscr) + (int)strlen(keys[i]) > width)
				break;
			printw("%s  ", keys[i]);
		}
	}
}

/**
 * libshare_draw() - Draw all of the screen.
 * @m: What to draw.
 */
void libshare_draw(struct libshare_model *m)
{
	int top;

	erase();
	top = draw_totals(m);
	if (m->focus == LIBSHARE_FOCUS_HELP) {
		libshare_draw_help(top, LINES - 1);
	} else if (top < LINES - 2) {
		draw_place(m, top);
		if (m->focus == LIBSHARE_FOCUS_SORT)
			libshare_draw_choice(m, top + 1, LINES - 1);
		else if (libshare_model_place(m)->view)
			libshare_draw_list(m, top + 1, LINES - 1);
		else
			libshare_draw_map(m, top + 1, LINES - 1);
	}
	draw_bottom(m);
	refresh();
}
