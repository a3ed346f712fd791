# shellcheck shell=sh
# Migrates the state directory of an earlier release. activation.py runs it just before a release starts.

# migrate_state_layout DIR: in earlier releases the users of interface and forwarder could create files beside the
# enrolment. Now only the owner may write to the directory, and the files of the two users are moved into their own
# directories. Any other file with another owner is unexpected, and is set aside where nothing reads it.
migrate_state_layout() {
    chmod 00750 "$1" # five digits: with fewer a setgid bit remains
    owner=$(stat -c %u "$1")
    for subdirectory in interface delivery outbox; do
        # A link is not accepted as a directory. (tmpfiles.d sets the owner of an existing directory.)
        if [ -L "$1/$subdirectory" ] || { [ -e "$1/$subdirectory" ] && ! [ -d "$1/$subdirectory" ]; }; then
            set_aside_file "$1" "$1/$subdirectory"
        fi
        mkdir -p "$1/$subdirectory"
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

move_into() { # DIR SUBDIRECTORY NAME…
    dir=$1 subdirectory=$2
    shift 2
    for name; do
        if [ -f "$dir/$name" ] && ! [ -L "$dir/$name" ]; then mv -f -T "$dir/$name" "$dir/$subdirectory/$name"; fi
    done
}

set_aside_file() { # DIR FILE
    [ -d "$1/set-aside" ] || mkdir -m 0700 "$1/set-aside"
    mv -T "$2" "$1/set-aside/$(date +%s)-${2##*/}"
}
