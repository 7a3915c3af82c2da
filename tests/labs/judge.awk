# SPDX-License-Identifier: GPL-2.0-only
#
# judge.awk: reads the reports of graded works, and says which are as they should be.
# Between "@grade" and "@graded" stand criteria, "[GOT/MAX] WHAT - REASON", and
# "total: GOT/MAX"; the file "expect" of a wrong work holds "[GOT/MAX] WHAT" of those that
# lose, after "checked" what they lose on the kernel that checks itself.
#
# Variables: labs, wanted (works), counts (a file), checked (1 on that kernel).
function problem(text) { problems = problems "\n    " text }
function expectations(file,    line, what, some) {
	delete expected
	while ((getline line <file) > 0) {
		some = some || line ~ /^(checked )?\[/
		if (checked)
			sub(/^checked /, "", line)
		if (line !~ /^\[/)
			continue
		what = line
		sub(/^\[[0-9]+\/[0-9]+\] /, "", what)
		expected[what] = substr(line, 1, index(line, "]"))
	}
	close(file)
	if (!some)
		problem("nothing is expected of it")
}
/^@grade / {
	lab = $2; whose = $3
	sub(/.*\//, "", whose)
	if ($3 ~ /^(right|wrong)/)
		whose = $3
	delete expected
	lost = got = criteria = 0
	total = problems = said = ""
	if (whose ~ /^wrong/)
		expectations(labs "/" lab "/" whose "/expect")
	next
}
/^\[[0-9]+\/[0-9]+\] .* - ./ {
	criteria++
	said = said "\n    " $0
	points = substr($1, 2, length($1) - 2)
	split(points, part, "/")
	got += part[1]
	lost += part[2] - part[1]
	what = $0
	sub(/^[^ ]+ /, "", what)
	sub(/ - .*/, "", what)
	want = what in expected ? expected[what] : "[" part[2] "/" part[2] "]"
	if (whose ~ /^(reference|right|wrong)/ && $1 != want)
		problem("wanted " want ": " $0)
	delete expected[what]
	next
}
/^total: / { total = $2; next }
/^@graded / {
	for (what in expected)
		problem("there is no criterion: " what)
	if ($2 || total == "" || !criteria)
		problem("the grader ended with status " $2 " and total \"" total "\"")
	if (whose == "start" && !lost)
		problem("what students start from gets full marks")
	if (whose ~ /^(empty|.*hostile)$/ && got)
		problem("points for nothing")
	if (problems) {
		failed++
		print "labs: not ok - " lab " " whose ": " total " (" $3 " s)" problems said
	} else {
		passed++
		print "labs: ok - " lab " " whose ": " total " (" $3 " s)"
	}
	graded++
	fflush()
	next
}
/^@end/ { ended = 1 }
!/^@/ && NF { print "    " $0 }
END {
	if (graded != wanted || !ended) {
		failed++
		print "labs: not ok - " graded + 0 " of " wanted " works were graded, and the guest " \
			(ended ? "ended" : "did not get to its end")
	}
	print passed + 0, failed + 0, 0 >>counts
}
