// SPDX-License-Identifier: GPL-2.0-only
/* A thread that scans and audits while the screen lives on. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "data/names.h"
#include "live/live.h"

#define NEWS_NS 250000000	/* how far an audit is, is news so often */

struct worker {
	struct source *source;
	int asked, done;	/* eventfds, which also order the accesses to: */
	pthread_t thread;
	unsigned int needs, names;
	uint64_t at;		/* of the recording, or NOT_ASKED */
	const struct filter *audit; /* what to audit, or NULL */
	bool stop;
	int got;
	struct snapshot *snap;
	char why[512];		/* why there is no audit */

	/* Accessed by both while an audit is under way. */
	atomic_bool ready, broken_off;
	pthread_mutex_t lock;
	struct audit_progress progress;
};

/* What is asked for comes first, and then no more often than one can read. */
static bool tell(void *data, const struct audit_progress *progress)
{
	struct worker *w = data;
	bool news;

	pthread_mutex_lock(&w->lock);
	news = !w->progress.ns || progress->ns - w->progress.ns >= NEWS_NS;
	if (news)
		w->progress = *progress;
	pthread_mutex_unlock(&w->lock);
	if (news)
		eventfd_write(w->done, 1);
	return !atomic_load(&w->broken_off);
}

static void audit(struct worker *w)
{
	const struct audit_watch watch = { tell, w };

	audit_run(w->snap, w->audit, &watch, w->why, sizeof(w->why));
}

static void *work(void *data)
{
	struct worker *w = data;
	eventfd_t count;

	while (!eventfd_read(w->asked, &count) && !w->stop) {
		w->got = w->at == NOT_ASKED ? 1 : source_seek(w->source, w->at);
		if (w->got > 0)
			w->got = source_next(w->source, w->needs, &w->snap);
		if (w->got > 0 && w->names)
			names_add(w->snap, w->names);
		if (w->got > 0 && w->audit)
			audit(w);
		atomic_store(&w->ready, true);
		eventfd_write(w->done, 1);
	}
	return NULL;
}

/**
 * worker_start() - Start the thread.
 * @source: Where snapshots come from; the worker closes it.
 *
 * Signals must be blocked, so that the thread does not get them.
 *
 * Return: The worker.
 */
struct worker *worker_start(struct source *source)
{
	struct worker *w = xcalloc(1, sizeof(*w));

	w->source = source;
	w->asked = eventfd(0, EFD_CLOEXEC);
	w->done = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&w->lock, NULL);
	if (w->asked < 0 || w->done < 0 || pthread_create(&w->thread, NULL, work, w))
		err(TROUBLE, "cannot start a thread");
	return w;
}

/**
 * worker_stop() - End the thread, and free what it has.
 * @w: The worker, which has nothing to do.
 */
void worker_stop(struct worker *w)
{
	w->stop = true;
	eventfd_write(w->asked, 1);
	pthread_join(w->thread, NULL);
	source_close(w->source);
	pthread_mutex_destroy(&w->lock);
	close(w->asked);
	close(w->done);
	free(w);
}

/**
 * worker_fd() - What to wait for.
 * @w: The worker.
 *
 * Return: A file descriptor that is readable when there is something to take.
 */
int worker_fd(const struct worker *w)
{
	return w->done;
}

/**
 * worker_ask() - Ask for the next snapshot.
 * @w: The worker, which has nothing else to do.
 * @needs: As source_next() has it.
 * @names: As names_add() has it; 0: none, as of a recording.
 * @at: The number of a snapshot in the recording; or NOT_ASKED.
 * @audit: What to audit in it, as long as the worker has something to do; or NULL.
 */
void worker_ask(struct worker *w, unsigned int needs, unsigned int names, uint64_t at,
		const struct filter *audit)
{
	w->needs = needs;
	w->names = names;
	w->at = at;
	w->audit = audit;
	w->progress = (struct audit_progress){ 0 };
	*w->why = '\0';
	atomic_store(&w->ready, false);
	atomic_store(&w->broken_off, false);
	eventfd_write(w->asked, 1);
}

/**
 * worker_break_off() - Do without the audit that was asked for.
 * @w: The worker.
 *
 * The snapshot comes nevertheless.
 */
void worker_break_off(struct worker *w)
{
	atomic_store(&w->broken_off, true);
}

/**
 * worker_take() - Take what was asked for, once it is there.
 * @w: The worker.
 * @snap: Set to the snapshot.
 * @progress: Set to how far the audit is, if there is one.
 * @why: Set to why there is no snapshot, or no audit in it.
 * @size: Bytes of @why.
 *
 * Return: As source_next(); WORKER_BUSY if it is not there yet.
 */
int worker_take(struct worker *w, struct snapshot **snap, struct audit_progress *progress,
		char *why, size_t size)
{
	eventfd_t count;

	eventfd_read(w->done, &count);
	pthread_mutex_lock(&w->lock);
	*progress = w->progress;
	pthread_mutex_unlock(&w->lock);
	if (!atomic_load(&w->ready))
		return WORKER_BUSY;
	*snap = w->snap;
	snprintf(why, size, "%s", w->got < 0 ? source_why(w->source) : w->why);
	return w->got;
}
