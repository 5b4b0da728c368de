"""The store: cases, ledger, raw mails, as plain JSON that TinyDB opens and `jq` queries (behaviour.md §10).

Below its directory, whose group and mode everything takes:

| path | what | how it changes |
|---|---|---|
| `format` | the version of this layout | written once, first |
| `secret` | the key of our Message-IDs | written once |
| `backlog` | what was decided about mail older than this desk | replaced |
| `lock`, `send.lock` | locks of writers and of the sender; the latter names the mail on its way | never |
| `cases/0000/00000001.json` | the cases 1 to 50 in full | replaced: that is the commit |
| `ledger/2026-11-24/001.json` | mails of no case, at most 200 | replaced |
| `*.json.previous` | what such a file was before | replaced |
| `*.new` | what a file is about to be | gone after a commit |
| `registry.json` | customers and contracts | replaced |
| `mail/2026-11-24/KEY` | the raw mails | linked or copied once |
| `tmp/` | raw mails while they are copied | |
| `intent` | what a commit is about to do | appended to; see `intents` |
| `index/` | derived: finds the above | appended to; see `index` |

A mail replaces one shard, or one ledger file, and adds a line to some six files of the index, however
many cases there are. A commit that was stopped anywhere is given up or carried out whole by the next
transaction. Readers need no lock: files are replaced whole, and an index line that is not there yet
means a case not seen yet.
"""

from helpdeskctl.adapters.tinydb_store.store import TinyDbStore

__all__ = ["TinyDbStore"]
