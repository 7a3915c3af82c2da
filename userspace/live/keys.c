// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys of the live view. Keys without a character come as ncurses numbers them,
 * characters as their negative code.
 */
#include <limits.h>
#include <ncurses.h>
#include <time.h>
#include <wchar.h>

#include "live/live.h"

#define CHARACTER(c) (-(c))
#define ESCAPE CHARACTER(27)
#define CONTROL(c) CHARACTER((c) & 31)

static size_t nr_columns(const struct view *view)
{
	size_t nr = 0;

	while (view->columns[nr].name)
		nr++;
	return nr;
}

static bool is_enter(int key)
{
	return key == KEY_ENTER || key == CHARACTER('\r') || key == CHARACTER('\n');
}

static bool is_backspace(int key)
{
	return key == KEY_BACKSPACE || key == CHARACTER(127) || key == CHARACTER(8);
}

/* Edit the line that is typed; whether it changed. */
static bool edit(struct model *m, int key)
{
	size_t len = strlen(m->input);
	char bytes[MB_LEN_MAX];
	mbstate_t state = { 0 };
	size_t n;

	if (is_backspace(key) && len) {
		do
			len--;
		while (len && (m->input[len] & 0xc0) == 0x80);
		m->input[len] = '\0';
		return true;
	}
	if (key == CONTROL('u')) {
		*m->input = '\0';
		return true;
	}
	if (key > CHARACTER(' ') || key == CHARACTER(127))
		return false;
	n = wcrtomb(bytes, -key, &state);
	if (n == (size_t)-1 || len + n >= sizeof(m->input))
		return false;
	memcpy(m->input + len, bytes, n);
	m->input[len + n] = '\0';
	return true;
}

static void take_filter(struct model *m, int key)
{
	struct place *place = model_place(m);

	if (is_enter(key)) {
		m->focus = FOCUS_LIST;
		return;
	}
	if (key == ESCAPE) {
		m->focus = FOCUS_LIST;
		*m->input = '\0';
	} else if (!edit(m, key)) {
		return;
	}
	snprintf(place->filter, sizeof(place->filter), "%s", m->input);
	model_build(m);
}

static void take_save(struct model *m, int key)
{
	if (key == ESCAPE) {
		m->focus = FOCUS_LIST;
	} else if (is_enter(key)) {
		m->focus = FOCUS_LIST;
		if (*m->input)
			model_save(m, m->input);
	} else {
		edit(m, key);
	}
}

static void take_sort(struct model *m, int key)
{
	const struct view *view = model_place(m)->view;
	size_t nr = nr_columns(view);

	switch (key) {
	case KEY_UP:
	case CHARACTER('k'):
		m->choice = m->choice ? m->choice - 1 : nr - 1;
		return;
	case KEY_DOWN:
	case CHARACTER('j'):
	case KEY_F(6):
	case CHARACTER('>'):
		m->choice = m->choice + 1 < nr ? m->choice + 1 : 0;
		return;
	case KEY_RESIZE:
		return;
	}
	m->focus = FOCUS_LIST;
	if (is_enter(key))
		model_sort(m, &view->columns[m->choice]);
}

static void begin_sort(struct model *m)
{
	struct place *place = model_place(m);

	if (!place->view)
		return;
	m->focus = FOCUS_SORT;
	m->choice = place->sort ? place->sort - place->view->columns : 0;
}

static void begin_filter(struct model *m)
{
	struct place *place = model_place(m);

	if (!place->view)
		return;
	m->focus = FOCUS_FILTER;
	snprintf(m->input, sizeof(m->input), "%s", place->filter);
}

static void begin_save(struct model *m)
{
	time_t now = time(NULL);

	m->focus = FOCUS_SAVE;
	strftime(m->input, sizeof(m->input), "libshare-%Y%m%d-%H%M%S.zst", localtime(&now));
}

static void reverse(struct model *m)
{
	model_place(m)->reverse = !model_place(m)->reverse;
	model_build(m);
}

/* The page map has two dimensions. */
static void take_move(struct model *m, int key)
{
	bool map = !model_place(m)->view;
	long line = map && m->map_width ? m->map_width : 1, page = m->page ? m->page : 1;

	switch (key) {
	case KEY_UP:
	case CHARACTER('k'):
		model_move(m, -line);
		break;
	case KEY_DOWN:
	case CHARACTER('j'):
		model_move(m, line);
		break;
	case KEY_PPAGE:
	case CONTROL('b'):
		model_move(m, -line * page);
		break;
	case KEY_NPAGE:
	case CONTROL('f'):
		model_move(m, line * page);
		break;
	case KEY_HOME:
	case CHARACTER('g'):
		model_move(m, -LONG_MAX);
		break;
	case KEY_END:
	case CHARACTER('G'):
		model_move(m, LONG_MAX);
		break;
	case KEY_LEFT:
		if (map)
			model_move(m, -1);
		else
			model_leave(m);
		break;
	case KEY_RIGHT:
		if (map)
			model_move(m, 1);
		break;
	}
}

static void take_list(struct model *m, int key)
{
	switch (key) {
	case CHARACTER('q'):
	case KEY_F(10):
		m->quit = true;
		break;
	case CHARACTER('?'):
	case CHARACTER('h'):
	case KEY_F(1):
		m->focus = FOCUS_HELP;
		break;
	case CHARACTER('/'):
	case KEY_F(4):
		begin_filter(m);
		break;
	case CHARACTER('>'):
	case CHARACTER('<'):
	case KEY_F(6):
		begin_sort(m);
		break;
	case CHARACTER('r'):
	case CHARACTER('I'):
		reverse(m);
		break;
	case CHARACTER('p'):
		model_show_processes(m);
		break;
	case CHARACTER('c'):
		model_show_groups(m);
		break;
	case CHARACTER('m'):
		model_show_map(m);
		break;
	case CHARACTER('w'):
		model_show_findings(m);
		break;
	case CHARACTER('d'):
		model_toggle_mark(m);
		break;
	case CHARACTER('s'):
		begin_save(m);
		break;
	case CHARACTER(' '):
		m->paused = !m->paused;
		break;
	case CHARACTER('\t'):
		model_next_view(m);
		break;
	case ESCAPE:
		model_leave(m);
		break;
	case CONTROL('l'):
		clearok(curscr, TRUE);
		break;
	default:
		if (is_enter(key))
			model_enter(m);
		else if (is_backspace(key))
			model_leave(m);
		else
			take_move(m, key);
	}
}

/**
 * keys_take() - Do what a key asks for.
 * @m: The model.
 * @key: The key.
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
		take_filter(m, key);
		break;
	case FOCUS_SORT:
		take_sort(m, key);
		break;
	case FOCUS_SAVE:
		take_save(m, key);
		break;
	case FOCUS_HELP:
		if (key != KEY_RESIZE)
			m->focus = FOCUS_LIST;
		break;
	}
}
