// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of containers, from files that container engines keep on the host; no engine is
 * asked. Some of these files belong to users: only so much of them is read, only if they
 * are ordinary files, and only about containers of that user.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/container.h"
#include "data/container_files.h"
#include "data/names.h"
#include "data/text.h"

#define MOST_OF_ENGINE (8 << 20)	/* bytes that are read of an engine's file */
#define MOST_OF_USER (1 << 20)		/* of a file that a user may write */
#define MOST_LOGS 100000		/* names that are read of the folder of logs */

#define LOGS "/var/log/containers"
#define STORAGE "/var/lib/containers/storage"
#define USER_STORAGE ".local/share/containers/storage"
#define DOCKER "/var/lib/docker/containers"

/* A container of the snapshot, which has no name yet. */
struct wanted_id {
	char id[CONTAINER_ID + 1];
	uint64_t uid;
	bool named;
};

struct ids {
	struct wanted_id *at;
	size_t nr, room;
	struct snapshot *snap;
};

static int by_id(const void *a, const void *b)
{
	const struct wanted_id *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static void want(struct ids *ids, const char *cgroup)
{
	struct container c;

	if (!container_find(cgroup, &c) || !c.has_id)
		return;
	if (ids->nr == ids->room) {
		ids->room = ids->room ? 2 * ids->room : 16;
		ids->at = xrealloc(ids->at, ids->room, sizeof(*ids->at));
	}
	ids->at[ids->nr] = (struct wanted_id){ .uid = c.uid };
	memcpy(ids->at[ids->nr++].id, c.id, CONTAINER_ID);
}

/* Each container once. */
static void find_wanted(struct ids *ids)
{
	const struct process *proc;
	const struct group *group;
	size_t i, kept = 0;

	for_each(proc, ids->snap, PROCESSES)
		want(ids, proc->cgroup);
	for_each(group, ids->snap, CGROUPS)
		want(ids, group->cgroup);
	if (!ids->nr)
		return;
	qsort(ids->at, ids->nr, sizeof(*ids->at), by_id);
	for (i = 1; i < ids->nr; i++)
		if (strcmp(ids->at[kept].id, ids->at[i].id))
			ids->at[++kept] = ids->at[i];
	ids->nr = kept + 1;
}

static const char *clean(struct snapshot *snap, const char *text)
{
	char *escaped = text_escape(text);
	const char *kept = *escaped ? snapshot_keep(snap, escaped) : "-";

	free(escaped);
	return kept;
}

/* "k8s_CONTAINER_POD_NAMESPACE_…": how Docker and CRI-O name what Kubernetes starts. */
static bool split_kubernetes(struct snapshot *snap, struct name *name, const char *text)
{
	char *copy = xstrdup(text), *rest = copy, *part[4];
	size_t i;

	for (i = 0; i < 4 && rest; i++)
		part[i] = strsep(&rest, "_");
	if (i == 4 && rest && !strcmp(part[0], "k8s")) {
		name->name = clean(snap, part[1]);
		name->pod = clean(snap, part[2]);
		name->namespace = clean(snap, part[3]);
	}
	free(copy);
	return *name->name != '-';
}

/* Take a name, if it is one of a container that has none, and of that user. */
static void take(struct ids *ids, const char *id, uint64_t uid, const char *text)
{
	struct wanted_id key = { 0 }, *found;
	struct name *name;

	if (!ids->nr || !container_is_id(id))
		return;
	memcpy(key.id, id, CONTAINER_ID);
	found = bsearch(&key, ids->at, ids->nr, sizeof(*ids->at), by_id);
	if (!found || found->named || found->uid != uid)
		return;
	found->named = true;
	name = names_new(ids->snap, NAME_CONTAINER, found->id);
	if (!split_kubernetes(ids->snap, name, text))
		name->name = clean(ids->snap, text);
}

/* The content of an ordinary file, which is no link and not too long; or NULL. */
static json_object *read_json(int folder, const char *file, size_t most)
{
	int fd = openat(folder, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	json_object *json = NULL;
	struct stat st;
	size_t size = 0;
	char *text;
	ssize_t n;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > most) {
		close(fd);
		return NULL;
	}
	/* It may have grown since; it is valid without what came then, or not at all. */
	text = xrealloc(NULL, st.st_size + 1, 1);
	do {
		n = read(fd, text + size, st.st_size - size);
		size += n > 0 ? n : 0;
	} while (n > 0 || (n < 0 && errno == EINTR));
	text[size] = '\0';
	if (size)
		json = json_tokener_parse(text);
	free(text);
	close(fd);
	return json;
}

static const char *text_of(json_object *object, const char *key)
{
	json_object *value;

	return json_object_is_type(object, json_type_object) &&
	       json_object_object_get_ex(object, key, &value) &&
	       json_object_is_type(value, json_type_string) ?
	       json_object_get_string(value) : NULL;
}

/* A list of containers as containers/storage keeps it, for podman and CRI-O. */
static void take_list(struct ids *ids, json_object *list, uint64_t uid)
{
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(list); i++) {
		json_object *entry = json_object_array_get_idx(list, i), *names, *first;
		const char *id = text_of(entry, "id");

		if (!id || !json_object_object_get_ex(entry, "names", &names) ||
		    !json_object_is_type(names, json_type_array))
			continue;
		first = json_object_array_get_idx(names, 0);
		if (json_object_is_type(first, json_type_string))
			take(ids, id, uid, json_object_get_string(first));
	}
}

static void read_storage(struct ids *ids, int storage, uint64_t uid, size_t most)
{
	static const char *const drivers[] = {
		"overlay-containers", "vfs-containers", "btrfs-containers", "zfs-containers",
	};
	static const char *const lists[] = { "containers.json", "volatile-containers.json" };
	size_t i, j;

	for (i = 0; i < sizeof(drivers) / sizeof(*drivers); i++) {
		int folder = openat(storage, drivers[i],
				    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		for (j = 0; j < sizeof(lists) / sizeof(*lists) && folder >= 0; j++) {
			json_object *list = read_json(folder, lists[j], most);

			take_list(ids, list, uid);
			json_object_put(list);
		}
		if (folder >= 0)
			close(folder);
	}
}

/* The folder @path below @home, no part of which is a link. */
static int open_below(const char *home, const char *path)
{
	char *copy = xstrdup(path), *rest = copy, *part;
	int folder = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC), next;

	while (folder >= 0 && (part = strsep(&rest, "/"))) {
		next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(folder);
		folder = next;
	}
	free(copy);
	return folder;
}

static bool is_user_wanted(const struct ids *ids, uint64_t uid)
{
	size_t i;

	for (i = 0; i < ids->nr; i++)
		if (ids->at[i].uid == uid && !ids->at[i].named)
			return true;
	return false;
}

/* Podman's, of root and of users who run containers of their own. */
static void read_podman(struct ids *ids)
{
	int folder = open(STORAGE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct passwd *user;
	FILE *file;

	if (folder >= 0) {
		read_storage(ids, folder, UNKNOWN, MOST_OF_ENGINE);
		read_storage(ids, folder, 0, MOST_OF_ENGINE);
		close(folder);
	}
	file = fopen("/etc/passwd", "re");
	while (file && (user = fgetpwent(file))) {
		if (!user->pw_uid || !is_user_wanted(ids, user->pw_uid))
			continue;
		folder = open_below(user->pw_dir, USER_STORAGE);
		if (folder < 0)
			continue;
		read_storage(ids, folder, user->pw_uid, MOST_OF_USER);
		close(folder);
	}
	if (file)
		fclose(file);
}

static void read_docker(struct ids *ids)
{
	int all = open(DOCKER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t i;

	for (i = 0; i < ids->nr && all >= 0; i++) {
		int folder = openat(all, ids->at[i].id,
				    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		json_object *config;
		const char *name;

		if (folder < 0)
			continue;
		config = read_json(folder, "config.v2.json", MOST_OF_USER);
		name = text_of(config, "Name");
		if (name)
			take(ids, ids->at[i].id, ids->at[i].uid, name + (*name == '/'));
		json_object_put(config);
		close(folder);
	}
	if (all >= 0)
		close(all);
}

/* POD_NAMESPACE_CONTAINER-ID.log */
static void take_log(struct ids *ids, char *file)
{
	char *dash = strrchr(file, '-'), *id = dash ? dash + 1 : NULL, *rest = file, *pod, *space;
	struct wanted_id key = { 0 }, *found;
	struct name *name;

	if (!id || !container_is_id(id) || strcmp(id + CONTAINER_ID, ".log"))
		return;
	*dash = '\0';
	memcpy(key.id, id, CONTAINER_ID);
	found = bsearch(&key, ids->at, ids->nr, sizeof(*ids->at), by_id);
	pod = strsep(&rest, "_");
	space = strsep(&rest, "_");
	if (!found || found->named || !rest)
		return;
	found->named = true;
	name = names_new(ids->snap, NAME_CONTAINER, found->id);
	name->namespace = clean(ids->snap, space);
	name->pod = clean(ids->snap, pod);
	name->name = clean(ids->snap, rest);
}

static void read_logs(struct ids *ids)
{
	DIR *folder = opendir(LOGS);
	struct dirent *entry;
	size_t left = MOST_LOGS;

	while (folder && left-- && (entry = readdir(folder)))
		take_log(ids, entry->d_name);
	if (folder)
		closedir(folder);
}

/**
 * container_files_add() - Name the containers of this machine.
 * @snap: A snapshot of this machine, just taken.
 */
void container_files_add(struct snapshot *snap)
{
	struct ids ids = { .snap = snap };

	find_wanted(&ids);
	if (ids.nr) {
		read_logs(&ids);
		read_docker(&ids);
		read_podman(&ids);
	}
	free(ids.at);
}
