#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# slides.sh: makes slides of each lab's slides.md, as HTML for a browser and as PDF, with
# the figures of docs/story.md in them. Needs pandoc and weasyprint.
#
# Environment: N chooses labs ("1 3"), SLIDES the folder that they go to (labs/slides).
set -euo pipefail
cd "$(dirname "$0")"

for command in pandoc weasyprint; do
	[[ $(type -P "$command") ]] || {
		echo "slides: $command is missing: apt-get install pandoc weasyprint" >&2
		exit 1
	}
done
out=${SLIDES:-slides}
mkdir -p "$out"
out=$(realpath "$out")
for slides in [0-9]*/slides.md; do
	lab=${slides%/*}
	[[ " ${N:-${lab%%-*}} " == *" ${lab%%-*} "* ]] || continue
	# The figures are in it: it is one file, which needs no network.
	(cd "$lab" && pandoc --standalone --self-contained --section-divs --to html5 \
		--css ../lib/slides.css slides.md -o "$out/$lab.html")
	weasyprint --quiet "$out/$lab.html" "$out/$lab.pdf"
	echo "$out/$lab.html $out/$lab.pdf"
done
