"""One outside thing per file or folder: Maildir, parser, store, transports, configuration, texts.

Adapters implement the ports of `helpdeskctl.application.ports` and never know each other.
"""
