# SPDX-License-Identifier: GPL-2.0-only
#
# results.awk: the report of a grader as Gradescope reads it (results.json): a test for
# each criterion, with its points and what is said of it.
function quoted(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	gsub(/\t/, "\\t", text)
	return "\"" text "\""
}
/^\[[0-9]+\/[0-9]+\] / {
	split(substr($1, 2), part, /[\/\]]/)
	sub(/^[^ ]+ /, "")
	at = index($0, " - ")
	score += part[1]
	tests = tests (tests ? ",\n" : "") "\t\t{ \"name\": " quoted(substr($0, 1, at - 1)) \
		", \"score\": " part[1] ", \"max_score\": " part[2] \
		", \"output\": " quoted(substr($0, at + 3)) " }"
}
END { print "{\n\t\"score\": " score + 0 ",\n\t\"tests\": [\n" tests "\n\t]\n}" }
