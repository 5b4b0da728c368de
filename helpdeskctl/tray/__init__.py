"""The "++" icon beside the clock: a screenshot and a well-made mail in two clicks.

A corner of its own, for the customers' computers: it knows nothing of the desk but what the published
page says (the address, and how to write a contract number), and nothing of the desk knows it. It makes a
draft and opens it in the person's own mail program; it never sends, and no picture goes into a draft that
the person has not seen.

| module | knows |
|---|---|
| `words` | what is said, Italian and English |
| `settings` | the keys of the TOML, what is allowed, where the files lie |
| `geometry` | rectangles, scales |
| `draft` | the mail, as bytes and as a `mailto:` |
| `ways` | how each mail program is told, and in which order |
| `files` | the private files that a mail program reads |
| `programs` | which mail programs this computer has, and starting them |
| `active_window` | where the window in use lies (X11, Windows) |
| `screens`, `portal` | the screen as a picture |
| `pictures` | blackening, reducing, PNG |
| `icon`, `preview`, `preferences`, `app` | what a person sees |
| `command` | the command line, and exit codes |
"""
