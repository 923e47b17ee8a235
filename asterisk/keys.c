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
 *
 * It needs no header, so that a compiler alone makes it on any machine. What is declared here is Asterisk 22's;
 * another version is refused, and Asterisk itself checks the licence's text and the version of hooks.
 */

#define VERSION "22."
#define LOADED 0
#define DECLINED 1
#define FAILED (-1)
#define NAME "KeysOnce"

#define READ 0 /* the event of a framehook */
#define HOOKS 4 /* the version of framehooks */

#define STRETCHES_A_KEY (1U << 13)
#define ONLY_ENDS_OF_KEYS (1U << 14)

struct channel;
struct frame;
struct module;

struct flags {
	unsigned int bits;
};

struct hook {
	unsigned short version;
	struct frame *(*on_event)(struct channel *, struct frame *, int event, void *data);
	void (*on_end)(void *);
	int (*wants)(void *, int type);
	void (*on_move)(void *, int id, struct channel *, struct channel *);
	void (*on_break)(void *, int id, struct channel *, struct channel *);
	int stays_with_channel;
	void *data;
};

struct information {
	struct module *self;
	int (*load)(void);
	int (*reload)(void);
	int (*unload)(void);
	const char *name;
	const char *description;
	const char *key;
	unsigned int flags;
	char built_for[33];
	unsigned char priority;
	const char *others[3];
	void *reserved[4];
	int support;
};

extern const char *ast_get_version(void);
extern void ast_module_register(struct information *);
extern void ast_module_unregister(struct information *);
extern void __ast_module_shutdown_ref(struct module *, const char *file, int line, const char *function);
extern int ast_unregister_application(const char *name);
extern int ast_register_application2(const char *name, int (*run)(struct channel *, const char *),
	const char *synopsis, const char *description, struct module *);
extern struct flags *ast_channel_flags(struct channel *);
extern int ast_channel_is_bridged(const struct channel *);
extern int ast_framehook_attach(struct channel *, struct hook *);
extern int __ao2_lock(void *, int how, const char *file, const char *function, int line, const char *name);
extern int __ao2_unlock(void *, const char *file, const char *function, int line, const char *name);

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
	__ao2_lock(call, 0, __FILE__, __func__, __LINE__, "call");
	id = ast_framehook_attach(call, &hook);
	__ao2_unlock(call, __FILE__, __func__, __LINE__, "call");
	return id < 0 ? FAILED : 0;
}

static int load(void);

static int unload(void)
{
	return ast_unregister_application(NAME);
}

/* The text is Asterisk's own: a module that does not have it to the letter is not loaded. */
static struct information information = {
	.load = load,
	.unload = unload,
	.name = "keys",
	.description = "Each key counts once",
	.key = "This paragraph is copyright (c) 2006 by Digium, Inc. In order for your module to load, it must return "
		"this key via a function called \"key\".  Any code which includes this paragraph must be licensed under "
		"the GNU General Public License version 2 or later (at your option).  In addition to Digium's general "
		"reservations of rights, Digium expressly reserves the right to allow other parties to license this "
		"paragraph under different terms. Any use of Digium, Inc. trademarks or logos (including \"Asterisk\" or "
		"\"Digium\") without express written permission of Digium, Inc. is prohibited.\n",
};

static int load(void)
{
	const char *wanted = VERSION, *found = ast_get_version();

	for (; *wanted; wanted++, found++)
		if (*found != *wanted)
			return DECLINED;
	if (ast_register_application2(NAME, keys_once, "Count each key of this call once.",
			"Holds until the call ends. A second time it changes nothing.", information.self))
		return DECLINED;
	/* It stays until Asterisk ends: calls may be up that would run code that has gone. */
	__ast_module_shutdown_ref(information.self, __FILE__, __LINE__, __func__);
	return LOADED;
}

static void __attribute__((constructor)) appear(void)
{
	ast_module_register(&information);
}

static void __attribute__((destructor)) disappear(void)
{
	ast_module_unregister(&information);
}
