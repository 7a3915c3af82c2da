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

#include "live/live.h"
#include "out/batch.h"

#define SILENCE 100
#define PATIENCE 1	/* seconds that a terminal has to take what is written to it */
#define SHARE 20	/* a scan of /proc may take one of so many parts of a CPU */

struct live {
	struct model model;
	struct worker *worker;
	int epoll, timer, signals;
	uint64_t asked;		/* number of the snapshot that was asked for, or NOT_ASKED */
	uint64_t cpu_ns;	/* that this program had used when the last scan came */
	unsigned int silent;	/* times in a row that there was something to read, and was not */
	char why[1024];		/* why there is nothing to show at all */
};

static void watch(struct live *live, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(live->epoll, EPOLL_CTL_ADD, fd, &event))
		err(TROUBLE, "cannot wait for a file");
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
		err(TROUBLE, "cannot wait for signals");
	watch(live, live->signals);
}

static void set_timer(struct live *live)
{
	uint64_t ms = live->model.delay_ms;
	struct itimerspec time = {
		.it_interval = { ms / 1000, ms % 1000 * 1000000 },
		.it_value = { ms / 1000, ms % 1000 * 1000000 },
	};

	if (timerfd_settime(live->timer, 0, &time, NULL))
		err(TROUBLE, "cannot set a timer");
}

static void setup_timer(struct live *live)
{
	live->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (live->timer < 0)
		err(TROUBLE, "cannot set a timer");
	set_timer(live);
	watch(live, live->timer);
}

/*
 * Without the module a scan may take much time. Scan less often then, so that this
 * program takes a twentieth of a CPU at most, but react only to what changed much.
 */
static void slow_down(struct live *live, const struct snapshot *snap)
{
	struct model *m = &live->model;
	struct timespec time;
	uint64_t used, ms;

	if (m->replay || !snap->source || clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time))
		return;
	used = time.tv_sec * 1000000000ull + time.tv_nsec - live->cpu_ns;
	live->cpu_ns += used;
	/* An audit is not what each scan costs. */
	if (m->auditing)
		return;
	ms = (used * SHARE / 1000000 + 99) / 100 * 100;
	if (ms < m->chosen_ms)
		ms = m->chosen_ms;
	if (ms <= m->delay_ms && (ms > m->delay_ms / 2 || m->delay_ms == m->chosen_ms))
		return;
	m->delay_ms = ms;
	set_timer(live);
}

/* Never more than one at a time. */
static void ask(struct live *live)
{
	struct model *m = &live->model;

	if (m->scanning || (m->ended && m->seek == NOT_ASKED))
		return;
	m->audit_next &= place_audits(model_place(m)) || !m->snap;
	m->auditing = m->audit_next && m->snap;
	/* The last one was there to be seen until now. */
	if (!m->left && m->seek == NOT_ASKED && !m->auditing) {
		m->quit = true;
		return;
	}
	m->scanning = true;
	m->ended = false;
	live->asked = m->seek;
	m->seek = NOT_ASKED;
	worker_ask(live->worker, model_needs(m), model_names(m), live->asked,
		   m->auditing ? model_limit_audit(m) : NULL);
	if (m->auditing) {
		m->audit_next = false;
		m->break_off = false;
		m->progress = (struct audit_progress){ 0 };
	}
}

/* What is no longer on the screen, or asked for anew, is not read. */
static void break_off(struct live *live)
{
	struct model *m = &live->model;

	if (m->auditing && (m->break_off || m->audit_next || !place_audits(model_place(m))))
		worker_break_off(live->worker);
}

static void take(struct live *live)
{
	struct model *m = &live->model;
	struct snapshot *snap;
	int got = worker_take(live->worker, &snap, &m->progress, live->why, sizeof(live->why));

	if (got == WORKER_BUSY)
		return;
	m->scanning = false;
	if (got > 0) {
		/* What went wrong before is over. */
		if (m->failed)
			*m->message = '\0';
		m->failed = false;
		slow_down(live, snap);
		m->left -= live->asked == NOT_ASKED && !m->auditing;
		m->auditing = false;
		if (*live->why)
			model_say(m, "%s", live->why);
		model_take(m, snap, live->asked);
		return;
	}
	m->auditing = false;
	m->ended = m->replay;
	if (!got && live->asked != NOT_ASKED)
		model_say(m, "this is the last snapshot of the recording");
	if (got < 0) {
		m->failed = true;
		model_say(m, "%s", live->why);
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
		keys_take(&live->model, kind == KEY_CODE_YES ? (int)key : -(int)key);
	}
	/*
	 * A terminal that is readable and says nothing is gone; or another process group
	 * has it for good, because this one is an orphan: each attempt to read fails at
	 * once then. Part of a character is nothing yet, too.
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
	else if (event.data.fd == worker_fd(live->worker))
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
	draw_screen(&live->model);
	sigprocmask(SIG_BLOCK, &set, NULL);
	live->model.quit |= stopped;
}

static void on_crash(int number)
{
	draw_teardown();
	raise(number);
}

static void guard_terminal(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	const struct sigaction action = { .sa_handler = on_crash, .sa_flags = SA_RESETHAND };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], &action, NULL);
	atexit(draw_teardown);
}

/* A scan that is under way is not waited for: it may take its time. */
static int finish(struct live *live)
{
	bool failed = live->model.failed;

	if (live->model.scanning)
		_exit(EXIT_SUCCESS);
	worker_stop(live->worker);
	model_teardown(&live->model);
	if (failed)
		errx(TROUBLE, "%s", live->why);
	return EXIT_SUCCESS;
}

/**
 * live_run() - The live view.
 * @options: The command line.
 *
 * Return: The exit status.
 */
int live_run(const struct options *options)
{
	static struct live live;

	if (!isatty(STDIN_FILENO))
		errx(TROUBLE, "standard input is not a terminal: use --batch");
	model_setup(&live.model, options);
	live.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (live.epoll < 0)
		err(TROUBLE, "cannot wait");
	setup_signals(&live);
	setup_timer(&live);
	live.worker = worker_start(batch_source(options));
	watch(&live, worker_fd(live.worker));

	/* The first scan says whether there is anything to show. */
	ask(&live);
	while (live.model.scanning && !live.model.quit)
		wait_for_more(&live);
	if (live.model.failed || live.model.quit)
		return finish(&live);
	if (!draw_setup()) {
		worker_stop(live.worker);
		errx(TROUBLE, "the terminal type '%s' cannot place the cursor: set TERM, or use --batch",
		     getenv("TERM") ?: "");
	}
	guard_terminal();
	watch(&live, STDIN_FILENO);
	while (!live.model.quit) {
		/* What the user has just opened is not left to the clock. */
		if (live.model.seek != NOT_ASKED || live.model.audit_next ||
		    (model_lacks(&live.model) && !live.model.failed))
			ask(&live);
		break_off(&live);
		draw(&live);
		if (!live.model.quit)
			wait_for_more(&live);
	}
	alarm(PATIENCE);
	draw_teardown();
	alarm(0);
	return finish(&live);
}
