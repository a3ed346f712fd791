#!/bin/sh
# The web fonts: two with what a tracking page in Thai needs and no more, for its 30 kB, and the small Latin letters,
# which a browser loads when a page has one. A page in English uses the phone's own typeface and loads none. Needs fonttools[woff] (made with 4.68.0); run from the repository's root when
# Sarabun or the signs change, and give the files a new number: browsers keep them for a year.
set -eu
out=central/static/fonts
thai=U+0E01-0E3A,U+0E3F-0E4E
marks=U+0020-0022,U+0025-0029,U+002B-003B,U+003F,U+00A0,U+00B7,U+2013,U+2019,U+201C,U+201D,U+2026
subset() {
    pyftsubset "assets/fonts/Sarabun-$1.ttf" --output-file="$out/sarabun-$2.woff2" --unicodes="$3" \
        --flavor=woff2 --layout-features=ccmp,mark,mkmk --no-hinting
}
subset Regular 400-2 "$thai,$marks,U+0041-005A,U+0E50-0E59"
subset Regular 400-small-1 "U+0061-007A"
subset Bold 700-1 "$thai,U+0020,U+0028-003A,U+0041-005A,U+00A0,U+00B7,U+2013,U+2026"
subset Bold 700-small-1 "U+0061-007A"
cp assets/fonts/OFL.txt "$out/OFL.txt"
# The glyphs of the topics (assets/icons/names.json), for the form on the web.
topics=$(python3 -c "from protocol.topics import TOPICS; import json; names = json.load(open('assets/icons/names.json')); print(','.join(f'U+{names[t.icon]}' for t in TOPICS.values()))")
pyftsubset assets/icons/icons.ttf --output-file="central/static/icons/topics-1.woff2" --unicodes="$topics" --flavor=woff2 --no-hinting
