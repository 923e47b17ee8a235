# What the scripts of this folder share: where Asterisk is and how a program of it is started.
# Environment: CALLCENTER_CACHE, XDG_CACHE_HOME, HOME (where an unpacked Asterisk is kept).
# shellcheck shell=sh

# Asterisk is often in a folder that only root has on PATH.
PATH=$PATH:/usr/sbin:/sbin
export PATH

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "$@"
    exit 1
}

# The folder that keeps downloads over restarts and checkouts.
cache_dir() {
    printf '%s\n' "${CALLCENTER_CACHE:-${XDG_CACHE_HOME:-${HOME:?is not set; set CALLCENTER_CACHE}/.cache}/callcenter}"
}

# Sets loader and libraries for the unpacked root $1. Only built-ins: a phrase must not wait for us.
find_loader() {
    for loader in "$1"/usr/lib*/ld-linux*.so.*; do break; done
    for libraries in "$1"/usr/lib/*-linux-gnu*; do break; done
    [ -e "$loader" ] && [ -d "$libraries" ] || die "$1 holds no unpacked programs. Remove it and try again."
}

# exec_in ROOT PROGRAM [ARGUMENT…]: become PROGRAM of ROOT, with its own C library if ROOT was unpacked.
# If loaded_first is set, that library is loaded ahead of all others.
exec_in() {
    root=${1%/} program=$2
    shift 2
    [ -n "$root" ] || exec env ${loaded_first:+"LD_PRELOAD=$loaded_first"} "${program##*/}" "$@"

    find_loader "$root"
    unset LD_PRELOAD LD_LIBRARY_PATH
    export OPENSSL_CONF="$root/etc/ssl/openssl.cnf" OPENSSL_MODULES="$libraries/ossl-modules"
    export GCONV_PATH="$libraries/gconv" ESPEAK_DATA_PATH="$libraries"
    exec "$loader" ${loaded_first:+--preload "$loaded_first"} --inhibit-cache --argv0 "${program##*/}" \
        --library-path "$libraries:$libraries/pulseaudio:$libraries/blas:$libraries/lapack" \
        "$root$program" "$@"
}

# Sets dir and root for the Asterisk that asterisk/configure prepared.
find_configured() {
    dir=${CALLCENTER_PBX_DIR:?must name the folder that asterisk/configure wrote to}
    [ -r "$dir/root" ] || die "$dir holds no configuration. Run asterisk/configure first."
    dir=$(cd "$dir" && pwd)
    read -r root <"$dir/root"
}
