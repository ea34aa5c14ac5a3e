#!/usr/bin/env bash
# Installs Weft, the Jupyter kernel for concurrent Java: ./install.sh --help tells how.
# Written for bash 3.2, which macOS still ships.
set -euo pipefail
unset CDPATH

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
JUPYTER_SIDE=$HERE/jupyter
JARS=$HERE/magics/commands/target
VENV=$HERE/.venv
LOGS=$HERE/target
NEEDED_JDK=25
# the list of what an installation consists of; a folder without it is not ours to delete
MANIFEST=.weft-files
VENV_MARK=.weft-requirements

usage() {
    cat <<'TEXT'
Usage: ./install.sh [WHERE] [WHAT] [OPTIONS] [-- OPTIONS OF JUPYTER LAB]

Builds Weft and installs it as the Jupyter kernel "Java (Weft)". Where the machine has no
Jupyter, it makes a JupyterLab of its own in the folder .venv beside this script.

Where:
  --user           for you alone (the default)
  --sys-prefix     into the virtual or conda environment that is active
  --prefix DIR     below DIR/share/jupyter; /usr/local serves everybody on this machine

What, besides installing:
  --lab            open JupyterLab on the notebooks, in this terminal; Ctrl-C ends it
  --reports [DIR]  run every notebook and write each as an HTML page that needs no network
                   (default: target/reports beside this script); two run at a time, those
                   that measure alone
  --uninstall      remove the kernel from WHERE, and the JupyterLab that this script made

Options:
  --no-build       install what the last build left, without Maven
  --no-browser     with --lab: print the address, open no browser
  --as-java        run the notebooks of other Java kernels, too, whose kernel is named "java"
  --enable-preview cells may use the preview features of the JDK, such as StructuredTaskScope
  --no-cache       leave out the start-up caches (70 MB), which halve the time that a kernel takes to start
  -h, --help       this text

Needs a JDK 25 or newer, Maven and Python 3.10 or newer, and never root. The JDK is looked for in
JAVA_HOME, JAVA25_HOME, PATH, SDKMAN's folder and the usual folders of the system; WEFT_JDK_FOLDERS
(separated by colons) names other folders that hold JDKs, searched in place of the usual ones.

Examples:
  ./install.sh --lab
  ./install.sh --lab --no-browser -- --port=9999
  ./install.sh --sys-prefix
TEXT
}

say() { printf 'weft: %s\n' "$*"; }

fail() {
    printf 'weft: %s\n' "$*" >&2
    exit 1
}

misuse() {
    printf 'weft: %s\nRun %s --help for the options.\n' "$*" "$0" >&2
    exit 2
}

absolute() {
    case $1 in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s/%s\n' "$PWD" "$1" ;;
    esac
}

# ---------------------------------------------------------------------------------- options

where=user
prefix=
what=install
reports=$HERE/target/reports
build=yes
browser=yes
cache=yes
preview=no
as_java=no
lab_options=()

choose_what() {
    [ "$what" = install ] || misuse "--$what and --$1 can't be done in one run"
    what=$1
}

while [ $# -gt 0 ]; do
    case $1 in
        --user) where=user ;;
        --sys-prefix) where=environment ;;
        --prefix)
            [ -n "${2:-}" ] || misuse "--prefix needs a folder"
            where=prefix
            prefix=$(absolute "$2")
            shift
            ;;
        --prefix=?*)
            where=prefix
            prefix=$(absolute "${1#--prefix=}")
            ;;
        --lab) choose_what lab ;;
        --reports)
            choose_what reports
            case ${2:-} in
                '' | -*) ;;
                *)
                    reports=$(absolute "$2")
                    shift
                    ;;
            esac
            ;;
        --reports=?*)
            choose_what reports
            reports=$(absolute "${1#--reports=}")
            ;;
        --uninstall) choose_what uninstall ;;
        --no-build) build=no ;;
        --no-browser) browser=no ;;
        --no-cache) cache=no ;;
        --enable-preview) preview=yes ;;
        --as-java) as_java=yes ;;
        -h | --help)
            usage
            exit 0
            ;;
        --)
            shift
            lab_options=(${1+"$@"})
            break
            ;;
        *) misuse "unknown option $1" ;;
    esac
    shift
done
if [ ${#lab_options[@]} -gt 0 ] && [ "$what" != lab ]; then
    misuse "options after -- go to JupyterLab, which only --lab starts"
fi

# ------------------------------------------------------------------------- what it needs

# The version of the JDK in folder $1, or nothing where there is none: a run-time image
# without compiler and JShell can't be a kernel.
jdk_version() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -x "$1/bin/jshell" ] || return 0
    if [ -f "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$1/release"
    else
        "$1/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.version = //p'
    fi
}

# The folders in which a JDK may be, best first, one a line.
jdk_candidates() {
    printf '%s\n' "${JAVA_HOME:-}" "${JAVA25_HOME:-}"
    if command -v java >/dev/null 2>&1; then
        # asks Java itself, since /usr/bin/java may be a link to a link, or a launcher
        java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p' || true
    fi
    if [ -n "${WEFT_JDK_FOLDERS+set}" ]; then
        local IFS=:
        for folder in $WEFT_JDK_FOLDERS; do
            printf '%s\n' "$folder" "$folder"/*
        done
        return
    fi
    printf '%s\n' \
        "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* \
        "$HOME"/.jdks/* \
        "$HOME"/.local/share/mise/installs/java/* \
        "$HOME"/.asdf/installs/java/* \
        "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/*jdk* /opt/*jdk* /opt/java/* /opt/jdks/*
}

jdk=
jdk_found=
find_jdk() {
    local home version major
    while IFS= read -r home; do
        [ -n "$home" ] || continue
        version=$(jdk_version "$home")
        [ -n "$version" ] || continue
        major=${version%%[!0-9]*}
        if [ "$major" -ge "$NEEDED_JDK" ]; then
            jdk=$(cd "$home" && pwd)
            jdk_found=$version
            return 0
        fi
        case $jdk_found in
            *"in $home"*) ;;
            *) jdk_found="$jdk_found${jdk_found:+, }$version in $home" ;;
        esac
    done <<LIST
$(jdk_candidates)
LIST
    return 1
}

python=
find_python() {
    local name
    for name in python3 python; do
        if command -v "$name" >/dev/null 2>&1 \
            && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
            python=$(command -v "$name")
            return 0
        fi
    done
    return 1
}

# Everything that is missing, told in one message rather than one a run.
check_needs() {
    local missing=
    if ! find_jdk; then
        missing="
  a JDK $NEEDED_JDK or newer (found: ${jdk_found:-none at all})
      Debian, Ubuntu:  sudo apt install openjdk-25-jdk     macOS:   brew install openjdk@25
      Fedora:          sudo dnf install java-25-openjdk-devel   SDKMAN:  sdk install java 25-tem
      or unpack one from https://adoptium.net anywhere and set JAVA_HOME to its folder"
    fi
    if [ "$build" = yes ] && ! command -v mvn >/dev/null 2>&1; then
        missing="$missing
  Maven (no mvn on PATH)
      Debian, Ubuntu:  sudo apt install maven     macOS:   brew install maven
      Fedora:          sudo dnf install maven     SDKMAN:  sdk install maven"
    fi
    if ! find_python; then
        missing="$missing
  Python 3.10 or newer (no such python3 on PATH)
      Debian, Ubuntu:  sudo apt install python3 python3-venv     macOS:   brew install python
      Fedora:          sudo dnf install python3                  or from https://www.python.org"
    fi
    [ -z "$missing" ] || fail "nothing was changed, since these are missing:$missing"
}

# ------------------------------------------------------------------------------- the parts

# What to tell of a log that a tool left when it failed.
show_end_of() {
    printf '\n' >&2
    tail -n 15 "$1" | sed 's/^/    /' >&2
    printf '\n' >&2
    if grep -qiE 'unknown ?host|name resolution|failure in name|unreachable|connection (refused|timed out|reset)|connect timed out|newConnectionError|new connection|offline' "$1"; then
        printf 'weft: the network does not answer; connect this machine, or set the proxy that it needs.\n' >&2
    fi
}

build_kernel() {
    local log=$LOGS/install-build.log
    mkdir -p "$LOGS"
    say "building with Maven and JDK $jdk_found (a minute or two the first time)"
    rm -rf "${JARS:?}/lib"
    if ! (cd "$HERE" && JAVA_HOME=$jdk mvn -q -B -Dmaven.test.skip=true -Dweft.unchecked -pl magics/commands -am package) >"$log" 2>&1; then
        show_end_of "$log"
        fail "the build failed, nothing was installed; the whole log is $log"
    fi
    # compiled without the checks for the authors: their next build compiles all anew, with them
    rm -rf "$HERE"/kernel/target/maven-status "$HERE"/magics/*/target/maven-status
}

# Sets `kernels` to the folder that holds the kernelspecs, `spec` to ours in it.
choose_place() {
    case $where in
        user)
            if [ -n "${JUPYTER_DATA_DIR:-}" ]; then
                kernels=$JUPYTER_DATA_DIR/kernels
            elif [ "$(uname)" = Darwin ]; then
                kernels=$HOME/Library/Jupyter/kernels
            else
                kernels=${XDG_DATA_HOME:-$HOME/.local/share}/jupyter/kernels
            fi
            ;;
        environment)
            prefix=${VIRTUAL_ENV:-${CONDA_PREFIX:-}}
            [ -n "$prefix" ] || fail "--sys-prefix installs into the active environment, and none is active:" \
                "activate one first (. ENV/bin/activate), or name its folder with --prefix"
            kernels=$prefix/share/jupyter/kernels
            ;;
        prefix) kernels=$prefix/share/jupyter/kernels ;;
    esac
    spec=$kernels/weft
}

# True where $1 is free or holds an installation of ours, whole or broken.
is_ours() {
    [ ! -e "$1" ] && [ ! -L "$1" ] && return 0
    [ ! -L "$1" ] && { [ -f "$1/$MANIFEST" ] || grep -qs 'io\.weft\.kernel\.Main' "$1/kernel.json"; }
}

refuse_foreign_spec() {
    is_ours "$spec" || fail "$spec is there already and is not Weft's, so it stays as it is;" \
        "move it away and run this again, or install elsewhere with --prefix"
}

# The folders that have to be made for $1 to exist, outermost first.
missing_folders() {
    [ -d "$1" ] && return
    missing_folders "$(dirname "$1")"
    printf '%s\n' "$1"
}

install_spec() {
    local jar made new old
    jar=$(find "$JARS" -maxdepth 1 -name 'weft-magics-*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' 2>/dev/null | head -n 1 || true)
    if [ -z "$jar" ] || [ ! -d "$JARS/lib" ]; then
        fail "there is no build to install in $JARS; run this without --no-build"
    fi
    refuse_foreign_spec
    # folders that the first installation made are remembered, so that --uninstall can remove them
    if [ -f "$spec/$MANIFEST" ]; then
        made=$(sed -n 's/^made //p' "$spec/$MANIFEST")
    else
        made=$(missing_folders "$kernels")
    fi
    mkdir -p "$kernels" 2>/dev/null || true
    [ -w "$kernels" ] || fail "can't write to $kernels; choose another place with --user, --sys-prefix or --prefix"

    # filled beside the old one and then moved into its place: a kernel that runs keeps its own jars
    new=$kernels/.weft-new-$$
    old=$kernels/.weft-old-$$
    trap 'rm -rf "$new" "$old"' EXIT
    trap 'exit 130' INT TERM
    mkdir -p "$new/lib"
    cp "$JARS"/lib/*.jar "$jar" "$new/lib/"
    cp "$JUPYTER_SIDE"/kernelspec/logo-* "$new/"
    JAVA=$jdk/bin/java LIB=$spec/lib PREVIEW=$preview "$python" - "$JUPYTER_SIDE/kernelspec/kernel.json" "$new/kernel.json" <<'PYTHON'
import json, os, sys

with open(sys.argv[1], encoding="utf-8") as template:
    spec = json.load(template)
spec["argv"] = [part.replace("@JAVA@", os.environ["JAVA"]).replace("@LIB@", os.environ["LIB"]) for part in spec["argv"]]
if os.environ["PREVIEW"] == "yes":
    spec["argv"].insert(1, "--enable-preview")
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(spec, file, indent=2)
    file.write("\n")
PYTHON
    {
        (cd "$new" && find . -type f | sed 's|^\./|file |')
        printf 'file %s\n' weft.aot weft.aot.config
        (cd "$new" && find . -name 'weft-concurrent-*.jar' | sed 's|^\./|file |; s|jar$|aot|')
        [ -z "$made" ] || printf '%s\n' "$made" | sed 's/^/made /'
    } >"$new/$MANIFEST.tmp"
    mv "$new/$MANIFEST.tmp" "$new/$MANIFEST"
    [ ! -e "$spec" ] || mv "$spec" "$old"
    mv "$new" "$spec"
    rm -rf "$old"
    trap - EXIT INT TERM
    "$jdk/bin/java" -cp "$spec/lib/*" io.weft.kernel.Main --version >/dev/null \
        || fail "the kernel in $spec does not start on $jdk; see above why"
    [ "$cache" = no ] || make_cache
    install_alias
    say "installed Java (Weft) in $spec, to run on JDK $jdk_found in $jdk"
}

# Gives the kernel a second name, by which the notebooks of IJava, JJava and others ask for it.
install_alias() {
    local alias=$kernels/java
    if [ "$as_java" = no ]; then
        # one that an earlier installation made goes on with the options of this one
        grep -qs 'io\.weft\.kernel\.Main' "$alias/kernel.json" || return 0
    fi
    if [ -e "$alias/kernel.json" ] && ! grep -qs 'io\.weft\.kernel\.Main' "$alias/kernel.json"; then
        fail "$alias is there already and is not Weft's, so it stays as it is; Java (Weft) is" \
            "installed, but not as \"java\""
    fi
    mkdir -p "$alias"
    cp "$spec/kernel.json" "$spec"/logo-* "$alias/"
    say "installed it in $alias as well, for notebooks that ask for the kernel \"java\""
}

uninstall_alias() {
    local alias=$kernels/java
    grep -qs 'io\.weft\.kernel\.Main' "$alias/kernel.json" || return 0
    rm -f "$alias/kernel.json" "$alias"/logo-*
    rmdir "$alias" 2>/dev/null || true
}

# Has the kernel start once while the JVM writes down what that took, for later starts to be fast.
make_cache() {
    local log=$LOGS/install-cache.log
    mkdir -p "$LOGS"
    say "starting the kernel once, so that it starts fast from now on"
    if ! "$python" "$JUPYTER_SIDE/startup_cache.py" "$spec" >"$log" 2>&1; then
        say "that did not work, so the kernel starts more slowly than it could; why is in $log"
    fi
    if ! "$jdk/bin/java" -cp "$(echo "$spec"/lib/weft-concurrent-*.jar)" io.weft.concurrent.StartupCache >>"$log" 2>&1; then
        say "worker JVMs start more slowly than they could; why is in $log"
    fi
}

# Sets `lab_python` to a Python that has JupyterLab: $1 is `any` where that of the machine will
# do, `own` where it has to be ours, with the versions of requirements.txt.
prepare_lab() {
    local log=$LOGS/install-lab.log wanted lab
    if [ "$1" = any ]; then
        lab=$(command -v jupyter-lab || true)
        if [ -n "$lab" ] && [ ! -f "$VENV/$VENV_MARK" ]; then
            case $("$lab" --version 2>/dev/null) in
                [4-9].* | [1-9][0-9].*)
                    lab_command=("$lab")
                    return
                    ;;
            esac
        fi
    fi
    lab_command=("$VENV/bin/python" -m jupyterlab)
    wanted=$(cksum <"$JUPYTER_SIDE/requirements.txt")
    if [ -e "$VENV" ]; then
        [ -f "$VENV/$VENV_MARK" ] || fail "$VENV is there already and was not made by this script, so it stays as it is;" \
            "move it away, or install JupyterLab in it and activate it"
        if [ "$(cat "$VENV/$VENV_MARK")" = "$wanted" ] && "$VENV/bin/python" -c 'import jupyterlab' >/dev/null 2>&1; then
            return
        fi
        rm -rf "$VENV"
    fi
    say "making a JupyterLab in $VENV (a minute or two)"
    mkdir -p "$LOGS" "$VENV"
    echo unfinished >"$VENV/$VENV_MARK"
    if ! "$python" -m venv "$VENV" >"$log" 2>&1; then
        show_end_of "$log"
        fail "$python can't make a virtual environment; on Debian and Ubuntu: sudo apt install python3-venv"
    fi
    if ! "$VENV/bin/python" -m pip install --disable-pip-version-check -r "$JUPYTER_SIDE/requirements.txt" >"$log" 2>&1; then
        show_end_of "$log"
        fail "JupyterLab could not be downloaded, so there is none yet; the kernel itself is installed in $spec" \
            "and serves any other Jupyter. Run this again to try once more; the whole log is $log"
    fi
    # no pop-up that asks to fetch Jupyter's news
    "$VENV/bin/python" -m jupyter labextension disable '@jupyterlab/apputils-extension:announcements' >>"$log" 2>&1 || true
    printf '%s\n' "$wanted" >"$VENV/$VENV_MARK"
}

# A Jupyter that runs in another environment finds the kernel only if told where.
show_kernel_to_jupyter() {
    [ "$where" = user ] || export JUPYTER_PATH="$prefix/share/jupyter${JUPYTER_PATH:+:$JUPYTER_PATH}"
}

open_lab() {
    local options=()
    show_kernel_to_jupyter
    [ "$browser" = yes ] || options+=(--no-browser)
    # Jupyter refuses to run as root unless told to; in a container there is often nobody else
    [ "$(id -u)" != 0 ] || options+=(--allow-root)
    say "JupyterLab starts now; Ctrl-C ends it"
    cd "$HERE/notebooks"
    exec "${lab_command[@]}" 00-start-here.ipynb ${options[@]+"${options[@]}"} ${lab_options[@]+"${lab_options[@]}"}
}

write_reports() {
    show_kernel_to_jupyter
    "$VENV/bin/python" "$JUPYTER_SIDE/reports.py" "$HERE/notebooks" "$reports"
}

uninstall() {
    local file folder
    refuse_foreign_spec
    uninstall_alias
    if [ -e "$spec" ]; then
        folder=$([ ! -f "$spec/$MANIFEST" ] || sed -n 's/^made //p' "$spec/$MANIFEST")
        if [ -f "$spec/$MANIFEST" ]; then
            while IFS= read -r file; do rm -f "$spec/$file"; done <<LIST
$(sed -n 's/^file //p' "$spec/$MANIFEST")
LIST
            rm -f "$spec/$MANIFEST"
        else
            rm -rf "${spec:?}/lib" "$spec/kernel.json" "$spec"/logo-*
        fi
        rmdir "$spec/lib" "$spec" 2>/dev/null || true
        if [ -e "$spec" ]; then
            say "removed the kernel from $spec, but left the files there that are not Weft's"
        else
            say "removed the kernel from $spec"
        fi
        printf '%s\n' "$folder" | sort -r | while IFS= read -r file; do
            [ -z "$file" ] || rmdir "$file" 2>/dev/null || true
        done
    else
        say "no kernel in $spec"
    fi
    if [ -f "$VENV/$VENV_MARK" ]; then
        rm -rf "$VENV"
        say "removed the JupyterLab in $VENV"
    fi
}

# ------------------------------------------------------------------------------------- run

kernels=
spec=
lab_command=()
choose_place
if [ "$what" = uninstall ]; then
    uninstall
    exit 0
fi
check_needs
refuse_foreign_spec
[ "$build" = no ] || build_kernel
install_spec
case $what in
    lab)
        prepare_lab any
        open_lab
        ;;
    reports)
        prepare_lab own
        write_reports
        ;;
    install)
        if [ "$where" = user ] && ! command -v jupyter >/dev/null 2>&1; then
            prepare_lab own
            say "run ./install.sh --lab to open it on the notebooks"
        fi
        ;;
esac
