// SPDX-License-Identifier: GPL-2.0-only
/* The screen: totals above, a line of keys below, something between them. */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <ncurses.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "data/skipped.h"
#include "data/text.h"
#include "live/live.h"

enum { PAIR_COPIED = SHADES + 1, PAIR_TITLE, PAIR_WARNING };

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
	for (i = 0; i < SHADES; i++)
		init_pair(i + 1, COLORS >= 256 ? rich[i] : poor[i], -1);
	init_pair(PAIR_COPIED, COLOR_WHITE, COLORS >= 256 ? 125 : COLOR_MAGENTA);
	init_pair(PAIR_TITLE, COLOR_CYAN, -1);
	init_pair(PAIR_WARNING, COLOR_RED, -1);
}

/**
 * draw_setup() - Take over the terminal.
 *
 * Return: Whether it is of a type that is known.
 */
bool draw_setup(void)
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
	mouse_setup();
	setup_colours();
	return true;
}

/**
 * draw_teardown() - Give the terminal back; again does no harm.
 */
void draw_teardown(void)
{
	if (!screen || isendwin())
		return;
	endwin();
	fcntl(STDOUT_FILENO, F_SETFL, flags);
}

/**
 * draw_shade() - How a step of sharing looks.
 * @shade: The step.
 *
 * Return: Attributes.
 */
int draw_shade(enum shade shade)
{
	return colours ? COLOR_PAIR(shade + 1) : 0;
}

/**
 * draw_copied() - How what was copied looks.
 *
 * Return: Attributes.
 */
int draw_copied(void)
{
	return colours ? COLOR_PAIR(PAIR_COPIED) | A_BOLD : A_REVERSE;
}

/**
 * draw_title() - How headings look.
 *
 * Return: Attributes.
 */
int draw_title(void)
{
	return A_BOLD | (colours ? COLOR_PAIR(PAIR_TITLE) : 0);
}

/**
 * draw_warning() - How warnings look.
 *
 * Return: Attributes.
 */
int draw_warning(void)
{
	return colours ? COLOR_PAIR(PAIR_WARNING) : A_BOLD;
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

/**
 * draw_width() - How wide a text is.
 * @text: The text.
 *
 * Return: Columns.
 */
int draw_width(const char *text)
{
	int width = INT_MAX;

	fitting(text, &width);
	return width;
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
 * draw_text() - Write a text, and blanks up to a width.
 * @width: The columns that it gets; what does not fit is left out.
 * @text: The text.
 */
void draw_text(int width, const char *text)
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
 * draw_path() - Write a path, of which the end says most.
 * @width: The columns that it gets; what does not fit is left out before the end.
 * @path: The path.
 */
void draw_path(int width, const char *path)
{
	int whole = INT_MAX, used;
	uint32_t rune;

	fitting(path, &whole);
	if (whole <= width || width < 2) {
		draw_text(width, path);
		return;
	}
	addch('<');
	for (;;) {
		used = INT_MAX;
		fitting(path, &used);
		if (used <= width - 1)
			break;
		path += text_utf8(path, strlen(path), &rune) ?: 1;
	}
	draw_text(width - 1, path);
}

static void draw_bottom(const struct model *m)
{
	static const char *const keys[] = { "? help", "q quit", "/ search", "\\ filter", "> sort",
					    "b by", "Enter open", "Esc back", "p procs", "m map",
					    "F2 columns", "a audit", "u user", "c cgroups" };
	static const char *const labels[FOCUS_HELP + 1] = {
		[FOCUS_FILTER] = "filter: ",
		[FOCUS_SEARCH] = "search: ",
		[FOCUS_SAVE] = "save to: ",
	};
	const char *label = labels[m->focus];
	char *text;
	int width = COLS - 1;
	size_t i;

	move(LINES - 1, 0);
	if (label) {
		attron(A_BOLD);
		draw_text((int)strlen(label) < width ? (int)strlen(label) : 0, label);
		attroff(A_BOLD);
		/* What is wrong with it stands behind it. */
		text = xasprintf("%s%s%s", m->input, *m->message ? ": " : "", m->message);
		draw_path(COLS - 2 - getcurx(stdscr), text);
		free(text);
	} else if (*m->message) {
		attron(A_BOLD | (m->failed && colours ? COLOR_PAIR(PAIR_WARNING) : 0));
		draw_text(width, m->message);
		attrset(A_NORMAL);
	} else if (m->focus == FOCUS_HELP) {
		draw_text(width, "Up and Down move the help, any other key leaves it");
	} else if (model_remedy(m)) {
		draw_text(width, model_remedy(m));
	} else {
		for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
			if (getcurx(stdscr) + (int)strlen(keys[i]) > width)
				break;
			printw("%s  ", keys[i]);
		}
	}
}

/**
 * draw_screen() - Draw all of the screen.
 * @m: What to draw.
 */
void draw_screen(struct model *m)
{
	int top;

	erase();
	top = draw_header(m);
	if (m->focus == FOCUS_HELP) {
		draw_help(m, top, LINES - 1);
	} else if (top < LINES - 2) {
		top = draw_place(m, top);
		if (m->focus >= FOCUS_SORT && m->focus <= FOCUS_BY)
			draw_choice(m, top, LINES - 1);
		else if (model_place(m)->view)
			draw_list(m, top, draw_advice(m, top, LINES - 1));
		else
			draw_map(m, top, LINES - 1);
	}
	draw_bottom(m);
	refresh();
}
