// SPDX-License-Identifier: GPL-2.0-only
/* What the last ticks showed, for curves. */
#include "data/alloc.h"
#include "data/hash.h"
#include "data/order.h"
#include "live/history.h"

#define WIDTH 10	/* characters of a curve of totals */

static uint64_t key_of(const struct library *lib)
{
	return XXH64(lib->dev, strlen(lib->dev), lib->ino);
}

static int by_key(const void *a, const void *b)
{
	const struct copies *x = a, *y = b;

	return order(x->key, y->key);
}

static void add_copies(struct tick *tick, const struct snapshot *snap)
{
	const struct library *lib;

	tick->copies = xrealloc(NULL, snap->table[LIBRARIES].nr, sizeof(*tick->copies));
	for_each(lib, snap, LIBRARIES)
		if (known(lib->cow) && lib->cow_unique <= lib->cow)
			tick->copies[tick->nr++] = (struct copies){
				.key = key_of(lib),
				.distinct = lib->cow_unique / snap->page_size,
				.fork_saved = (lib->cow - lib->cow_unique) / snap->page_size,
			};
	tick->copies = xrealloc(tick->copies, tick->nr, sizeof(*tick->copies));
	qsort(tick->copies, tick->nr, sizeof(*tick->copies), by_key);
}

/**
 * history_add() - Keep what a snapshot shows, and forget the oldest.
 * @h: The history.
 * @snap: The snapshot.
 * @totals: Its totals.
 */
void history_add(struct history *h, const struct snapshot *snap, const struct totals *totals)
{
	struct tick *tick;

	if (h->nr == TICKS) {
		free(h->tick[0].copies);
		memmove(h->tick, h->tick + 1, --h->nr * sizeof(*h->tick));
	}
	tick = &h->tick[h->nr++];
	*tick = (struct tick){ .totals = *totals };
	h->page_size = snap->page_size;
	add_copies(tick, snap);
}

/**
 * history_cut() - Forget the last ticks, where a recording is stepped back.
 * @h: The history.
 * @nr: How many to forget.
 */
void history_cut(struct history *h, size_t nr)
{
	while (nr-- && h->nr)
		free(h->tick[--h->nr].copies);
}

/**
 * history_last() - The totals of the last tick.
 * @h: The history.
 *
 * Return: They, or NULL.
 */
const struct totals *history_last(const struct history *h)
{
	return h->nr ? &h->tick[h->nr - 1].totals : NULL;
}

/**
 * history_totals() - Draw a total over the last ticks, from nothing to the most seen.
 * @h: The history.
 * @field: Which one of totals_names[].
 * @text: Set to the curve; to nothing before the second tick.
 */
void history_totals(const struct history *h, size_t field, char text[CURVE_TEXT])
{
	size_t first = h->nr > WIDTH ? h->nr - WIDTH : 0, i;
	uint64_t value[WIDTH];

	*text = '\0';
	for (i = first; i < h->nr; i++)
		value[i - first] = totals_at(&h->tick[i].totals, field);
	if (h->nr > 1)
		curve_draw(value, h->nr - first, 0, text);
}

/**
 * history_library() - Draw the copies of a library over the last ticks.
 * @h: The history.
 * @lib: The library.
 * @distinct: Set to the curve of its distinct copies; nothing before the second tick.
 * @fork_saved: The same, of the copies that sharing since a fork saves.
 *
 * Both curves have one scale: from nothing to the most that either of them reached.
 */
void history_library(const struct history *h, const struct library *lib,
		     char distinct[CURVE_TEXT], char fork_saved[CURVE_TEXT])
{
	const struct copies key = { .key = key_of(lib) }, *found;
	uint64_t own[TICKS], shared[TICKS], most = 0;
	size_t i;

	*distinct = '\0';
	*fork_saved = '\0';
	for (i = 0; i < h->nr; i++) {
		const struct tick *tick = &h->tick[i];

		found = bsearch(&key, tick->copies, tick->nr, sizeof(key), by_key);
		own[i] = found ? found->distinct : 0;
		shared[i] = found ? found->fork_saved : 0;
		most = own[i] > most ? own[i] : most;
		most = shared[i] > most ? shared[i] : most;
	}
	if (h->nr < 2)
		return;
	curve_draw(own, h->nr, most, distinct);
	curve_draw(shared, h->nr, most, fork_saved);
}
