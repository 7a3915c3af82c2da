// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots one after another: bytes are read and decompressed, cut into
 * lines, and handed to the parser.
 */
#include <errno.h>
#include <unistd.h>
#include <zstd.h>

#include "data/alloc.h"
#include "data/parse.h"
#include "data/stream.h"

#define BLOCK (128 * 1024)
#define LONGEST_LINE (1024 * 1024)
#define ZSTD_MAGIC_BYTES "\x28\xb5\x2f\xfd"
/* More than any level below --ultra asks for; an evil file can ask for more. */
#define WINDOW_LOG_MAX 27

struct buffer {
	char *at;
	size_t start, end, room;	/* what is in use; what there is */
};

struct stream {
	char *name;
	int fd;			/* or -1: */
	const char *memory;
	size_t left;		/* of @memory */
	struct buffer raw;	/* compressed */
	struct buffer text;
	ZSTD_DStream *zstd;	/* NULL: not compressed */
	bool within_frame;
	bool at_end;
	bool failed;
	size_t line;
	struct parser parser;
	char why[WHY + 256];
};

static struct stream *new_stream(const char *name)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->name = xstrdup(name);
	s->fd = -1;
	return s;
}

/**
 * stream_file() - Read snapshots from an open file.
 * @fd: The file; the stream closes it.
 * @name: What to call it in messages.
 *
 * Return: The stream, for stream_close().
 */
struct stream *stream_file(int fd, const char *name)
{
	struct stream *s = new_stream(name);

	s->fd = fd;
	return s;
}

/**
 * stream_memory() - Read snapshots from memory.
 * @data: The bytes, which must stay.
 * @size: How many.
 * @name: What to call them in messages.
 *
 * Return: The stream, for stream_close().
 */
struct stream *stream_memory(const void *data, size_t size, const char *name)
{
	struct stream *s = new_stream(name);

	s->memory = data;
	s->left = size;
	return s;
}

/**
 * stream_close() - Free a stream, and close its file.
 * @s: The stream, or NULL.
 */
void stream_close(struct stream *s)
{
	if (!s)
		return;
	snapshot_free(parse_end(&s->parser));
	ZSTD_freeDStream(s->zstd);
	if (s->fd >= 0)
		close(s->fd);
	free(s->raw.at);
	free(s->text.at);
	free(s->name);
	free(s);
}

/**
 * stream_why() - Why stream_next() failed.
 * @s: The stream.
 *
 * Return: A line for the user, good as long as the stream.
 */
const char *stream_why(const struct stream *s)
{
	return s->why;
}

__printf(2, 3)
static int fail(struct stream *s, const char *format, ...)
{
	int len = snprintf(s->why, sizeof(s->why), "%.200s: ", s->name);
	va_list args;

	va_start(args, format);
	vsnprintf(s->why + len, sizeof(s->why) - len, format, args);
	va_end(args);
	s->failed = true;
	return -1;
}

/* Make sure that there is room for a block behind what is in use. */
static void make_room(struct buffer *b)
{
	if (b->start) {
		memmove(b->at, b->at + b->start, b->end - b->start);
		b->end -= b->start;
		b->start = 0;
	}
	if (b->room - b->end < BLOCK) {
		b->room = b->end + 2 * BLOCK;
		b->at = xrealloc(b->at, b->room, 1);
	}
}

/* Add a block of the input to @b; 0 at its end, -1 when that fails. */
static int read_block(struct stream *s, struct buffer *b)
{
	ssize_t n;

	make_room(b);
	if (s->fd < 0) {
		n = s->left < BLOCK ? s->left : BLOCK;
		if (n)
			memcpy(b->at + b->end, s->memory, n);
		s->memory += n;
		s->left -= n;
	} else {
		do
			n = read(s->fd, b->at + b->end, b->room - b->end);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return fail(s, "cannot read: %s", strerror(errno));
	}
	b->end += n;
	return n > 0;
}

static bool begin(struct stream *s)
{
	while (s->raw.end < strlen(ZSTD_MAGIC_BYTES)) {
		int more = read_block(s, &s->raw);

		if (more < 0)
			return false;
		if (!more)
			break;
	}
	if (s->raw.end >= strlen(ZSTD_MAGIC_BYTES) &&
	    !memcmp(s->raw.at, ZSTD_MAGIC_BYTES, strlen(ZSTD_MAGIC_BYTES))) {
		s->zstd = ZSTD_createDStream();
		if (!s->zstd)
			errx(2, "cannot allocate memory");
		ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
		s->text.at = xrealloc(NULL, BLOCK, 1);
		s->text.room = BLOCK;
	} else {
		s->text = s->raw;
		memset(&s->raw, 0, sizeof(s->raw));
	}
	return true;
}

/* Add some text to the buffer; 0 at the end, -1 when that fails. */
static int more_text(struct stream *s)
{
	ZSTD_inBuffer in;
	ZSTD_outBuffer out;
	size_t left;
	int more;

	if (!s->zstd)
		return read_block(s, &s->text);
	for (;;) {
		/* Output that did not fit the last time comes without input. */
		make_room(&s->text);
		in = (ZSTD_inBuffer){ s->raw.at, s->raw.end, s->raw.start };
		out = (ZSTD_outBuffer){ s->text.at, s->text.room, s->text.end };
		if (in.pos < in.size || s->within_frame) {
			left = ZSTD_decompressStream(s->zstd, &out, &in);
			if (ZSTD_isError(left))
				return fail(s, "damaged: %s", ZSTD_getErrorName(left));
			/* Without progress it only asks for more. */
			if (in.pos != s->raw.start || out.pos != s->text.end)
				s->within_frame = left != 0;
			s->raw.start = in.pos;
			if (out.pos != s->text.end) {
				s->text.end = out.pos;
				return 1;
			}
			if (s->raw.start < s->raw.end)
				continue;
		}
		more = read_block(s, &s->raw);
		if (more < 0)
			return more;
		if (!more)
			return s->within_frame ? fail(s, "it is cut short") : 0;
	}
}

/* The next line, with a NUL instead of its newline; 0 at the end. */
static int peek_line(struct stream *s, size_t *len)
{
	size_t searched = 0, have;
	char *end;
	int more;

	if (!s->text.at && !begin(s))
		return -1;
	for (;;) {
		have = s->text.end - s->text.start;
		end = have > searched ? memchr(s->text.at + s->text.start + searched, '\n',
					       have - searched) : NULL;
		if (end) {
			*end = '\0';
			*len = end - (s->text.at + s->text.start);
			return 1;
		}
		if (have > LONGEST_LINE)
			return fail(s, "line %zu is too long: this is no libshare table",
				    s->line + 1);
		searched = have;
		more = s->at_end ? 0 : more_text(s);
		if (more < 0)
			return more;
		if (!more) {
			s->at_end = true;
			return have ? fail(s, "it is cut short: line %zu has no end",
					   s->line + 1) : 0;
		}
	}
}

static int finish(struct stream *s, struct snapshot **out)
{
	bool in_head = s->parser.expect == NAMES;
	struct snapshot *snap = parse_end(&s->parser);
	char why[WHY];

	if (in_head)
		return fail(s, "it is cut short after line %zu", s->line);
	if (!snap)
		return 0;
	if (!snapshot_finish(snap, why, sizeof(why))) {
		snapshot_free(snap);
		return fail(s, "damaged: %s", why);
	}
	*out = snap;
	return 1;
}

/**
 * stream_next() - Read the next snapshot.
 * @s: The stream.
 * @snap: Set to it.
 *
 * Return: 1; 0 at the end; -1 when it cannot be read, see stream_why().
 */
int stream_next(struct stream *s, struct snapshot **snap)
{
	enum parsed parsed;
	size_t len = 0;
	int got;

	while (!s->failed) {
		got = peek_line(s, &len);
		if (got < 0)
			break;
		if (!got)
			return finish(s, snap);
		parsed = parse_line(&s->parser, s->text.at + s->text.start, len);
		if (parsed == WRONG)
			return fail(s, "line %zu: %s", s->line + 1, s->parser.why);
		if (parsed == NEXT) {
			/* peek_line() finds the line's end again. */
			s->text.at[s->text.start + len] = '\n';
			return finish(s, snap);
		}
		s->text.start += len + 1;
		s->line++;
	}
	return -1;
}
