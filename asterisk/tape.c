/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A module of Asterisk 22 that records calls. Tape(FILE) keeps what the caller says and what he hears, mixed, from
 * now until TapeEnd() or the end of the call: WAV, 16 bits, 8,000 samples a second, appended to what FILE has.
 * TapeSilence(on) leaves out what he says until TapeSilence(off).
 *
 * Asterisk's own MixMonitor costs a thread for each call that wakes with every packet. Here a frame is added to the
 * sound of its moment as it passes, and one thread writes the seconds of all calls that are complete. The time
 * line is the clock's: where nothing is said, silence is kept. Sound is A-law, mu-law or linear, as on our lines.
 */

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "WAV files have little-endian numbers"
#endif

#define NAME "tape"
#define DESCRIPTION "Recordings of calls"
#include "module.h"

#define ERROR 4 /* in the log */
#define VOICE 2 /* the type of a frame */

#define READABLE 02 /* open(), and written to */
#define CREATE 0100
#define RIGHTS 0666 /* what Asterisk's umask leaves of it */
#define END 2 /* lseek() */
#define MONOTONIC 1 /* clock_gettime() */

/* In samples, 8 of which are a millisecond. */
#define BLOCK 8000 /* is written at once */
#define KEPT 4000 /* stays open behind now, for what comes late */
#define LATE 1600 /* sound that comes so late follows what came before it; later, there was a pause */
#define AHEAD 4000
#define WINDOW (BLOCK + KEPT + AHEAD + 4000)

#define LOOK_MS 250
#define COMES_IN 1 /* poll() */
#define NEVER_BLOCKS 04000 /* eventfd() */
#define HEADER 44L /* bytes */
#define SAMPLE ((long) sizeof(short))

struct format;

struct frame {
	int type;
	struct {
		int number;
		struct format *format;
		unsigned int ends;
	} of;
	int bytes;
	int samples;
	int allocated;
	unsigned long header;
	int offset;
	const char *source;
	const void *sound;
};

struct kind {
	const char *name;
	void *(*copy)(void *);
	void (*on_end)(void *);
	void (*on_move)(void *, struct channel *, struct channel *);
	void (*on_break)(void *, struct channel *, struct channel *);
};

struct store {
	const char *id;
	void *data;
};

struct time {
	long seconds;
	long nanoseconds;
};

struct waited_for {
	int descriptor;
	short events;
	short came;
};

extern int ast_framehook_detach(struct channel *, int id);
extern struct store *__ast_datastore_alloc(const struct kind *, const char *id, struct module *, const char *file,
	int line, const char *function);
extern int ast_datastore_free(struct store *);
extern int ast_channel_datastore_add(struct channel *, struct store *);
extern int ast_channel_datastore_remove(struct channel *, struct store *);
extern struct store *ast_channel_datastore_find(struct channel *, const struct kind *, const char *id);
extern int ast_mkdir(const char *path, int rights);
extern void ast_log(int level, const char *file, int line, const char *function, const char *format, ...);
extern struct format *ast_format_alaw, *ast_format_ulaw, *ast_format_slin;
extern short __ast_alaw[256], __ast_mulaw[256];

extern void *calloc(unsigned long, unsigned long);
extern void *malloc(unsigned long);
extern void free(void *);
extern void *memcpy(void *, const void *, unsigned long);
extern void *memmove(void *, const void *, unsigned long);
extern void *memset(void *, int, unsigned long);
extern char *strdup(const char *);
extern char *strrchr(const char *, int);
extern unsigned long strlen(const char *);
extern int strcmp(const char *, const char *);
extern int clock_gettime(int, struct time *);
extern int eventfd(unsigned int, int);
extern int poll(struct waited_for *, unsigned long, int timeout_ms);
extern long read(int, void *, unsigned long);
extern long write(int, const void *, unsigned long);
extern int open(const char *, int, ...);
extern int close(int);
extern long lseek(int, long, int);
extern long pwrite(int, const void *, unsigned long, long);
extern int pthread_create(unsigned long *, const void *, void *(*)(void *), void *);

#define HERE __FILE__, __LINE__, __func__
#define say(...) ast_log(ERROR, HERE, __VA_ARGS__)

struct tape;

/* Sound that is complete, on its way to the disk. */
struct block {
	struct block *next;
	struct tape *tape;
	long at; /* samples since the beginning of the tape */
	long samples;
	short sound[];
};

/* Of the call's lock, but for what is the writer's. */
struct tape {
	char *file;
	int id; /* of the hook */
	int holders; /* the hook, and what finds the tape of a call; the last one ends it */
	int silent;
	long begun_ns;
	long base; /* of the window, in samples since the beginning */
	long next[2]; /* where the sound of a side goes on */
	long end;
	short window[WINDOW];
	unsigned int lacks; /* frames */
	struct block *last;

	int failed; /* the writer's */
	int descriptor; /* 0: not open yet */
	long start; /* of our sound in the file, in bytes */
	long bytes; /* of the file */
};

static struct block *waiting; /* the latest first */
static int bell = -1; /* wakes the writer, as a tape ends */

static void push(struct block *block)
{
	block->next = __atomic_load_n(&waiting, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&waiting, &block->next, block, 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

static void ring(void)
{
	static const unsigned long once = 1;

	(void) !write(bell, &once, sizeof once);
}

/* The writer. */

static int opened(const char *file)
{
	int descriptor = open(file, READABLE | CREATE, RIGHTS);
	char *folder, *slash;

	if (descriptor >= 0 || !(folder = strdup(file)))
		return descriptor;
	if ((slash = strrchr(folder, '/'))) {
		*slash = 0;
		ast_mkdir(folder, 0777);
	}
	free(folder);
	return open(file, READABLE | CREATE, RIGHTS);
}

static int write_header(struct tape *tape)
{
	struct {
		char riff[4];
		unsigned int bytes;
		char wave[8];
		unsigned int format_bytes;
		unsigned short pcm, channels;
		unsigned int rate, bytes_a_second;
		unsigned short sample, bits;
		char data[4];
		unsigned int data_bytes;
	} header = {"RIFF", 0, "WAVEfmt ", 16, 1, 1, 8000, 16000, 2, 16, "data", 0};

	header.bytes = tape->bytes - 8;
	header.data_bytes = tape->bytes - HEADER;
	return pwrite(tape->descriptor, &header, HEADER, 0) == HEADER;
}

static int ready(struct tape *tape)
{
	if (tape->descriptor || tape->failed)
		return !tape->failed;
	tape->descriptor = opened(tape->file);
	if (tape->descriptor < 0) {
		tape->descriptor = 0;
		return 0;
	}
	/* What is there begins with a header like ours. */
	tape->start = lseek(tape->descriptor, 0, END) & ~1L;
	if (tape->start < HEADER)
		tape->start = HEADER;
	return 1;
}

static void keep(struct tape *tape, const struct block *block)
{
	long bytes = block->samples * SAMPLE, end;

	if (ready(tape)) {
		end = tape->start + block->at * SAMPLE + bytes;
		if (pwrite(tape->descriptor, block->sound, bytes, end - bytes) == bytes) {
			tape->bytes = end;
			if (write_header(tape))
				return;
		}
	}
	if (!tape->failed)
		say("%s is not recorded: it cannot be written.\n", tape->file);
	tape->failed = 1;
}

static void finish(struct tape *tape)
{
	if (tape->descriptor)
		close(tape->descriptor);
	free(tape->file);
	free(tape);
}

static void wait(void)
{
	struct waited_for rung = {.descriptor = bell, .events = COMES_IN};
	unsigned long times;

	if (poll(&rung, 1, LOOK_MS) > 0)
		(void) !read(bell, &times, sizeof times);
}

static void *write_all(void *nothing)
{
	struct block *block, *next, *first;

	for (;;) {
		wait();
		block = __atomic_exchange_n(&waiting, 0, __ATOMIC_ACQUIRE);
		for (first = 0; block; block = next) {
			next = block->next;
			block->next = first;
			first = block;
		}
		for (block = first; block; block = next) {
			next = block->next;
			if (block == block->tape->last)
				finish(block->tape);
			else
				keep(block->tape, block);
			free(block);
		}
	}
	return nothing; /* which is never */
}

/* Its thread begins with the first recording. */
static int writes(void)
{
	static int begun;
	unsigned long writer;

	if (__atomic_exchange_n(&begun, 1, __ATOMIC_ACQ_REL))
		return 1;
	if (bell < 0)
		bell = eventfd(0, NEVER_BLOCKS);
	begun = bell >= 0 && !pthread_create(&writer, 0, write_all, 0);
	return begun;
}

/* The calls. */

static long now_ns(void)
{
	struct time time;

	clock_gettime(MONOTONIC, &time);
	return time.seconds * 1000000000 + time.nanoseconds;
}

static void hand_over(struct tape *tape, long samples)
{
	struct block *block = malloc(sizeof *block + samples * SAMPLE);

	if (block) {
		block->tape = tape;
		block->at = tape->base;
		block->samples = samples;
		memcpy(block->sound, tape->window, samples * SAMPLE);
		push(block);
	}
	memmove(tape->window, tape->window + samples, (WINDOW - samples) * SAMPLE);
	memset(tape->window + WINDOW - samples, 0, samples * SAMPLE);
	tape->base += samples;
}

/* Hand over what nothing can be added to any more. What nobody has said is a hole in the file. */
static void catch_up(struct tape *tape, long now)
{
	while (tape->base + BLOCK + KEPT <= now && tape->base < tape->end)
		hand_over(tape, BLOCK);
	if (tape->base + BLOCK + KEPT <= now)
		tape->base = now - KEPT;
}

static long place_of(struct tape *tape, int side, long samples, long now)
{
	long at = tape->next[side];

	return at + samples + LATE < now || at > now + AHEAD ? now - samples : at;
}

/* Sound is of 16 bits, or by a law as they are in telephony. */
static void mix(struct tape *tape, const void *sound, const short *law, long at, long samples)
{
	short *to = tape->window + (at - tape->base);
	long i;
	int sum;

	if (at < tape->base || at + samples > tape->base + WINDOW)
		return;
	for (i = 0; i < samples; i++) {
		sum = to[i] + (law ? law[((const unsigned char *) sound)[i]] : ((const short *) sound)[i]);
		to[i] = sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum;
	}
	if (at + samples > tape->end)
		tape->end = at + samples;
}

static void add(struct tape *tape, int side, const struct frame *frame, const short *law)
{
	long now = (now_ns() - tape->begun_ns) / 125000;
	long samples = law ? frame->bytes : frame->bytes / SAMPLE;
	long at = place_of(tape, side, samples, now);

	tape->next[side] = at + samples;
	if (side == READ && tape->silent)
		return;
	catch_up(tape, now);
	mix(tape, frame->sound, law, at, samples);
}

/* Asterisk calls it with the channel locked. */
static struct frame *listen(struct channel *call, struct frame *frame, int event, void *data)
{
	struct tape *tape = data;

	(void) call;
	if ((event != READ && event != WRITE) || !frame || frame->type != VOICE)
		return frame;
	if (frame->of.format == ast_format_alaw)
		add(tape, event, frame, __ast_alaw);
	else if (frame->of.format == ast_format_ulaw)
		add(tape, event, frame, __ast_mulaw);
	else if (frame->of.format == ast_format_slin)
		add(tape, event, frame, 0);
	else if (!tape->lacks++)
		say("%s lacks sound that is in no format of this line's.\n", tape->file);
	return frame;
}

static void let_go(void *data)
{
	struct tape *tape = data;

	if (__atomic_sub_fetch(&tape->holders, 1, __ATOMIC_ACQ_REL) == 0) {
		push(tape->last);
		ring();
	}
}

static void end_tape(void *data)
{
	struct tape *tape = data;

	if (tape->end > tape->base)
		hand_over(tape, tape->end - tape->base);
	ring();
	let_go(tape);
}

static const struct kind kept = {.name = "tape", .on_end = let_go};

static struct tape *new_tape(const char *file)
{
	struct tape *tape = calloc(1, sizeof *tape);

	if (!tape)
		return 0;
	tape->file = strdup(file);
	tape->last = calloc(1, sizeof *tape->last);
	if (!tape->file || !tape->last) {
		free(tape->file);
		free(tape->last);
		free(tape);
		return 0;
	}
	tape->last->tape = tape;
	tape->holders = 2;
	tape->begun_ns = now_ns();
	/* Nothing yet, but the file is made: what is kept beside it finds its folder. */
	hand_over(tape, 0);
	return tape;
}

/* What cannot be attached lets go at once, and so ends the tape if nothing else holds it. */
static void attach(struct channel *call, struct tape *tape)
{
	struct hook hook = {.version = HOOKS, .on_event = listen, .on_end = end_tape, .data = tape};
	struct store *store = __ast_datastore_alloc(&kept, 0, information.self, HERE);

	tape->id = ast_framehook_attach(call, &hook);
	if (tape->id < 0 || !store)
		say("%s is not recorded as it should be.\n", tape->file);
	if (store) {
		store->data = tape;
		ast_channel_datastore_add(call, store);
	} else {
		let_go(tape);
	}
	if (tape->id < 0)
		let_go(tape);
}

static struct store *lock_and_find(struct channel *call)
{
	lock(call);
	return ast_channel_datastore_find(call, &kept, 0);
}

/* A call goes on whatever becomes of its recording. */
static int run_tape(struct channel *call, const char *file)
{
	struct tape *tape = 0;

	if (lock_and_find(call))
		say("A call that is recorded is to be recorded into %s.\n", file);
	else if (writes() && (tape = new_tape(file)))
		attach(call, tape);
	else
		say("%s is not recorded: there is no memory for it.\n", file);
	unlock(call);
	return 0;
}

static int run_silence(struct channel *call, const char *on)
{
	struct store *store = lock_and_find(call);

	if (store)
		((struct tape *) store->data)->silent = strcmp(on, "off") != 0;
	unlock(call);
	return 0;
}

static int run_end(struct channel *call, const char *nothing)
{
	struct store *store = lock_and_find(call);

	(void) nothing;
	if (store) {
		ast_framehook_detach(call, ((struct tape *) store->data)->id);
		ast_channel_datastore_remove(call, store);
		ast_datastore_free(store);
	}
	unlock(call);
	return 0;
}

static const struct application applications[] = {
	{"Tape", run_tape, "Record this call into a file.", "Appends to the file. Ends with the call, or by TapeEnd()."},
	{"TapeSilence", run_silence, "Leave out of its recording what the caller says.", "Until TapeSilence(off)."},
	{"TapeEnd", run_end, "End the recording of this call.", "Tape() begins another."},
	{0},
};

static int begin(struct module *self)
{
	return register_all(applications, self);
}

static void end(void)
{
	unregister_all(applications);
}
