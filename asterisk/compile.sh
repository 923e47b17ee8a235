# How a library that Asterisk loads is made of a file in C beside us, by whatever compiler there is.
# Who sources this has lib.sh, and sets HERE.
# Environment: CALLCENTER_PBX_DIR (folder that it is made in).
# shellcheck shell=sh disable=SC2154

# by_any_compiler NAME INTO LOST: as it was made before, for a machine without one, or now.
by_any_compiler() {
    if [ -e "$HERE/$1.so" ]; then cp "$HERE/$1.so" "$2" && return; fi
    for compiler in cc gcc clang; do
        ! command -v "$compiler" >/dev/null ||
            { "$compiler" -shared -nostdlib -fPIC -O2 -o "$2" "$HERE/$1.c" && return; }
    done
    say "There is no C compiler here (Debian's package gcc has one), so $3."
    return 1
}

# compile NAME LOST: make NAME.so of NAME.c, unless that is done; LOST says what is so without it.
compile() {
    library=$CALLCENTER_PBX_DIR/$1.so
    [ ! "$library" -nt "$HERE/$1.c" ] || [ ! "$library" -nt "$HERE/module.h" ] || return 0
    # A running Asterisk keeps the one it has.
    trap 'rm -f "$library.$$"' EXIT
    by_any_compiler "$1" "$library.$$" "$2"
    mv "$library.$$" "$library"
}
