// SPDX-License-Identifier: GPL-2.0-only
/*
 * Audits in the live view. An audit reads the memory of processes, so no scan does that by
 * itself: a key asks for it, the worker does it, and what it found is kept, whatever scans
 * come later, until a key asks again.
 */
#include "live/live.h"
#include "views/explain.h"

/**
 * model_shown() - The snapshot that the current place shows.
 * @m: The model.
 *
 * Return: The last one; of an audit, the one that it belongs to, or NULL.
 */
struct snapshot *model_shown(const struct model *m)
{
	return m->replay || !place_audits(&m->place[m->depth]) ? m->snap : m->audited;
}

/**
 * model_reads() - Whether copies are being read, or are about to be.
 * @m: The model.
 *
 * Return: Whether they are.
 */
bool model_reads(const struct model *m)
{
	return m->audit_next || m->auditing;
}

/**
 * model_limit_audit() - Choose what is read for the current place.
 * @m: The model, which keeps the choice until the next audit.
 *
 * Return: What the command line asks for and, of this, the library in hand.
 */
const struct filter *model_limit_audit(struct model *m)
{
	struct place *place = model_place(m);
	struct filter *limit = &m->audit_limit;

	*limit = m->filter;
	if (!m->depth && *place->filter) {
		snprintf(m->audit_glob, sizeof(m->audit_glob), "%s", place->filter);
		limit->glob = m->audit_glob;
	}
	if (limit->uid) {
		m->audit_uid = *limit->uid;
		limit->uid = &m->audit_uid;
	}
	free(m->audit_path);
	m->audit_path = place->path ? xstrdup(place->path) : NULL;
	if (place->path)
		limit->library = wanted_this(m->audit_path, place->dev, place->ino);
	return limit;
}

/**
 * model_show_audit() - Open what is in the copies of a library, and read them.
 * @m: The model.
 */
void model_show_audit(struct model *m)
{
	if (model_place(m)->kind == PLACE_AUDIT)
		model_leave(m);
	else if (model_open_library(m, PLACE_AUDIT))
		m->audit_next = !m->replay;
	else
		model_say(m, "copies are those of a library: select one first");
}

/**
 * model_audit_again() - Read the copies of the current place again.
 * @m: The model.
 */
void model_audit_again(struct model *m)
{
	if (!place_audits(model_place(m)))
		model_say(m, "R reads again what a and w show");
	else if (m->replay)
		model_say(m, "a recording has what was read when it was made");
	else
		m->audit_next = true;
}

/**
 * model_break_off() - Read no more copies.
 * @m: The model.
 *
 * Return: Whether some were being read.
 */
bool model_break_off(struct model *m)
{
	if (!model_reads(m) || !place_audits(model_place(m)))
		return false;
	m->audit_next = false;
	m->break_off = true;
	model_say(m, "broken off: R reads the copies again");
	return true;
}

/**
 * model_find_audit() - Make the rows of an audit.
 * @m: The model.
 *
 * Return: Of the library in hand, those of its sections too; else one of each library.
 */
struct rows model_find_audit(const struct model *m)
{
	const struct place *place = &m->place[m->depth];
	const struct snapshot *snap = model_shown(m);
	const struct library *lib;
	const struct audit *row;
	struct rows rows = { 0 };
	struct audit *to;

	if (!snap || !(snap->has & HAS(AUDIT)))
		return rows;
	lib = place_library(place, snap);
	to = xcalloc(snap->table[AUDIT].nr, sizeof(*to));
	for_each(row, snap, AUDIT)
		if (place->path ? lib && row->lib == lib->lib : !strcmp(row->section, AUDIT_ALL))
			to[rows.nr++] = *row;
	rows.at = (char *)to;
	return rows;
}

/**
 * model_find_findings() - Make the rows of the findings.
 * @m: The model, at the findings.
 *
 * Return: The rows.
 */
struct rows model_find_findings(const struct model *m)
{
	const struct filter filter = filter_without_glob(&m->filter);
	struct snapshot *snap = model_shown(m);
	const struct rows none = { 0 };

	return snap && snap->has & HAS(AUDIT) ? findings_find(snap, &filter) : none;
}

/**
 * model_remedy() - What to do about the finding that is selected.
 * @m: The model.
 *
 * Return: The remedy; NULL if the place is another one, or has no finding.
 */
const char *model_remedy(const struct model *m)
{
	const struct place *place = &m->place[m->depth];
	const struct finding *finding;

	if (place->kind != PLACE_FINDINGS || place->at >= m->list.nr)
		return NULL;
	finding = m->list.row[place->at];
	return finding->remedy;
}
