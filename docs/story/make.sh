#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make.sh: plays docs/story.md in a virtual machine, draws its figures with
# libshare-top from what happened there, and writes the numbers into the page.
# KERNEL chooses a kernel of tests/kernels.list, RUN a folder with the snapshots
# of an earlier run, to draw again.
set -euo pipefail
. "$(dirname "$0")/../../tests/vm/lib.sh"

story=$TOP/docs/story
library=/libshare/story/libstory.so
crypto=/usr/lib/x86_64-linux-gnu/libcrypto.so.3
read -r -a row < <(list_kernels amd64 "${KERNEL:-6.12}") ||
	die "no such kernel in tests/kernels.list: $KERNEL"
top=$TOP/userspace/build/libshare-top
make -s -C "$TOP/userspace" >&2

"$VM/host-packages.sh" "${row[1]}"
hold cache -s
run=$CACHE/story-$$
mkdir -p "$run/add/story"
trap 'rm -rf "$run"' EXIT

# scenes: the guest's report: a file for each snapshot, and for the kernel.
scenes() {
	local line file='' played=1

	while IFS= read -r line; do
		line=${line%$'\r'}
		case $line in
		@snapshot*)
			file=$run/scenes/${line#@snapshot }
			: >"$file.base64"
			;;
		@end-snapshot)
			python3 -c 'import base64, sys, zlib
sys.stdout.buffer.write(zlib.decompress(base64.b64decode(sys.stdin.read())))' \
				<"$file.base64" >"$file"
			rm "$file.base64"
			file=
			;;
		@kernel*)
			line=${line#@kernel }
			echo "${line%% *}" >"$run/scenes/kernel"
			;;
		@load*) echo "${line#@}" >>"$run/scenes/load" ;;
		@played) played=0 ;;
		@*) ;;
		*) if [[ $file ]]; then echo "$line" >>"$file.base64"; else echo "$line" >&2; fi ;;
		esac
	done
	return "$played"
}

play() {
	mkdir -p "$run/scenes" "$run/build"
	# The compiler of the guest's own release, in the root that builds the module.
	"$VM/prepare.sh" "$run" "$story/run" "${row[@]}"
	cp "$story"/{Makefile,*.[ch]} "$run/build"
	"$VM/enter.sh" "$CACHE/${row[0]}-${row[1]}/root/root" "$run/build" make -s >&2
	cp "$run"/build/{user,user-static,libstory.so,load,libload-*.so,static-?,dynamic-?} \
		"$run/add/story"
	VM_ADD=$run/add "$VM/payload.sh" "$CACHE/${row[0]}-${row[1]}/built" "$story/run" "$run/payload.img"
	say "${row[0]}: boot a virtual machine and play the story ..."
	"$VM/boot.sh" "${row[1]}" "$run" "$run/console.log" | scenes || {
		tail -n 30 "$run/console.log" >&2
		die 'the story broke off: above is the end of the console'
	}
	cp "$run"/add/story/{libstory.so,static-1,dynamic-1} "$run"/build/*.map "$run/scenes"
	debugfs -R "dump $crypto $run/scenes/$(basename "$crypto")" "$run/disk.img" 2>/dev/null
}

if [[ ${RUN:-} ]]; then
	cp -r "$RUN" "$run/scenes"
else
	play
	rm -rf "$CACHE/story"
	cp -r "$run/scenes" "$CACHE/story"
fi

# picture SCENE OPTION FIGURE LIBRARY: the reader looks at a scene as if it were
# there: the snapshot is the module's file, and in a /proc made up for it the
# processes map the library, so that it can name the sections. Device and inode are
# those of the library here, which the reader compares.
picture() {
	local scene=$1 option=$2 figure=$TOP/docs/figures/$3.svg library=$4
	local place=$run/place

	rm -rf "$place"
	mkdir -p "$place/files" "$(dirname "$figure")"
	cp "$run/scenes/$(basename "$library")" "$place/library"
	mkdir "$place/proc"
	awk -F '\t' -v OFS='\t' -v path="$library" -v file="$(python3 -c '
import os, sys
st = os.stat(sys.argv[1])
print("%d:%d\t%d" % (os.major(st.st_dev), os.minor(st.st_dev), st.st_ino))' "$place/library")" '
		BEGIN { split(file, here, "\t") }
		/^# libshare/ { split($0, word, " "); table = word[4] }
		table == "libraries" && $NF == path { $2 = here[1]; $3 = here[2] }
		{ print }' "$run/scenes/$scene" >"$place/files/snapshot"
	# shellcheck disable=SC2016 # expanded by the inner shell
	as_owner unshare --mount --propagation private sh -euc '
		place=$1 library=$2
		shift 2
		mount --rbind /proc "$place/proc"
		mount -t tmpfs proc /proc
		ln -s "$place/proc/self" /proc/self
		awk -F "\t" -v path="$library" "
			/^# libshare/ { split(\$0, word, \" \"); table = word[4] }
			table == \"mappings\" && \$1 ~ /^[0-9]+\$/ && \$NF == path { print \$1, \$5, \$6 }
		" "$place/files/snapshot" | while read -r pid start end; do
			mkdir -p "/proc/$pid/map_files"
			ln -sf "$place/library" "/proc/$pid/map_files/$start-$end"
		done
		exec "$@" --library "$library"
	' sh "$place" "$library" "$top" --directory "$place/files" "$option" "$figure"
	sed -i '2i <!-- SPDX-License-Identifier: GPL-2.0-only -->' "$figure"
	say "docs/figures/$3.svg"
}

# linking SCENE FILES [OPTION...]: files in the memory of the processes of a scene.
linking() {
	local figure=$TOP/docs/figures/$1.svg

	"$top" --replay "$run/scenes/$1" --filter "$2" --linking "$figure" "${@:3}"
	sed -i '2i <!-- SPDX-License-Identifier: GPL-2.0-only -->' "$figure"
	say "docs/figures/$1.svg"
}

# screen FIGURE ARGUMENT...: what libshare-top shows on a terminal.
screen() {
	local figure=$TOP/docs/figures/$1.svg here=(tmux -L "libshare-$$" -f /dev/null)

	shift
	"${here[@]}" new-session -d -x 104 -y 24 "TERM=tmux-256color $(printf '%q ' "$top" "$@")"
	until "${here[@]}" capture-pane -p | grep -q '^? help'; do
		sleep 0.2
	done
	"${here[@]}" capture-pane -e -p | "$story/screen.py" 104 libshare-top >"$figure"
	"${here[@]}" kill-server
	sed -i '2i <!-- SPDX-License-Identifier: GPL-2.0-only -->' "$figure"
	say "${figure#"$TOP/"}"
}

if type tmux >/dev/null && /usr/bin/python3 -c 'import rich' 2>/dev/null; then
	screen live --replay "$TOP/tests/userspace/data/workload-b.zst"
else
	say 'docs/figures/live.svg is left as it was: to draw it, install tmux and python3-rich'
fi
linking linked-static '*/user-static' --link-map "$run/scenes/user-static.map"
linking linked-dynamic '/libshare/story/*' --link-map "$run/scenes/user.map"
linking linked-shared '*/libstory.so'
picture loaded --map loaded "$library"
picture touched --map touched "$library"
picture shared-4 --picture shared "$library"
picture written --map written "$library"
picture after-fork --picture forked "$library"
picture real --map real-map "$crypto"
picture real --picture real "$crypto"
if type gnuplot >/dev/null; then
	for figure in load-time load-processes; do
		"$story/curves.py" "$figure" "$run/scenes" >"$TOP/docs/figures/$figure.svg"
		say "docs/figures/$figure.svg"
	done
else
	say 'docs/figures/load-*.svg are left as they were: to draw them, install gnuplot-nox'
fi
python3 "$story/page.py" "$top" "$run/scenes" "$TOP/docs/story.md"
say 'docs/story.md'
