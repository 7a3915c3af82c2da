// SPDX-License-Identifier: GPL-2.0-only
/* What to do about copies, in the live view: what --explain tells. */
#include "live/live.h"
#include "views/audit.h"
#include "views/explain.h"

static bool go_on(void *data, const struct audit_progress *progress)
{
	(void)data;
	(void)progress;
	return true;
}

/**
 * model_find_findings() - Make the rows of the findings.
 * @m: The model, at the findings.
 *
 * An audit reads the memory of processes, so no scan does that by itself: the view is
 * paused, and Space has all of it read again.
 *
 * Return: The rows.
 */
struct rows model_find_findings(struct model *m)
{
	const struct filter all = { 0 };
	const struct audit_watch watch = { go_on, NULL };
	const struct rows none = { 0 };
	char why[512];

	if (model_lacks(m))
		return none;
	if (!m->replay && !(m->snap->has & HAS(AUDIT))) {
		if (!audit_run(m->snap, &all, &watch, why, sizeof(why)))
			model_say(m, "%s", why);
		m->paused = true;
	}
	if (!(m->snap->has & HAS(AUDIT)))
		return none;
	return findings_find(m->snap, &all);
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
