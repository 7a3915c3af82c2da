// SPDX-License-Identifier: GPL-2.0-only
/* Reading a linker's map; see linkmap.h. */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/order.h"
#include "options.h"
#include "out/picture/linkmap.h"

/**
 * linkmap_source() - What an input was compiled from, if its name says so.
 * @input: "user.c.o", as CMake and others name what they compile from user.c.
 *
 * Return: The length of that name, or 0.
 */
size_t linkmap_source(const struct linkmap_input *input)
{
	static const char *const suffixes[] = { ".c.o", ".cc.o", ".cpp.o", ".S.o" };
	size_t len = strlen(input->name), i, n;

	for (i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		n = strlen(suffixes[i]);
		if (len > n && !strcmp(input->name + len - n, suffixes[i]))
			return len - 2;
	}
	return 0;
}

/* The input file of this name, which is made if there is none yet. */
static size_t input_of(struct linkmap *map, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < map->inputs; i++)
		if (strlen(map->input[i].name) == len && !strncmp(map->input[i].name, name, len))
			return i;
	map->input = xrealloc(map->input, i + 1, sizeof(*map->input));
	map->input[i] = (struct linkmap_input){ .name = xasprintf("%.*s", (int)len, name) };
	map->inputs++;
	return i;
}

/* " .text  0x401000  0x1f lib.a(member.o)": what follows the name of the section. */
static void take_part(struct linkmap *map, char *text)
{
	uint64_t address, size;
	size_t at, len;
	int end = 0;
	char *member;

	if (sscanf(text, " 0x%" SCNx64 " 0x%" SCNx64 " %n", &address, &size, &end) != 2 ||
	    !end || !address || !size || !text[end] || text[end] == '*')
		return;
	text += end;
	len = strcspn(text, "\n");
	text[len] = '\0';
	member = len && text[len - 1] == ')' ? strrchr(text, '(') : NULL;
	at = input_of(map, text, member ? (size_t)(member - text) : len);
	map->input[at].bytes += size;
	map->part = xrealloc(map->part, map->parts + 1, sizeof(*map->part));
	map->part[map->parts++] = (struct linkmap_part){ address, size, at };
}

/*
 * The first list of the map: each member that was taken. If its name is short, what took it
 * follows in the same line.
 */
static void take_member(struct linkmap *map, const char *line)
{
	size_t len = strcspn(line, "\n "), at;
	const char *open = memrchr(line, '(', len);

	if (!open || line[len - 1] != ')')
		return;
	at = input_of(map, line, open - line);
	map->input[at].members++;
}

/* A section of the output that is no part of the file's pages, or has no address. */
static bool is_unplaced(const char *line)
{
	static const char *const names[] = { ".tbss ", ".bss ", ".lbss ", ".comment ", ".debug",
					     ".gnu_debug", ".stab" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strncmp(line, names[i], strlen(names[i])))
			return true;
	return false;
}

static int by_bytes(const void *a, const void *b)
{
	const struct linkmap_input *x = a, *y = b;

	if (!linkmap_source(x) != !linkmap_source(y))
		return linkmap_source(x) ? -1 : 1;
	return order(y->bytes, x->bytes) ?: strcmp(x->name, y->name);
}

/* Order the inputs, and let the parts follow. */
static void sort_inputs(struct linkmap *map)
{
	char **name = xcalloc(map->inputs, sizeof(*name));
	size_t i, j;

	for (i = 0; i < map->inputs; i++)
		name[i] = map->input[i].name;
	qsort(map->input, map->inputs, sizeof(*map->input), by_bytes);
	for (i = 0; i < map->parts; i++) {
		for (j = 0; map->input[j].name != name[map->part[i].input]; j++)
			;
		map->part[i].input = j;
	}
	free(name);
}

/**
 * linkmap_read() - Read a linker's map, or exit.
 * @map: Set to what is in it; for linkmap_free().
 * @name: The file.
 */
void linkmap_read(struct linkmap *map, const char *name)
{
	FILE *file = fopen(name, "re");
	bool archives = false, layout = false, unplaced = false;
	char *line = NULL, *output;
	size_t room = 0;

	*map = (struct linkmap){ 0 };
	if (!file)
		err(TROUBLE, "%s", name);
	while (getline(&line, &room, file) > 0) {
		if (!strncmp(line, "Archive member included", 23)) {
			archives = true;
			continue;
		}
		/* A heading, and no path. */
		if (line[0] >= 'A' && line[0] <= 'Z')
			archives = false;
		if (!strncmp(line, "Linker script and memory map", 28))
			layout = true;
		if (archives && line[0] != ' ' && line[0] != '\n')
			take_member(map, line);
		if (layout && !strncmp(line, "OUTPUT(", 7)) {
			output = line + 7;
			output[strcspn(output, " )\n")] = '\0';
			free(map->output);
			map->output = xstrdup(output);
		}
		if (layout && line[0] == '.')
			unplaced = is_unplaced(line);
		/* A section's name may have a line of its own, if it is long. */
		if (layout && !unplaced && line[0] == ' ' && line[1] != '*')
			take_part(map, line + (line[1] == ' ' ? 0 : 1 + strcspn(line + 1, "\n ")));
	}
	if (ferror(file))
		err(TROUBLE, "%s", name);
	free(line);
	fclose(file);
	if (!map->output || !map->parts)
		errx(TROUBLE, "%s: not a map of GNU ld: make one with gcc -Wl,-Map=FILE", name);
	sort_inputs(map);
}

/**
 * linkmap_free() - Free what linkmap_read() has made.
 * @map: The map.
 */
void linkmap_free(struct linkmap *map)
{
	size_t i;

	for (i = 0; i < map->inputs; i++)
		free(map->input[i].name);
	free(map->input);
	free(map->part);
	free(map->output);
}
