"""helpdeskctl: a help desk in a Maildir.

Save first, think purely, commit once, send later. Every entry is the same path: the pipe saves into the
inbox and ingests that one mail, the batch ingests each mail of the inbox, `classify` stops before
anything is written.

| # | value | step | if it stops right after |
|---|---|---|---|
| 1 | bytes | saved in the inbox: tmp, fsync, `new/`, fsync | before: exit 75; after: the next run finds it |
| 2 | `Message` | kept in the store, parsed (unreadable: held) | run again |
| 3 | `Context` | locked; looked up what the mail can touch | run again |
| 4 | `Decision` | pure: the table of `domain.decision` | run again |
| 5 | `Happened`, mails | pure: `domain.effects`, `domain.answers` | run again |
| 6 | committed | one replacement of the case's shard | the next run finds the mail known, goes on at 7 |
| 7 | filed | one rename: inbox → `.Cases.YYYY-MM` | nothing left but 8 |
| 8 | sent | the transport, then marked sent | at worst one mail twice |

The states of a mail, by where it lies:

| inbox | store | means |
|---|---|---|
| yes | nowhere | arrived; nothing decided yet |
| yes | raw mail only | a run was cut short; decided anew |
| yes | in a case or the ledger | committed, not yet filed; the first outcome stands |
| filed | in a case or the ledger | dealt with |
| gone | in a case or the ledger | an IMAP client tidied up: nothing is lost |

Dependencies point inwards: `cli` → `adapters` → `application` → `domain`.
"""

__version__ = "0.1.0"
