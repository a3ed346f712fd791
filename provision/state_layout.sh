# shellcheck shell=sh
# What provision/install makes of a state directory that an earlier release kept. To be sourced.

# migrate_state_layout DIR: up to then the interface's and the forwarder's users could put files beside the enrolment. The directory
# becomes its owner's alone; what the two wrote there moves into the directories of their own; anything else in it that is not its
# owner's was put there by somebody who should not, and is kept aside where nothing reads it.
migrate_state_layout() {
    chmod 00750 "$1" # five digits: fewer leave a setgid bit
    owner=$(stat -c %u "$1")
    for place in interface delivery outbox; do
        # A link is nobody's directory. (One that is there is made the right user's by tmpfiles.d.)
        if [ -L "$1/$place" ] || { [ -e "$1/$place" ] && ! [ -d "$1/$place" ]; }; then quarantine_file "$1" "$1/$place"; fi
        mkdir -p "$1/$place"
    done
    move_into "$1" interface status.json printer.json successes.json trials.json
    move_into "$1" delivery link.json centre-keys.json
    for file in "$1"/* "$1"/.[!.]* "$1"/..?*; do # a pattern that nothing fits stays as it is
        case ${file##*/} in interface | delivery | outbox) continue ;; esac
        if [ -e "$file" ] || [ -L "$file" ]; then
            [ "$(stat -c %u "$file")" = "$owner" ] || quarantine_file "$1" "$file"
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

quarantine_file() { # DIR FILE
    [ -d "$1/set-aside" ] || mkdir -m 0700 "$1/set-aside"
    mv -T "$2" "$1/set-aside/$(date +%s)-${2##*/}"
}
