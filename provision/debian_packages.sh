# shellcheck shell=sh
# The packages of provision/packages.txt. To be sourced; the sourcing script sets packages_file.
packages_file=${packages_file:?}

required_packages() { # SECTION…: their names, sorted
    awk -v wanted=" $* " '/^# \[/ { gsub(/[][#]/, ""); on = index(wanted, " " $1 " ") } on && /^[a-z0-9]/ { print $1 }' \
        "$packages_file" | sort -u
}

installed_packages() { # names, sorted
    # shellcheck disable=SC2016 # dpkg's own variables
    dpkg-query --showformat '${db:Status-Abbrev}${Package}\n' --show | sed -n 's/^ii //p' | sort -u
}

provided_packages() { # names that installed packages provide: Debian 13 provides libmtdev1 by libmtdev1t64
    # shellcheck disable=SC2016
    dpkg-query --showformat '${db:Status-Abbrev}${Provides}\n' --show |
        sed '/^ii /!d; s/^ii //; s/([^)]*)//g; s/,/ /g' | tr -s ' ' '\n'
}

missing_packages() { # SECTION…: their names on one line; nothing when all are installed
    { installed_packages && provided_packages; } | {
        installed=$(cat)
        required_packages "$@" | while read -r package; do
            case "
$installed
" in *"
$package
"*) ;; *) printf '%s ' "$package" ;; esac
        done
    }
}
