// SPDX-License-Identifier: GPL-2.0-only
/*
 * Container engines put what they know of a container into the path of its control group.
 * The outermost container on the way counts: it is this host's, and what runs inside of it
 * is not for this host to name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/alloc.h"
#include "data/container.h"
#include "data/snapshot.h"
#include "data/text.h"

/* What comes before the 64 digits, and the engine that writes it. */
static const struct engine {
	const char *prefix, *name;
} engines[] = {
	{ "docker-", "docker" },
	{ "cri-containerd-", "containerd" },
	{ "cri-containerd:", "containerd" },
	{ "nerdctl-", "containerd" },
	{ "crio-", "cri-o" },
	{ "libpod-", "podman" },
};

/**
 * container_is_id() - Whether a text begins with the id of a container.
 * @text: The text.
 *
 * Return: Whether it begins with so many digits, and no more.
 */
bool container_is_id(const char *text)
{
	return strspn(text, "0123456789abcdef") == CONTAINER_ID;
}

static bool set_id(struct container *c, const char *engine, const char *id)
{
	c->engine = engine;
	c->has_id = true;
	snprintf(c->id, sizeof(c->id), "%.*s", CONTAINER_ID, id);
	return true;
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef", *found = c ? strchr(digits, c) : NULL;

	return found ? found - digits : -1;
}

/* A name as systemd escapes it in the name of a unit, in a path as tables escape it. */
static bool set_name(struct container *c, const char *engine, const char *name, size_t len)
{
	char *raw = xasprintf("%.*s", (int)len, name), *from, *to, *clean;

	text_unescape(raw);
	for (from = raw, to = raw; *from; to++) {
		if (from[0] == '\\' && from[1] == 'x' && digit(from[2]) >= 0 &&
		    digit(from[3]) >= 0) {
			*to = digit(from[2]) * 16 + digit(from[3]);
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	clean = text_escape(raw);
	c->engine = engine;
	snprintf(c->id, sizeof(c->id), "%s", clean);
	free(clean);
	free(raw);
	return *c->id;
}

static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

static bool ends(const char *name, const char *suffix)
{
	size_t len = strlen(name), tail = strlen(suffix);

	return len > tail && !strcmp(name + len - tail, suffix);
}

/* An engine's own name for a group, with its digits. */
static bool find_id(const char *name, struct container *c)
{
	const char *colon = strrchr(name, ':'), *id;
	size_t i;

	/* "…-podUID.slice:cri-containerd:ID": names for systemd, where it is not used. */
	for (; colon && colon > name; colon--)
		if (colon[-1] == ':') {
			name = colon;
			break;
		}
	for (i = 0; i < sizeof(engines) / sizeof(*engines); i++) {
		id = after(name, engines[i].prefix);
		if (id && container_is_id(id) &&
		    (!id[CONTAINER_ID] || !strcmp(id + CONTAINER_ID, ".scope")))
			return set_id(c, engines[i].name, id);
	}
	return false;
}

static bool is_container(const char *parent, const char *name, struct container *c)
{
	const char *rest;

	if (find_id(name, c))
		return true;
	if (container_is_id(name) && !name[CONTAINER_ID]) {
		if (!strcmp(parent, "docker"))
			return set_id(c, "docker", name);
		if (after(parent, "pod") || (after(parent, "kubepods") && ends(parent, ".slice")))
			return set_id(c, "kubernetes", name);
		return false;
	}
	rest = after(name, "lxc.payload.");
	if (rest || (!strcmp(parent, "lxc") && !after(name, "lxc.")))
		return set_name(c, "lxc", rest ?: name, strlen(rest ?: name));
	rest = after(name, "machine-");
	/* Those of libvirt are virtual machines. */
	if (rest && ends(rest, ".scope") && !after(rest, "qemu\\134x2d"))
		return set_name(c, "systemd-nspawn", rest, strlen(rest) - strlen(".scope"));
	rest = after(name, "systemd-nspawn@");
	if (rest && ends(rest, ".service"))
		return set_name(c, "systemd-nspawn", rest, strlen(rest) - strlen(".service"));
	return false;
}

/**
 * container_find() - Find the container that a control group belongs to.
 * @cgroup: Path of the group, as tables have it.
 * @container: Set to what the path says of the container.
 *
 * Return: Whether there is one.
 */
bool container_find(const char *cgroup, struct container *container)
{
	char *path = xstrdup(cgroup), *rest = path, *name;
	const char *parent = "";
	bool found = false;

	*container = (struct container){ .uid = UNKNOWN };
	while (!found && (name = strsep(&rest, "/"))) {
		unsigned int uid;
		int end = 0;

		if (sscanf(name, "user-%u.slice%n", &uid, &end) == 1 && end && !name[end])
			container->uid = uid;
		found = *name && is_container(parent, name, container);
		parent = name;
	}
	free(path);
	return found;
}
