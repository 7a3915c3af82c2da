// SPDX-License-Identifier: GPL-2.0-only
/* What to do about copies, in the live view: what --explain tells. */
#include "audit.h"
#include "explain.h"
#include "live.h"

/**
 * libshare_model_find_findings() - Make the rows of the findings.
 * @m: The model, at the findings.
 *
 * An audit reads the memory of processes, so no scan does that by itself: the view is
 * paused, and Space has all of it read again.
 *
 * Return: The rows.
 */
struct libshare_rows libshare_model_find_findings(struct libshare_model *m)
{
	const struct libshare_filter all = { .pid = LIBSHARE_UNKNOWN };
	const struct libshare_rows none = { 0 };

	if (libshare_model_lacks(m))
		return none;
	if (!m->replay && !(m->snap->has & LIBSHARE_HAS(LIBSHARE_AUDIT))) {
		libshare_audit_run(m->snap, &all, NULL);
		m->paused = true;
	}
	if (!(m->snap->has & LIBSHARE_HAS(LIBSHARE_AUDIT)))
		return none;
	return libshare_findings_find(m->snap, &all);
}

/**
 * libshare_model_remedy() - What to do about the finding that is selected.
 * @m: The model.
 *
 * Return: The remedy; NULL if the place is another one, or has no finding.
 */
const char *libshare_model_remedy(const struct libshare_model *m)
{
	const struct libshare_place *place = &m->place[m->depth];
	const struct libshare_finding *finding;

	if (place->kind != LIBSHARE_PLACE_FINDINGS || place->at >= m->list.nr)
		return NULL;
	finding = m->list.row[place->at];
	return finding->remedy;
}
