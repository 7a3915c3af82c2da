// SPDX-License-Identifier: GPL-2.0-only
/* Lines that are typed: a filter, what to search for, the name of a file. */
#include <limits.h>
#include <time.h>
#include <wchar.h>

#include "live/keycodes.h"
#include "live/live.h"

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

static void take_search(struct model *m, int key)
{
	if (is_enter(key)) {
		m->focus = FOCUS_LIST;
	} else if (key == ESCAPE) {
		m->focus = FOCUS_LIST;
		if (m->search_from < m->list.nr)
			model_select(m, m->search_from);
	} else if (edit(m, key)) {
		snprintf(m->search, sizeof(m->search), "%s", m->input);
		if (*m->search)
			model_search(m, m->search_from, false);
	}
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

/**
 * typing_begin() - Let a line be typed.
 * @m: The model.
 * @focus: What for.
 */
void typing_begin(struct model *m, enum focus focus)
{
	const struct place *place = model_place(m);
	time_t now = time(NULL);

	if (focus != FOCUS_SAVE && !place->view) {
		model_say(m, "a page map has no rows: Esc goes back");
		return;
	}
	m->focus = focus;
	*m->input = '\0';
	if (focus == FOCUS_SAVE)
		strftime(m->input, sizeof(m->input), "libshare-%Y%m%d-%H%M%S.zst", localtime(&now));
	else if (focus == FOCUS_FILTER)
		snprintf(m->input, sizeof(m->input), "%s", place->filter);
	m->search_from = place->at;
}

/**
 * typing_take() - Take a key of a line.
 * @m: The model.
 * @key: The key.
 */
void typing_take(struct model *m, int key)
{
	if (m->focus == FOCUS_FILTER)
		take_filter(m, key);
	else if (m->focus == FOCUS_SEARCH)
		take_search(m, key);
	else
		take_save(m, key);
}
