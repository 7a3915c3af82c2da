# SPDX-License-Identifier: GPL-2.0-only
#
# coverage.awk: what gcov says of a module, in a line a file, and the lines that
# never ran. The first file is a list of "FILE<tab>LINE OF CODE<tab>REASON":
# lines that no test can reach, each of which stands there as often as in the file.

FNR == NR {
	if (!/^#/ && NF) {
		split($0, part, "\t")
		reasons[part[1] "\t" part[2]]++
	}
	next
}
FNR == 1 { lines = runs = excused = 0 }
/^ *-: *0:Source:/ {
	file = $0
	sub(/.*Source:/, "", file)
	own = file ~ /(^|\/)module\/[^\/]*\.[ch]$/
	sub(/.*\//, "", file)
	next
}
!own || /^ *-:/ || !/^ *[^:]*: *[0-9]+:/ { next }
{
	number = code = $0
	sub(/^[^:]*: */, "", number)
	sub(/:.*/, "", number)
	sub(/^[^:]*:[^:]*:[ \t]*/, "", code)
	key = file SUBSEP number
	if (!(key in seen)) {
		seen[key] = 0
		count[file]++
		text[key] = code
		order[++total] = key
	}
	if (!/^ *(#####|=====)/ && !seen[key]) {
		seen[key] = 1
		ran[file]++
	}
}
END {
	for (i = 1; i <= total; i++) {
		split(order[i], part, SUBSEP)
		if (seen[order[i]])
			continue
		if (reasons[part[1] "\t" text[order[i]]]-- > 0) {
			excused_in[part[1]]++
			continue
		}
		missing++
		print part[1] ":" part[2] ": never ran: " text[order[i]]
	}
	for (file in count) {
		printf "%-16s %4d lines, %5.1f %% ran%s\n", file, count[file],
			100 * ran[file] / count[file],
			excused_in[file] ? ", " excused_in[file] " cannot" : ""
		all += count[file]
		all_ran += ran[file]
	}
	if (!all) {
		print "coverage: gcov said nothing"
		exit 1
	}
	printf "%-16s %4d lines, %5.1f %% ran, %d neither ran nor have a reason\n", "all", all,
		100 * all_ran / all, missing
	exit missing > 0
}
