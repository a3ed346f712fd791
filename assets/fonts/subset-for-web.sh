#!/bin/sh
# The tracking page's two web fonts, small enough for its 30 kB: Thai and English text, the bold without rare signs.
# Needs fonttools[woff] (made with 4.68.0); run from the repository's root when Sarabun or the signs change, and give the
# files a new number: browsers keep them for a year.
set -eu
out=central/static/fonts
thai=U+0E01-0E3A,U+0E3F-0E4E
marks=U+00A0,U+00B7,U+2013,U+2019,U+2026
subset() {
    pyftsubset "assets/fonts/Sarabun-$1.ttf" --output-file="$out/sarabun-$2-1.woff2" --unicodes="$3" \
        --flavor=woff2 --layout-features=ccmp,mark,mkmk --no-hinting
}
subset Regular 400 "U+0020-007E,$marks,$thai,U+0E50-0E59"
subset Bold 700 "U+0020,U+0028-003A,U+0041-005A,U+0061-007A,$marks,$thai"
cp assets/fonts/OFL.txt "$out/OFL.txt"
