// SPDX-License-Identifier: GPL-2.0-only
/* The users whose processes map libraries. */
#include <inttypes.h>
#include <pwd.h>

#include "data/order.h"
#include "live/live.h"

/**
 * user_name() - What to call a user.
 * @m: The model.
 * @uid: The number of the user.
 * @name: For the text.
 *
 * Return: The name on this machine; of a recording, which may be of another one, the number.
 */
const char *user_name(const struct model *m, uint64_t uid, char name[NAME])
{
	const struct passwd *user = m->replay ? NULL : getpwuid(uid);

	if (user)
		snprintf(name, NAME, "%s", user->pw_name);
	else
		snprintf(name, NAME, "%" PRIu64, uid);
	return name;
}

static int by_uid(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	return order(x->uid, y->uid);
}

/**
 * users_list() - List the users that processes run as.
 * @snap: A snapshot.
 * @nr: Set to how many there are.
 *
 * Return: The users by number, for free().
 */
struct user *users_list(const struct snapshot *snap, size_t *nr)
{
	struct user *users = xcalloc(snap->table[PROCESSES].nr, sizeof(*users));
	const struct process *proc;
	size_t n = 0, i;

	for_each(proc, snap, PROCESSES)
		users[n++] = (struct user){ proc->uid, 1, known(proc->pss) };
	qsort(users, n, sizeof(*users), by_uid);
	*nr = 0;
	for (i = 0; i < n; i++) {
		struct user *last = *nr ? &users[*nr - 1] : NULL;

		if (last && last->uid == users[i].uid) {
			last->procs++;
			last->pss += users[i].pss;
		} else {
			users[(*nr)++] = users[i];
		}
	}
	return users;
}

/**
 * model_choose_user() - Show only processes of a user, and libraries that they map.
 * @m: The model.
 * @uid: The user; NULL: any.
 */
void model_choose_user(struct model *m, const uint64_t *uid)
{
	if (uid)
		m->uid = *uid;
	m->filter.uid = uid ? &m->uid : NULL;
	model_describe_filter(m);
	model_build(m);
}
