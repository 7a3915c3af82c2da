// SPDX-License-Identifier: GPL-2.0-only
/* The live view waits: for keys, for the clock, for scans and for signals. */
#include <ncurses.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <unistd.h>

#include "batch.h"
#include "live.h"

#define SILENCE 100
#define PATIENCE 1	/* seconds that a terminal has to take what is written to it */

struct live {
	struct libshare_model model;
	struct libshare_worker *worker;
	int epoll, timer, signals;
	unsigned int silent;	/* times in a row that there was something to read, and was not */
	char why[1024];		/* why there is nothing to show at all */
};

static void watch(struct live *live, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(live->epoll, EPOLL_CTL_ADD, fd, &event))
		err(LIBSHARE_TROUBLE, "cannot wait for a file");
}

/* Signals that end the live view. */
static const int deadly[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static volatile sig_atomic_t stopped;
static struct termios terminal;		/* as it was */

/*
 * A terminal may take nothing any more: it was stopped, or its other end hangs. Then
 * ncurses writes for ever, and signals that are only read from a file are not seen.
 */
static void on_stop(int number)
{
	stopped = number;
	alarm(PATIENCE);
}

static void on_alarm(int number)
{
	(void)number;
	tcflush(STDOUT_FILENO, TCOFLUSH);
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
	_exit(EXIT_SUCCESS);
}

static void setup_signals(struct live *live)
{
	struct sigaction action = { .sa_handler = on_alarm };
	sigset_t set;
	size_t i;

	tcgetattr(STDIN_FILENO, &terminal);
	sigaction(SIGALRM, &action, NULL);
	action.sa_handler = on_stop;
	sigemptyset(&set);
	for (i = 0; i < sizeof(deadly) / sizeof(*deadly); i++) {
		sigaddset(&set, deadly[i]);
		sigaction(deadly[i], &action, NULL);
	}
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	live->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (live->signals < 0)
		err(LIBSHARE_TROUBLE, "cannot wait for signals");
	watch(live, live->signals);
}

static void setup_timer(struct live *live)
{
	uint64_t ms = live->model.delay_ms;
	struct itimerspec time = {
		.it_interval = { ms / 1000, ms % 1000 * 1000000 },
		.it_value = { ms / 1000, ms % 1000 * 1000000 },
	};

	live->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (live->timer < 0 || timerfd_settime(live->timer, 0, &time, NULL))
		err(LIBSHARE_TROUBLE, "cannot set a timer");
	watch(live, live->timer);
}

/* Never more than one at a time. */
static void ask(struct live *live)
{
	struct libshare_model *m = &live->model;

	if (m->scanning || m->ended)
		return;
	/* The last one was there to be seen until now. */
	if (!m->left) {
		m->quit = true;
		return;
	}
	m->scanning = true;
	libshare_worker_ask(live->worker, libshare_model_needs(m));
}

static void take(struct live *live)
{
	struct libshare_model *m = &live->model;
	struct libshare_snapshot *snap;
	int got = libshare_worker_take(live->worker, &snap, live->why, sizeof(live->why));

	m->scanning = false;
	if (got > 0) {
		/* What went wrong before is over. */
		if (m->failed)
			*m->message = '\0';
		m->failed = false;
		libshare_model_take(m, snap);
		m->left--;
		return;
	}
	m->ended = m->replay;
	if (got < 0) {
		m->failed = true;
		libshare_model_say(m, "%s", live->why);
		free(m->save_next);
		m->save_next = NULL;
		m->mark_next = false;
		/* With nothing ever seen there is nothing to look at. */
		m->quit |= !m->snap;
	}
}

static void resize(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
}

static void take_signals(struct live *live)
{
	struct signalfd_siginfo info;

	while (read(live->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGWINCH)
			resize();
		else
			live->model.quit = true;
	}
}

static void take_keys(struct live *live)
{
	bool any = false;
	wint_t key;
	int kind;

	while ((kind = get_wch(&key)) != ERR) {
		any = true;
		/* Characters and the keys that have none share no numbers. */
		libshare_keys_take(&live->model, kind == KEY_CODE_YES ? (int)key : -(int)key);
	}
	/*
	 * A terminal that is readable and says nothing is gone; or it has been given
	 * to others, and nobody is left to give it back (a process group that is an
	 * orphan): then each attempt to read fails at once. Part of a character is
	 * nothing yet, too.
	 */
	live->silent = any ? 0 : live->silent + 1;
	if (live->silent > SILENCE || (!any && !isatty(STDIN_FILENO)))
		live->model.quit = true;
}

static void wait_for_more(struct live *live)
{
	struct epoll_event event;
	uint64_t ticks;

	if (epoll_wait(live->epoll, &event, 1, -1) <= 0)
		return;
	if (event.events & (EPOLLHUP | EPOLLERR) && event.data.fd == STDIN_FILENO)
		live->model.quit = true;
	else if (event.data.fd == STDIN_FILENO)
		take_keys(live);
	else if (event.data.fd == live->signals)
		take_signals(live);
	else if (event.data.fd == live->timer && read(live->timer, &ticks, sizeof(ticks)) > 0 &&
		 !live->model.paused)
		ask(live);
	else if (event.data.fd == libshare_worker_fd(live->worker))
		take(live);
}

static void draw(struct live *live)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(deadly) / sizeof(*deadly); i++)
		sigaddset(&set, deadly[i]);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	libshare_draw(&live->model);
	sigprocmask(SIG_BLOCK, &set, NULL);
	live->model.quit |= stopped;
}

static void on_crash(int number)
{
	libshare_draw_teardown();
	raise(number);
}

static void guard_terminal(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	const struct sigaction action = { .sa_handler = on_crash, .sa_flags = SA_RESETHAND };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], &action, NULL);
	atexit(libshare_draw_teardown);
}

/* A scan that is under way is not waited for: it may take its time. */
static int finish(struct live *live)
{
	bool failed = live->model.failed;

	if (live->model.scanning)
		_exit(EXIT_SUCCESS);
	libshare_worker_stop(live->worker);
	libshare_model_teardown(&live->model);
	if (failed)
		errx(LIBSHARE_TROUBLE, "%s", live->why);
	return EXIT_SUCCESS;
}

/**
 * libshare_live_run() - The live view.
 * @options: The command line.
 *
 * Return: The exit status.
 */
int libshare_live_run(const struct libshare_options *options)
{
	static struct live live;

	if (!isatty(STDIN_FILENO))
		errx(LIBSHARE_TROUBLE, "standard input is not a terminal: use --batch");
	libshare_model_setup(&live.model, options);
	live.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (live.epoll < 0)
		err(LIBSHARE_TROUBLE, "cannot wait");
	setup_signals(&live);
	setup_timer(&live);
	live.worker = libshare_worker_start(libshare_batch_source(options));
	watch(&live, libshare_worker_fd(live.worker));

	/* The first scan says whether there is anything to show. */
	ask(&live);
	while (live.model.scanning && !live.model.quit)
		wait_for_more(&live);
	if (live.model.failed || live.model.quit)
		return finish(&live);
	if (!libshare_draw_setup()) {
		libshare_worker_stop(live.worker);
		errx(LIBSHARE_TROUBLE, "the terminal type '%s' cannot place the cursor: set TERM, or use --batch",
		     getenv("TERM") ?: "");
	}
	guard_terminal();
	watch(&live, STDIN_FILENO);
	while (!live.model.quit) {
		/* What the user has just opened is not left to the clock. */
		if (libshare_model_lacks(&live.model) && !live.model.failed)
			ask(&live);
		draw(&live);
		if (!live.model.quit)
			wait_for_more(&live);
	}
	alarm(PATIENCE);
	libshare_draw_teardown();
	alarm(0);
	return finish(&live);
}
