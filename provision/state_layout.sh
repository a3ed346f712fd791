# shellcheck shell=sh
# Migrates the state directory of an earlier release. To be sourced by provision/install.

# migrate_state_layout DIR: earlier the users of interface and forwarder could create files beside the enrolment. Now only the
# owner may write to the directory; the files of the two users move into their own directories. Any other file with another owner
# must not be there, and is moved aside to where nothing reads it.
migrate_state_layout() {
    chmod 00750 "$1" # five digits: with fewer a setgid bit remains
    owner=$(stat -c %u "$1")
    for place in interface delivery outbox; do
        # A link is not accepted as a directory. (tmpfiles.d sets the owner of an existing directory.)
        if [ -L "$1/$place" ] || { [ -e "$1/$place" ] && ! [ -d "$1/$place" ]; }; then set_aside_file "$1" "$1/$place"; fi
        mkdir -p "$1/$place"
    done
    move_into "$1" interface status.json printer.json successes.json trials.json
    move_into "$1" delivery link.json centre-keys.json
    for file in "$1"/* "$1"/.[!.]* "$1"/..?*; do # a pattern without a match stays unchanged
        case ${file##*/} in interface | delivery | outbox) continue ;; esac
        if [ -e "$file" ] || [ -L "$file" ]; then
            [ "$(stat -c %u "$file")" = "$owner" ] || set_aside_file "$1" "$file"
        fi
    done
}

move_into() { # DIR PLACE NAME…
    dir=$1 place=$2
    shift 2
    for name; do
        if [ -f "$dir/$name" ] && ! [ -L "$dir/$name" ]; then mv -f -T "$dir/$name" "$dir/$place/$name"; fi
    done
}

set_aside_file() { # DIR FILE
    [ -d "$1/set-aside" ] || mkdir -m 0700 "$1/set-aside"
    mv -T "$2" "$1/set-aside/$(date +%s)-${2##*/}"
}
