#!/bin/sh
# Starts the "++" icon at the login of the person who runs this, or of everybody: a desktop entry in the
# directory that every desktop reads (XDG Autostart).
#
#     autostart-linux.sh install [PROGRAM]        for this person; PROGRAM: where helpdeskctl-tray lies
#     autostart-linux.sh install-all [PROGRAM]    for everybody (as root)
#     autostart-linux.sh remove | remove-all
set -eu

usage() {
    sed -n 's/^#     //p' "$0" >&2
    exit 2
}

case ${1-} in
install | remove) directory=${XDG_CONFIG_HOME:-$HOME/.config}/autostart ;;
install-all | remove-all) directory=/etc/xdg/autostart ;;
*) usage ;;
esac
entry=$directory/helpdeskctl-tray.desktop

case $1 in
remove | remove-all)
    rm -f "$entry"
    exit 0
    ;;
esac

program=${2-$(command -v helpdeskctl-tray || true)}
if [ ! -x "$program" ]; then
    echo "helpdeskctl-tray was not found: name it, as in $0 $1 /opt/helpdeskctl-tray/helpdeskctl-tray" >&2
    exit 1
fi
case $program in
*[\"\`\$\\%]*)
    echo "A desktop entry cannot hold this path: $program" >&2
    exit 1
    ;;
/*) ;;
*) program=$PWD/$program ;;
esac

mkdir -p "$directory"
cat >"$entry" <<END
[Desktop Entry]
Type=Application
Name=Assistenza
Name[en]=Support
Comment=Segnala un problema all'assistenza
Comment[en]=Report a problem to support
Exec="$program"
Terminal=false
Categories=Utility;
X-GNOME-Autostart-enabled=true
END
echo "$entry"
