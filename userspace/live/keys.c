// SPDX-License-Identifier: GPL-2.0-only
/* What each key does, in one table: the help shows the same. */
#include <limits.h>

#include "live/keycodes.h"
#include "live/live.h"

#define KEYS_MOST 6	/* that do the same */

static void take_up(struct model *m, int key);
static void take_page(struct model *m, int key);
static void take_end(struct model *m, int key);
static void take_side(struct model *m, int key);

static void take_enter(struct model *m, int key)
{
	(void)key;
	model_enter(m);
}

static void take_tab(struct model *m, int key)
{
	(void)key;
	model_next_view(m);
}

static void take_back(struct model *m, int key)
{
	(void)key;
	model_leave(m);
}

static void take_places(struct model *m, int key)
{
	switch (-key) {
	case 'p':
		model_show_processes(m);
		break;
	case 'c':
		model_show_groups(m);
		break;
	case 'm':
		model_show_map(m);
		break;
	case 'a':
		model_show_audit(m);
		break;
	case 'w':
		model_show_findings(m);
		break;
	}
}

static void take_reading(struct model *m, int key)
{
	(void)key;
	model_audit_again(m);
}

static void take_search(struct model *m, int key)
{
	(void)key;
	typing_begin(m, FOCUS_SEARCH);
}

static void take_again(struct model *m, int key)
{
	size_t nr = m->list.nr, at = model_place(m)->at;
	bool back = key == CHARACTER('N');

	if (!*m->search)
		model_say(m, "nothing was searched for: / begins a search");
	else if (nr)
		model_search(m, (back ? at + nr - 1 : at + 1) % nr, back);
}

static void take_filter(struct model *m, int key)
{
	(void)key;
	typing_begin(m, FOCUS_FILTER);
}

static void take_user(struct model *m, int key)
{
	(void)key;
	choice_begin(m, FOCUS_USERS);
}

static void take_by(struct model *m, int key)
{
	(void)key;
	choice_begin(m, FOCUS_BY);
}

static void take_columns(struct model *m, int key)
{
	(void)key;
	choice_begin(m, FOCUS_COLUMNS);
}

static void take_order(struct model *m, int key)
{
	(void)key;
	choice_begin(m, FOCUS_SORT);
}

/* The first of some columns that the place has gives the order. */
static void take_sort(struct model *m, int key)
{
	static const struct {
		char key;
		const char *columns[3];
	} orders[] = {
		{ 'S', { "saved", "shared" } },
		{ 'M', { "mapped", "rss", "size" } },
		{ 'P', { "pss", "procs" } },
		{ 'C', { "cow" } },
	};
	const struct view *view = model_place(m)->view;
	const struct column *col = NULL;
	size_t i, j;

	for (i = 0; view && i < sizeof(orders) / sizeof(*orders); i++)
		for (j = 0; orders[i].key == -key && !col && j < 3 && orders[i].columns[j]; j++)
			col = column_find(view, orders[i].columns[j], strlen(orders[i].columns[j]));
	if (col)
		model_sort(m, col);
	else
		model_say(m, "'%c' has no column to sort by here: > lists all", -key);
}

static void take_reverse(struct model *m, int key)
{
	(void)key;
	model_reverse(m);
}

static void take_percent(struct model *m, int key)
{
	(void)key;
	if (!m->percent && !m->sums) {
		model_say(m, "what is listed here does not add up: there are no percent");
		return;
	}
	m->percent = !m->percent;
	model_build(m);
}

static void take_mark(struct model *m, int key)
{
	(void)key;
	model_toggle_mark(m);
}

static void take_pause(struct model *m, int key)
{
	(void)key;
	m->paused = !m->paused;
}

static void take_step(struct model *m, int key)
{
	model_step(m, key == CHARACTER(',') || key == CHARACTER('['));
}

static void take_save(struct model *m, int key)
{
	(void)key;
	typing_begin(m, FOCUS_SAVE);
}

static void take_help(struct model *m, int key)
{
	(void)key;
	m->focus = FOCUS_HELP;
	m->choice = 0;
}

static void take_redraw(struct model *m, int key)
{
	(void)m;
	(void)key;
	clearok(curscr, TRUE);
}

static void take_quit(struct model *m, int key)
{
	(void)key;
	m->quit = true;
}

#define C(c) CHARACTER(c)

static const struct binding {
	int key[KEYS_MOST];
	const char *names, *help;
	void (*act)(struct model *m, int key);
} bindings[] = {
	{ { KEY_UP, KEY_DOWN, C('k'), C('j') }, "Up Down k j",
	  "select a row; in the page map, a cell", take_up },
	{ { KEY_PPAGE, KEY_NPAGE, CONTROL('b'), CONTROL('f') }, "PgUp PgDn ^B ^F",
	  "a page up, a page down", take_page },
	{ { KEY_HOME, KEY_END, C('g'), C('G') }, "Home End g G", "the first, the last", take_end },
	{ { KEY_LEFT, KEY_RIGHT }, "Left Right", "a cell of the page map; Left: back", take_side },
	{ { KEY_ENTER, C('\r'), C('\n') }, "Enter",
	  "open a library, a process or a group", take_enter },
	{ { C('\t') }, "Tab", "of a library: processes, segments, copies by section", take_tab },
	{ { ESCAPE, KEY_BACKSPACE, C(127), C(8) }, "Esc Backspace",
	  "back; clears the filter first", take_back },
	{ { C('p') }, "p", "processes, and back to libraries", take_places },
	{ { C('b') }, "b", "group by container, service, user, program, package, cgroup", take_by },
	{ { C('c') }, "c", "control groups, and back: as b and cgroup", take_places },
	{ { C('m') }, "m", "page map of the library, and back", take_places },
	{ { C('a') }, "a", "what is in the copies of the library: reads them, and back",
	  take_places },
	{ { C('w') }, "w", "what to do about copies: reads them, and back", take_places },
	{ { C('R') }, "R", "of a and w: read the copies again; Esc breaks that off", take_reading },
	{ { C('/'), KEY_F(3) }, "/ F3", "search as you type: a part of a name, or a glob",
	  take_search },
	{ { C('n'), C('N') }, "n N", "search on, downwards and upwards", take_again },
	{ { C('\\'), KEY_F(4) }, "\\ F4", "filter as you type: only rows that match", take_filter },
	{ { C('u') }, "u", "only processes of a user", take_user },
	{ { KEY_F(2) }, "F2", "choose columns", take_columns },
	{ { C('>'), C('<'), KEY_F(6) }, "> < F6", "choose the column to sort by", take_order },
	{ { C('S'), C('M'), C('P'), C('C') }, "S M P C",
	  "sort by SAVED, MAPPED or RSS, PSS or PROCS, COW", take_sort },
	{ { C('r'), C('I') }, "r I", "reverse the order", take_reverse },
	{ { C('%') }, "%", "percent of the sum, and back to sizes", take_percent },
	{ { C('d') }, "d", "toggle changes since this moment", take_mark },
	{ { C(' ') }, "Space", "pause, and go on", take_pause },
	{ { C(','), C('.'), C('['), C(']') }, ", . [ ]",
	  "in a recording: the snapshot before, the next one", take_step },
	{ { C('s') }, "s", "save what was scanned, for --replay and --diff", take_save },
	{ { C('?'), C('h'), KEY_F(1) }, "? h F1", "this help", take_help },
	{ { CONTROL('l') }, "^L", "draw the screen again", take_redraw },
	{ { C('q'), KEY_F(10) }, "q F10", "quit", take_quit },
};

/**
 * keys_explain() - What the help says of a key.
 * @i: The number of its line.
 * @names: Set to what the key is called.
 * @help: Set to what it does.
 *
 * Return: Whether there is such a line.
 */
bool keys_explain(size_t i, const char **names, const char **help)
{
	if (i >= sizeof(bindings) / sizeof(*bindings))
		return false;
	*names = bindings[i].names;
	*help = bindings[i].help;
	return true;
}

/* The page map has two dimensions. */
static long line_of(const struct model *m)
{
	return !m->place[m->depth].view && m->map_width ? m->map_width : 1;
}

static void take_up(struct model *m, int key)
{
	model_move(m, key == KEY_UP || key == C('k') ? -line_of(m) : line_of(m));
}

static void take_page(struct model *m, int key)
{
	long by = line_of(m) * (m->page ? m->page : 1);

	model_move(m, key == KEY_PPAGE || key == CONTROL('b') ? -by : by);
}

static void take_end(struct model *m, int key)
{
	model_move(m, key == KEY_HOME || key == C('g') ? -LONG_MAX : LONG_MAX);
}

static void take_side(struct model *m, int key)
{
	if (!model_place(m)->view)
		model_move(m, key == KEY_LEFT ? -1 : 1);
	else if (key == KEY_LEFT)
		model_leave(m);
	else
		model_say(m, "Right moves in the page map; Enter opens a row");
}

/* A key that does nothing says so, so that typing errors are seen. */
static void take_other(struct model *m, int key)
{
	int i;

	for (i = 1; i <= 12; i++)
		if (key == KEY_F(i))
			model_say(m, "F%d does nothing here: ? lists the keys", i);
	if (key < CHARACTER(' ') && key > CHARACTER(127))
		model_say(m, "'%c' does nothing here: ? lists the keys", -key);
	else if (!*m->message)
		model_say(m, "this key does nothing here: ? lists the keys");
}

static void take_list(struct model *m, int key)
{
	size_t i, j;

	if (key == KEY_MOUSE) {
		mouse_take(m);
		return;
	}
	if (key == KEY_RESIZE)
		return;
	for (i = 0; i < sizeof(bindings) / sizeof(*bindings); i++) {
		for (j = 0; j < KEYS_MOST && bindings[i].key[j]; j++) {
			if (bindings[i].key[j] == key) {
				bindings[i].act(m, key);
				return;
			}
		}
	}
	take_other(m, key);
}

static void take_in_help(struct model *m, int key)
{
	switch (key) {
	case KEY_UP:
	case KEY_PPAGE:
		m->choice -= m->choice ? 1 : 0;
		break;
	case KEY_DOWN:
	case KEY_NPAGE:
		m->choice++;
		break;
	case KEY_RESIZE:
	case KEY_MOUSE:
		break;
	default:
		m->focus = FOCUS_LIST;
	}
}

/**
 * keys_take() - Do what a key asks for.
 * @m: The model.
 * @key: The key, as keycodes.h has it.
 */
void keys_take(struct model *m, int key)
{
	if (!m->failed && key != KEY_RESIZE)
		*m->message = '\0';
	switch (m->focus) {
	case FOCUS_LIST:
		take_list(m, key);
		break;
	case FOCUS_FILTER:
	case FOCUS_SEARCH:
	case FOCUS_SAVE:
		typing_take(m, key);
		break;
	case FOCUS_SORT:
	case FOCUS_COLUMNS:
	case FOCUS_USERS:
	case FOCUS_BY:
		choice_take(m, key);
		break;
	case FOCUS_HELP:
		take_in_help(m, key);
		break;
	}
}
