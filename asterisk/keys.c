/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A module of Asterisk 22. After its application KeysOnce(), each key of the call counts once.
 *
 * While nothing runs on a call, Asterisk holds back a key that ends within 45 ms of the one before, or while
 * it stretches one, and reads it a second time a little later. Whoever looks at what is read, as StoreDTMF
 * does, sees such a key twice; and on a busy machine packets are read in lumps. Here the call is marked, with
 * each frame that is read and before Asterisk looks at it, as one of which only the ends of keys matter: none is
 * held back or stretched then. Asterisk marks it so itself while it plays or waits for a key. Who talks
 * to somebody is left alone, since that telephone should get whole keys.
 */

#define NAME "keys"
#define DESCRIPTION "Each key counts once"
#include "module.h"

#define FAILED (-1)
#define STRETCHES_A_KEY (1U << 13)
#define ONLY_ENDS_OF_KEYS (1U << 14)

struct flags {
	unsigned int bits;
};

extern struct flags *ast_channel_flags(struct channel *);
extern int ast_channel_is_bridged(const struct channel *);

/* Asterisk calls it with the channel locked, and looks at the flags after it. */
static struct frame *mark(struct channel *call, struct frame *frame, int event, void *data)
{
	struct flags *flags = ast_channel_flags(call);

	(void) data;
	if (event != READ)
		return frame;
	if (ast_channel_is_bridged(call))
		flags->bits &= ~ONLY_ENDS_OF_KEYS;
	else
		flags->bits = (flags->bits | ONLY_ENDS_OF_KEYS) & ~STRETCHES_A_KEY;
	return frame;
}

static int keys_once(struct channel *call, const char *arguments)
{
	struct hook hook = {.version = HOOKS, .on_event = mark, .stays_with_channel = 1};
	int id;

	(void) arguments;
	lock(call);
	id = ast_framehook_attach(call, &hook);
	unlock(call);
	return id < 0 ? FAILED : 0;
}

static const struct application applications[] = {
	{"KeysOnce", keys_once, "Count each key of this call once.",
		"Holds until the call ends. A second time it changes nothing."},
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
