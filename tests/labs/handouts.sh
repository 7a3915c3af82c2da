#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# handouts.sh: fails when a lab's handout lacks a part that all of them have, or says
# other points than the grader gives; when a criterion has no hint; or when slides are missing, or wrong.
set -euo pipefail
. "$(dirname "$0")/../../labs/lib/host.sh"

failed=0

# wrong TEXT: this lab's handout is.
wrong() {
	echo "labs/$lab: $1"
	failed=1
}

# part NAME: what stands under a heading.
part() {
	awk -v name="## $1" '/^## / { inside = $0 == name; next } inside' "$handout"
}

for number in $(lab_numbers); do
	lab=$(lab_folder "$number")
	handout=$LABS/$lab/README.md
	want='Aim Background Steps'
	[[ ! -e $LABS/$lab/start/answers.json ]] || want+=' Questions'
	want+=' Reflections'
	grep -qE "^# Lab $number: [a-z]" "$handout" || wrong 'its title is not "# Lab N: name"'
	[[ $(sed -n 's/^## //p' "$handout" | grep -xE "${want// /|}" | paste -sd ' ') == "$want" ]] ||
		wrong "its parts are not, in order: $want"

	part Aim | paste -sd ' ' | grep -qi 'you can ' || wrong 'its aim does not say what "you can" do afterwards'
	points=$(criteria "$lab" | awk '{ sum += $1 } END { print sum }')
	part Aim | paste -sd ' ' | grep -qE "\*\*Before\*\*: .* \*\*Time\*\*: about [0-9]+ hours?\. \*\*Points\*\*: $points, and 9 for the reflections\." ||
		wrong "it does not say what comes before, how long it takes, and that it gives $points points"
	part Background | grep -qE '^Sources: |\[\^1\]' || wrong 'its background has no sources'
	[[ $(part Reflections | grep -cE '^[0-9]\. ') == 3 ]] || wrong 'it has not three reflections'

	# Each answer that is asked for has its question.
	while read -r answer; do
		part Questions | grep -qF "\`$answer\`" || wrong "no question asks for $answer"
	done < <(sed -nE 's/^[[:space:]]*"([a-z0-9_]+)":.*/\1/p' "$LABS/$lab/start/answers.json" 2>/dev/null)
	while read -r _ criterion; do
		grep -qxF "$criterion" "$LABS/$lab/hints" || wrong "no hint for \"$criterion\""
	done < <(criteria "$lab")
	while read -r criterion; do
		criteria "$lab" | sed 's/^[0-9]* //' | grep -qxF "$criterion" ||
			wrong "a hint for \"$criterion\", which is no criterion"
	done < <(grep -vE $'^(#|\t|$)' "$LABS/$lab/hints")
done
# Slides: a title, few slides with little text each, and figures that are there.
for slides in "$LABS"/[0-9]*/slides.md; do
	lab=$(basename "$(dirname "$slides")")
	grep -q "^title: \"Lab ${lab%%-*}: " "$slides" || wrong 'its slides have another title'
	[[ $(grep -c '^## ' "$slides") -le 8 ]] || wrong 'its slides are more than eight'
	awk '/^## / { lines = 0 } NF { lines++ } lines > 9 { exit 1 }' "$slides" ||
		wrong 'a slide has more than eight lines'
	grep -q '](.*\.svg)' "$slides" || wrong 'its slides have no figure'
	while read -r figure; do
		[[ -e ${slides%/*}/$figure ]] || wrong "its slides show what is not there: $figure"
	done < <(sed -nE 's/^!\[.*\]\((.*)\)$/\1/p' "$slides")
done
[[ $(compgen -G "$LABS/[0-9]*/slides.md" | wc -l) == $(lab_numbers | wc -w) ]] ||
	{ echo 'labs: not each has slides'; failed=1; }
exit "$failed"
