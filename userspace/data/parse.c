// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: line after line, it finds tables by their heads and columns by
 * their names, and skips what it does not know. It takes any bytes.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/origin.h"
#include "data/parse.h"
#include "data/skipped.h"
#include "data/text.h"

#define PREFIX "# libshare "

__printf(2, 3)
static enum parsed wrong(struct parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->why, sizeof(p->why), format, args);
	va_end(args);
	return WRONG;
}

/* Cut the next word off @text; NULL when there is none. */
static char *word(char **text, const char *separator)
{
	return strsep(text, separator);
}

static enum parsed wrong_version(struct parser *p, const char *version)
{
	uint64_t number;

	if (!text_number(version, 10, &number))
		return wrong(p, "this is no libshare table");
	if (number > FORMAT)
		return wrong(p, "format version %" PRIu64 " is newer than the %d that this program knows: install a newer libshare-top",
			     number, FORMAT);
	return wrong(p, "format version %" PRIu64 " is older than the %d that this program knows: load a newer libshare module, or use the libshare-top that came with it",
		     number, FORMAT);
}

/* "name=value"; unknown pairs are ignored. */
static bool take_pair(struct snapshot *snap, char *pair, uint64_t *generation)
{
	char *name = word(&pair, "=");
	bool valid;

	if (!pair)
		return true;
	if (skipped_pair(snap, name, pair, &valid))
		return valid;
	if (origin_pair(snap, name, pair, &valid))
		return valid;
	if (!strcmp(name, "generation"))
		return text_number(pair, 10, generation);
	if (!strcmp(name, "page_size"))
		return text_number(pair, 10, &snap->page_size);
	if (!strcmp(name, "time_ns"))
		return text_number(pair, 10, &snap->time_ns);
	if (!strcmp(name, "duplicated"))
		return text_number(pair, 10, &snap->duplicated);
	return true;
}

static int find_table(const char *name)
{
	int id;

	for (id = 0; id < TABLES; id++)
		if (!strcmp(tables[id].name, name))
			return id;
	return -1;
}

/* The generation that a head names, without touching it; 0 when it names none. */
static uint64_t peek_generation(const char *head)
{
	const char *at = strstr(head, " generation=");

	return at ? strtoull(at + strlen(" generation="), NULL, 10) : 0;
}

/* A few bytes of a compressed file may stand for any number of rows. */
static enum parsed check_memory(struct parser *p)
{
	if (p->snap->bytes <= memory_max)
		return TAKEN;
	return wrong(p, "one snapshot takes more than %" PRIu64 " MiB of memory: allow more with --memory-max",
		     memory_max >> 20);
}

static enum parsed take_head(struct parser *p, char *line)
{
	char *rest, *version, *name, *pair;
	uint64_t generation = 0;
	size_t len;

	if (strncmp(line, PREFIX, strlen(PREFIX)))
		return wrong(p, "this is no libshare table");
	/* Look first: the head of the next snapshot must stay as it is. */
	rest = line + strlen(PREFIX);
	len = strcspn(rest, " ");
	if (p->snap && rest[len]) {
		char *table = strndup(rest + len + 1, strcspn(rest + len + 1, " "));
		int id = table ? find_table(table) : -1;

		free(table);
		if (peek_generation(rest) != p->snap->generation ||
		    (id >= 0 && p->snap->has & HAS(id)))
			return NEXT;
	}
	version = word(&rest, " ");
	if (strcmp(version, "1"))
		return wrong_version(p, version);
	name = word(&rest, " ");
	if (!name || !*name)
		return wrong(p, "the table has no name");
	if (!p->snap)
		p->snap = snapshot_new();
	while ((pair = word(&rest, " ")))
		if (!take_pair(p->snap, pair, &generation))
			return wrong(p, "a value in the table's head is no number");
	p->snap->generation = generation;
	p->table = find_table(name);
	if (p->table >= 0)
		p->snap->has |= HAS(p->table);
	p->expect = NAMES;
	return check_memory(p);
}

static enum parsed take_names(struct parser *p, char *line)
{
	const struct view *table;
	const struct column *col;
	unsigned int seen = 0, bit;
	char *name;

	p->expect = ROWS;
	p->fields = 0;
	if (p->table < 0)
		return TAKEN;
	table = &tables[p->table];
	while ((name = word(&line, "\t"))) {
		if (p->fields == FIELDS)
			return wrong(p, "more than %d columns", FIELDS);
		col = column_find(table, name, strlen(name));
		bit = col ? 1u << (col - table->columns) : 0;
		if (seen & bit)
			return wrong(p, "two columns are named %s", col->name);
		seen |= bit;
		p->last[p->fields] = NULL;
		p->column[p->fields++] = col;
	}
	for (col = table->columns; col->name; col++) {
		bit = 1u << (col - table->columns);
		if (seen & bit)
			continue;
		if (!(col->flags & OPTIONAL))
			return wrong(p, "table %s has no column %s", table->name, col->name);
		p->snap->absent[p->table] |= bit;
	}
	return TAKEN;
}

/* Neighbouring rows often say the same: then they share it. */
static const char *keep_text(struct parser *p, size_t field, const char *text, size_t len)
{
	size_t clean = text_clean(text, len, NULL);
	char *copy;

	if (clean == len && p->last[field] && !strcmp(p->last[field], text))
		return p->last[field];
	copy = snapshot_text(p->snap, clean + 1);
	text_clean(text, len, copy);
	copy[clean] = '\0';
	p->last[field] = copy;
	return copy;
}

static enum parsed take_row(struct parser *p, char *line, size_t len)
{
	const struct view *table = &tables[p->table];
	const char *end = line + len;
	size_t field = 0;
	char *row, *cell;

	row = snapshot_add(p->snap, p->table);
	while ((cell = word(&line, "\t"))) {
		const struct column *col;
		size_t size = (line ? line - 1 : end) - cell;

		if (field == p->fields)
			return wrong(p, "more fields than the %zu columns of table %s", p->fields,
				     table->name);
		col = p->column[field++];
		if (!col)
			continue;
		if (col->type == TEXT) {
			*(const char **)(row + col->offset) = keep_text(p, field - 1, cell, size);
		} else if (strcmp(cell, "-") &&
			   !text_number(cell, col->type == HEX ? 16 : 10,
					(uint64_t *)(row + col->offset))) {
			return wrong(p, "column %s of table %s is no number", col->name,
				     table->name);
		}
	}
	if (field < p->fields)
		return wrong(p, "%zu fields where table %s has %zu columns: it was cut short or damaged",
			     field, table->name, p->fields);
	return check_memory(p);
}

/**
 * parse_line() - Take a line.
 * @p: The parser; all zeros at first.
 * @line: The line, without its newline but with a NUL after it. It is cut up.
 * @len: Its bytes.
 *
 * After NEXT, take the snapshot with parse_end() and pass the
 * same line again.
 *
 * Return: What became of it; after WRONG, only parse_end().
 */
enum parsed parse_line(struct parser *p, char *line, size_t len)
{
	if (memchr(line, '\0', len))
		return wrong(p, "there is a NUL byte: this is no libshare table");
	if (p->expect == NAMES)
		return take_names(p, line);
	if (p->expect == HEAD || !strncmp(line, PREFIX, strlen(PREFIX)))
		return take_head(p, line);
	if (p->table < 0)
		return TAKEN;
	return take_row(p, line, len);
}

/**
 * parse_end() - End the snapshot that is being read.
 * @p: The parser, which is then as new.
 *
 * Return: The snapshot, which snapshot_finish() has not seen yet; NULL
 *         when there is none, or it ends within a table's head.
 */
struct snapshot *parse_end(struct parser *p)
{
	struct snapshot *snap = p->snap;

	if (p->expect == NAMES) {
		snapshot_free(snap);
		snap = NULL;
	}
	p->snap = NULL;
	p->expect = HEAD;
	return snap;
}
