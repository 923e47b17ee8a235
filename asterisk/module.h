/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What our modules of Asterisk have in common: they need no header, so that a compiler alone makes them on any
 * machine. What is declared here is Asterisk 22's; another version is refused, and Asterisk itself checks the licence's
 * text and the version of hooks. Who includes this defines NAME, DESCRIPTION, begin() and end().
 */

#define VERSION "22."
#define LOADED 0
#define DECLINED 1

#define HOOKS 4 /* the version of framehooks */
#define READ 0 /* their events */
#define WRITE 1

struct channel;
struct frame;
struct module;

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
extern int ast_framehook_attach(struct channel *, struct hook *);
extern int __ao2_lock(void *, int how, const char *file, const char *function, int line, const char *name);
extern int __ao2_unlock(void *, const char *file, const char *function, int line, const char *name);

struct application {
	const char *name;
	int (*run)(struct channel *, const char *arguments);
	const char *synopsis;
	const char *description;
};

/* Have Asterisk know what the module has to offer; 0 if that fails. */
static int begin(struct module *);

/* Have it forget that. */
static void end(void);

static void lock(struct channel *call)
{
	__ao2_lock(call, 0, __FILE__, __func__, __LINE__, "call");
}

static void unlock(struct channel *call)
{
	__ao2_unlock(call, __FILE__, __func__, __LINE__, "call");
}

/* The last application has no name. */
static inline int register_all(const struct application *each, struct module *self)
{
	for (; each->name; each++)
		if (ast_register_application2(each->name, each->run, each->synopsis, each->description, self))
			return 0;
	return 1;
}

static inline void unregister_all(const struct application *each)
{
	for (; each->name; each++)
		ast_unregister_application(each->name);
}

static int load(void);

static int unload(void)
{
	end();
	return 0;
}

/* The text is Asterisk's own: a module that does not have it to the letter is not loaded. */
static struct information information = {
	.load = load,
	.unload = unload,
	.name = NAME,
	.description = DESCRIPTION,
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
	if (!begin(information.self))
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
