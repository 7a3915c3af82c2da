// SPDX-License-Identifier: GPL-2.0-only
/* The page map on the screen: a cell a page, or a few of them. */
#include <inttypes.h>
#include <ncurses.h>

#include "live/live.h"

/* Without colours, these alone must say it. */
static const char glyphs[SHADES] = {
	[ABSENT] = ' ', [UNMAPPED] = '.', [BY_1] = '1',
	[BY_2] = '2', [BY_4] = '4', [BY_8] = '8',
	[BY_16] = '#',
};

static void draw_cell(const struct cell *cell, bool selected)
{
	enum shade shade = pagemap_shade(cell);
	int attribute = cell->copies ? draw_copied() : draw_shade(shade);

	attrset(attribute | (selected ? A_UNDERLINE | A_BLINK : 0));
	addch(selected ? 'X' : cell->copies && !cell->sharers ? 'c' : glyphs[shade]);
	attrset(A_NORMAL);
}

static void draw_legend(int y)
{
	static const struct {
		enum shade shade;
		const char *text;
	} items[] = {
		{ UNMAPPED, "cached" }, { BY_1, "1 process" },
		{ BY_2, "2-3" }, { BY_4, "4-7" }, { BY_8, "8-15" },
		{ BY_16, "16 and more" },
	};
	size_t i;

	move(y, 0);
	for (i = 0; i < sizeof(items) / sizeof(*items); i++) {
		int left = COLS - getcurx(stdscr) - 1;

		if (left < (int)strlen(items[i].text) + 4)
			break;
		attrset(draw_shade(items[i].shade));
		addch(glyphs[items[i].shade]);
		attrset(A_NORMAL);
		printw(" %s  ", items[i].text);
	}
	if (COLS - getcurx(stdscr) > 9) {
		attrset(draw_copied());
		addch('c');
		attrset(A_NORMAL);
		addstr(" copied");
	}
}

static void draw_cursor(const struct model *m, int y)
{
	const struct pagemap *map = &m->map;
	size_t at = m->place[m->depth].cell;
	uint64_t first = at * map->per_cell, last = first + map->per_cell - 1;
	const struct cell *cell = &map->cell[at];
	const char *section = pagemap_section(m->snap, m->library, first);
	char text[256];
	int len;

	if (last >= map->pages)
		last = map->pages - 1;
	len = first == last ? snprintf(text, sizeof(text), "page %" PRIu64, first) :
	      snprintf(text, sizeof(text), "pages %" PRIu64 "-%" PRIu64, first, last);
	snprintf(text + len, sizeof(text) - len, ": %s%" PRIu64 " %s, %" PRIu64
		 " %s%s%s", first == last ? "" : "up to ", cell->sharers,
		 cell->sharers == 1 ? "process" : "processes", cell->copies,
		 cell->copies == 1 ? "copy" : "copies",
		 section ? ", " : "", section ? section : "");
	move(y, 0);
	draw_text(COLS - 1, text);
}

/**
 * draw_map() - Draw the page map of the current place's library.
 * @m: The model, which learns how many cells there is room for.
 * @top: The first line.
 * @bottom: The line after the last.
 */
void draw_map(struct model *m, int top, int bottom)
{
	int lines = bottom - top - 2, columns = COLS > 64 ? COLS / 16 * 16 : COLS;
	size_t cells = lines > 0 ? (size_t)lines * columns : 0, i;

	m->page = lines > 0 ? lines : 1;
	m->list_top = top;
	if (m->map_cells != cells || m->map_width != (size_t)columns) {
		m->map_cells = cells;
		m->map_width = columns;
		model_build_map(m);
	}
	if (!m->map.nr) {
		move(top, 0);
		draw_text(COLS, !m->library ? "the library is no longer mapped" :
			  model_lacks(m) ? "scanning ..." :
			  "no room for a page map");
		return;
	}
	for (i = 0; i < m->map.nr; i++) {
		move(top + (int)(i / columns), (int)(i % columns));
		draw_cell(&m->map.cell[i], i == m->place[m->depth].cell);
	}
	draw_cursor(m, bottom - 2);
	draw_legend(bottom - 1);
}
