#!/bin/sh
# The main job from end to end, in a directory of its own: the example mail is read, the cases are
# listed, one is shown with its reasons, and one acknowledgement as the customer gets it.
# Nothing leaves this machine: the demo's configuration only queues mail.
set -eu

examples=$(cd "$(dirname "$0")" && pwd)
demo=${DEMO_DIRECTORY:-.demo}
lang=${DEMO_LANG:-it}

rm -rf "$demo"
mkdir -p "$demo"
cp -R "$examples/maildir" "$demo/Maildir"
# A copy is as old as the moment it was made; they arrive in the order of their names.
for mail in "$demo"/Maildir/new/*; do touch "$mail"; done
mkdir -p "$demo/Maildir/tmp" "$demo/Maildir/new" "$demo/Maildir/cur"
demo=$(cd "$demo" && pwd)

# The firm's own configuration, with its directories here and its mail kept back.
sed -e "s|^path = \"~/Maildir\"|path = \"$demo/Maildir\"|" \
    -e "s|^path = \"~/.local/state/helpdeskctl\"|path = \"$demo/store\"|" \
    -e 's|^transport = .*|transport = "none"|' "$examples/config.toml" >"$demo/config.toml"
export HELPDESKCTL_CONFIG="$demo/config.toml"

run() {
    printf '\n$ helpdeskctl'
    for word in "$@"; do
        case $word in *" "*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
    helpdeskctl --lang "$lang" "$@"
}

# Tables as on a terminal, also where the output goes into a file.
[ -t 1 ] || export HELPDESKCTL_FORCE_TTY=1 COLUMNS=100

run ingest --backlog open
run list
run show 1
ident=$(helpdeskctl outbox list --json | sed -n 's/.*"id": "\([0-9a-f]*\)".*/\1/p' | head -n 1)
run outbox show "$ident"
