"""The store: cases, ledger, raw mails, as plain JSON that TinyDB opens and `jq` queries (behaviour.md §10).

Below its directory:

| path | what | how it changes |
|---|---|---|
| `format` | the version of this layout | written once |
| `lock`, `send.lock` | locks of writers and of the sender | never |
| `secret` | the key of our Message-IDs | written once |
| `cases/0000/00000001.json` | the cases 1 to 50, whole | replaced: that is the commit |
| `ledger/2026-11-24/001.json` | mails of no case, at most 200 | replaced |
| `mail/2026-11-24/KEY` | the raw mails | linked once |
| `index/…` | derived: finds the above | appended to |
| `intent` | the files a commit is about to replace | appended to |
| `backlog` | what was decided about mail older than this desk | written once |

A commit: raw mails durable, intent durable, files replaced, index lines appended, intent done. Stopped
anywhere, the next transaction mends the index from the files that the intent names. Readers need no
lock: files are replaced whole, and an index line that is not there yet means a case not seen yet.
"""

from helpdeskctl.adapters.tinydb_store.store import TinyDbStore

__all__ = ["TinyDbStore"]
