# How Debian's packages are unpacked into the cache without root, and without touching the machine's
# own packages. Who sources this has lib.sh, defines check, which dies if $work/root does not start,
# and sets:
#   WHAT      the programs, as in "Asterisk and espeak-ng"
#   YOURSELF  what to do where they cannot be unpacked, a sentence
#   PACKAGES  of Debian's suite SUITE
#   KEPT_AS   how the folder in the cache begins
#   SPACE_KB  that it takes while it is unpacked
# shellcheck shell=sh disable=SC2154

need_tools() {
    for tool in apt-get apt-config dpkg dpkg-deb flock awk; do
        command -v "$tool" >/dev/null ||
            die "$tool is missing, so Debian's packages cannot be unpacked here. $YOURSELF"
    done
}

need_space() {
    free=$(df -Pk "$cache" | awk 'NR == 2 { print $4 }')
    [ "$free" -ge "$SPACE_KB" ] ||
        die "$cache has $((free / 1024)) MB left and $WHAT needs $((SPACE_KB / 1024)) MB to unpack. Free some space or set CALLCENTER_CACHE to a roomier folder."
}

mirrors_in_lists() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null || true
}

# apt knows a mirror by its label only after an update; before that the address has to tell.
mirrors_in_sources() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
        sed 's/#.*//' | tr -s '[:blank:]' '\n' | grep -E ':/.*/debian(/?|\.list)$' || true
}

find_mirror() {
    mirror=${CALLCENTER_DEBIAN_MIRROR:-}
    [ -n "$mirror" ] || mirror=$(mirrors_in_lists | head -n 1)
    [ -n "$mirror" ] || mirror=$(mirrors_in_sources | head -n 1)
    [ -n "$mirror" ] ||
        die "This machine's apt names no Debian mirror. Set CALLCENTER_DEBIAN_MIRROR to the address of one. $YOURSELF"
}

find_keyring() {
    for keyring in /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp; do
        [ ! -e "$keyring" ] || return 0
    done
    die "Debian's keys are missing, so a download could not be verified. Install the package debian-archive-keyring."
}

# An apt that knows nothing but $SUITE and touches nothing outside $work. Of the machine's settings
# it keeps the way to the network; its hooks are for the real package lists.
write_apt_settings() {
    apt=$work/apt
    mkdir -p "$apt/lists/partial" "$apt/archives/partial"
    : >"$apt/status"
    printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$SUITE" >"$apt/sources.list"
    {
        apt-config dump | grep -E '^Acquire::(http|https|Retries|Check-|ForceIPv)' || true
        cat <<SETTINGS
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "-";
Dir::Etc::preferencesparts "-";
Acquire::Languages "none";
APT::Architectures { "$(dpkg --print-architecture)"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
SETTINGS
    } >"$apt/apt.conf"
}

# quietly COMMAND…: run it, and tell its last words only if it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || {
        tail -n 2 "$work/log" >&2
        return 1
    }
}

private_apt() {
    APT_CONFIG=$apt/apt.conf quietly apt-get -q -y "$@"
}

download() {
    say "Fetching $WHAT from Debian $SUITE."
    private_apt update -o APT::Update::Error-Mode=any ||
        die "Debian's package list could not be fetched from the mirror. Check the network, or set CALLCENTER_DEBIAN_MIRROR to a mirror that answers; then run this again."
    # shellcheck disable=SC2086
    private_apt --download-only install $PACKAGES ||
        die "The packages could not be fetched. Check the network and the free space; then run this again."
}

unpack() {
    say "Unpacking."
    for package in "$work"/apt/archives/*.deb; do
        quietly dpkg-deb -x "$package" "$work/root" ||
            die "$(basename "$package") could not be unpacked. Check the free space; then run this again."
    done
}

clean_up() {
    rm -rf "$work"
}

install_unpacked() {
    need_tools
    cache=$(cache_dir)
    mkdir -p "$cache" && [ -w "$cache" ] ||
        die "Nothing can be written to $cache. Set CALLCENTER_CACHE to a folder you may write to."
    root=$(unpacked_root)

    exec 9>"$cache/$KEPT_AS.lock"
    flock -n 9 || { say "Another install is under way; waiting for it." && flock 9; }
    [ ! -d "$root" ] || return 0

    # Whoever left these is dead, for we hold the lock.
    rm -rf "$cache/$KEPT_AS"-*.partial
    work=$root.partial
    need_space
    find_mirror
    find_keyring
    trap clean_up EXIT
    trap 'exit 1' HUP INT TERM
    mkdir -p "$work/root"
    write_apt_settings
    download
    unpack
    check
    mv "$work/root" "$root"
}

unpacked_root() {
    printf '%s/%s-%s-%s\n' "$(cache_dir)" "$KEPT_AS" "$SUITE" "$(dpkg --print-architecture 2>/dev/null)"
}
