// SPDX-License-Identifier: GPL-2.0-only
/* Lists to choose from: columns to sort by, columns to show, users, kinds of groups. */
#include <inttypes.h>

#include "data/text.h"
#include "live/keycodes.h"
#include "live/live.h"
#include "views/groups.h"

static const int label_width = 16;	/* of the first text of a line */

static const char *const titles[FOCUS_HELP + 1] = {
	[FOCUS_SORT] = "sort by (Enter chooses, Esc leaves it):",
	[FOCUS_COLUMNS] = "columns (Space shows or hides one, Enter goes back):",
	[FOCUS_USERS] = "processes of (Enter chooses, Esc leaves it):",
	[FOCUS_BY] = "a row for (Enter chooses, Esc leaves it):",
};

static size_t nr_columns(const struct view *view)
{
	size_t nr = 0;

	while (view->columns[nr].name)
		nr++;
	return nr;
}

/* How many lines there are to choose from; the first one of users and groups is none. */
static size_t nr_choices(const struct model *m)
{
	size_t nr;

	if (m->focus == FOCUS_BY)
		return model_nr_groupings(m) + 1;
	if (m->focus != FOCUS_USERS)
		return nr_columns(m->place[m->depth].view);
	free(users_list(m->snap, &nr));
	return nr + 1;
}

/**
 * choice_begin() - Let something be chosen.
 * @m: The model.
 * @focus: What.
 */
void choice_begin(struct model *m, enum focus focus)
{
	struct place *place = model_place(m);

	if (focus == FOCUS_USERS) {
		/* Users are those of processes, and a filter is one of the first place. */
		if (m->depth || place->kind != PLACE_PROCESSES) {
			m->depth = 0;
			if (m->place[0].kind != PLACE_GROUPS)
				place_set(&m->place[0], PLACE_PROCESSES);
			model_build(m);
		}
		m->choice = 0;
		m->focus = focus;
	} else if (focus == FOCUS_BY) {
		if (!model_ungrouped(m)) {
			model_say(m, "what is listed here has no groups: Esc goes back");
			return;
		}
		m->choice = 0;
		m->focus = focus;
	} else if (!place->view) {
		model_say(m, "a page map has no columns: Esc goes back");
	} else {
		m->focus = focus;
		m->choice = place->sort && focus == FOCUS_SORT ?
			    place->sort - place->view->columns : 0;
	}
}

static void choose_user(struct model *m)
{
	struct user *users;
	size_t nr;

	users = users_list(m->snap, &nr);
	if (!m->choice)
		model_choose_user(m, NULL);
	else if (m->choice <= nr)
		model_choose_user(m, &users[m->choice - 1].uid);
	free(users);
}

static void choose(struct model *m)
{
	const struct view *view = model_place(m)->view;

	if (m->focus == FOCUS_SORT)
		model_sort(m, &view->columns[m->choice]);
	else if (m->focus == FOCUS_USERS)
		choose_user(m);
	else if (m->focus == FOCUS_BY)
		model_group(m, m->choice ? m->choice - 1 : BY_NOTHING);
	m->focus = FOCUS_LIST;
}

/**
 * choice_take() - Take a key where something is chosen.
 * @m: The model.
 * @key: The key.
 */
void choice_take(struct model *m, int key)
{
	size_t nr = nr_choices(m);

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
	case CHARACTER(' '):
		if (m->focus == FOCUS_COLUMNS && !columns_toggle(m, m->choice))
			model_say(m, "one column has to stay");
		return;
	case KEY_RESIZE:
	case KEY_MOUSE:
		return;
	}
	if (is_enter(key))
		choose(m);
	else
		m->focus = FOCUS_LIST;
}

static bool is_shown(const struct model *m, const struct column *col)
{
	size_t i;

	for (i = 0; i < m->columns.nr; i++)
		if (m->columns.at[i] == col)
			return true;
	return false;
}

static void draw_column(const struct model *m, size_t i)
{
	const struct column *col = &m->place[m->depth].view->columns[i];
	char label[CELL];

	snprintf(label, sizeof(label), "%s%s", m->focus != FOCUS_COLUMNS ? "" :
		 is_shown(m, col) ? "[x] " : "[ ] ", col->name);
	/* Long names push the text to the right. */
	draw_text(label_width > COLS ? COLS : label_width, label);
	draw_text(COLS - label_width, col->help);
}

static void draw_user(const struct model *m, const struct user *users, size_t i)
{
	const struct user *user = &users[i - 1];
	char name[NAME], pss[SIZE_TEXT], text[128];

	if (!i) {
		draw_text(COLS, "any user");
		return;
	}
	draw_text(label_width > COLS ? COLS : label_width, user_name(m, user->uid, name));
	snprintf(text, sizeof(text), "%" PRIu64 " %s, PSS %s", user->procs,
		 user->procs == 1 ? "process" : "processes", text_size(user->pss, pss));
	draw_text(COLS - label_width, text);
}

static void draw_by(const struct model *m, size_t i)
{
	const struct view *of = model_ungrouped(m);
	const bool library = m->place[m->depth].path;

	draw_text(label_width > COLS ? COLS : label_width, i ? bys[i - 1] : "no group");
	draw_text(COLS - label_width, !library ? (i ? groups_of(i - 1, of) : of)->help :
		  i ? "what uses the library" : "each process that maps the library");
}

/**
 * draw_choice() - Draw what there is to choose from.
 * @m: The model.
 * @top: The first line.
 * @bottom: The line after the last.
 */
void draw_choice(struct model *m, int top, int bottom)
{
	int room = bottom - top - 1, first = (int)m->choice < room ? 0 : (int)m->choice - room + 1;
	struct user *users = NULL;
	size_t nr = nr_choices(m), i;

	if (m->focus == FOCUS_USERS)
		users = users_list(m->snap, &nr), nr++;
	move(top, 0);
	draw_text(COLS, model_lacks(m) ? "scanning ..." : titles[m->focus]);
	for (i = first; i < nr && (int)i - first < room; i++) {
		move(top + 1 + (int)i - first, 0);
		if (i == m->choice)
			attrset(A_REVERSE);
		if (users)
			draw_user(m, users, i);
		else if (m->focus == FOCUS_BY)
			draw_by(m, i);
		else
			draw_column(m, i);
		attrset(A_NORMAL);
	}
	free(users);
}
