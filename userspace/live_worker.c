// SPDX-License-Identifier: GPL-2.0-only
/* A thread that scans while the screen lives on. */
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "live.h"

struct libshare_worker {
	struct libshare_source *source;
	int asked, done;	/* eventfds, which also order the accesses to: */
	pthread_t thread;
	unsigned int needs;
	bool stop;
	int got;
	struct libshare_snapshot *snap;
};

static void *work(void *data)
{
	struct libshare_worker *w = data;
	eventfd_t count;

	while (!eventfd_read(w->asked, &count) && !w->stop) {
		w->got = libshare_source_next(w->source, w->needs, &w->snap);
		eventfd_write(w->done, 1);
	}
	return NULL;
}

/**
 * libshare_worker_start() - Start the thread.
 * @source: Where snapshots come from; the worker closes it.
 *
 * Signals must be blocked, so that the thread does not get them.
 *
 * Return: The worker.
 */
struct libshare_worker *libshare_worker_start(struct libshare_source *source)
{
	struct libshare_worker *w = xcalloc(1, sizeof(*w));

	w->source = source;
	w->asked = eventfd(0, EFD_CLOEXEC);
	w->done = eventfd(0, EFD_CLOEXEC);
	if (w->asked < 0 || w->done < 0 || pthread_create(&w->thread, NULL, work, w))
		err(LIBSHARE_TROUBLE, "cannot start a thread");
	return w;
}

/**
 * libshare_worker_stop() - End the thread, and free what it has.
 * @w: The worker, which has nothing to do.
 */
void libshare_worker_stop(struct libshare_worker *w)
{
	w->stop = true;
	eventfd_write(w->asked, 1);
	pthread_join(w->thread, NULL);
	libshare_source_close(w->source);
	close(w->asked);
	close(w->done);
	free(w);
}

/**
 * libshare_worker_fd() - What to wait for.
 * @w: The worker.
 *
 * Return: A file descriptor that is readable when there is something to take.
 */
int libshare_worker_fd(const struct libshare_worker *w)
{
	return w->done;
}

/**
 * libshare_worker_ask() - Ask for the next snapshot.
 * @w: The worker, which has nothing else to do.
 * @needs: As libshare_source_next() has it.
 */
void libshare_worker_ask(struct libshare_worker *w, unsigned int needs)
{
	w->needs = needs;
	eventfd_write(w->asked, 1);
}

/**
 * libshare_worker_take() - Take what was asked for, once it is there.
 * @w: The worker.
 * @snap: Set to the snapshot.
 * @why: Set to why there is none.
 * @size: Bytes of @why.
 *
 * Return: As libshare_source_next().
 */
int libshare_worker_take(struct libshare_worker *w, struct libshare_snapshot **snap,
			 char *why, size_t size)
{
	eventfd_t count;

	eventfd_read(w->done, &count);
	*snap = w->snap;
	if (w->got < 0)
		snprintf(why, size, "%s", libshare_source_why(w->source));
	return w->got;
}
