// SPDX-License-Identifier: GPL-2.0-only
/* A thread that scans while the screen lives on. */
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "data/names.h"
#include "live/live.h"

struct worker {
	struct source *source;
	int asked, done;	/* eventfds, which also order the accesses to: */
	pthread_t thread;
	unsigned int needs, names;
	uint64_t at;		/* of the recording, or NOT_ASKED */
	bool stop;
	int got;
	struct snapshot *snap;
};

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
 */
void worker_ask(struct worker *w, unsigned int needs, unsigned int names, uint64_t at)
{
	w->needs = needs;
	w->names = names;
	w->at = at;
	eventfd_write(w->asked, 1);
}

/**
 * worker_take() - Take what was asked for, once it is there.
 * @w: The worker.
 * @snap: Set to the snapshot.
 * @why: Set to why there is none.
 * @size: Bytes of @why.
 *
 * Return: As source_next().
 */
int worker_take(struct worker *w, struct snapshot **snap, char *why, size_t size)
{
	eventfd_t count;

	eventfd_read(w->done, &count);
	*snap = w->snap;
	if (w->got < 0)
		snprintf(why, size, "%s", source_why(w->source));
	return w->got;
}
