"""Mail as it really comes, as a `Message`: mail-parser reads it, this package makes good what that loses.

It knows MIME, charsets, HTML, delivery reports and Italian certified mail; it knows no desk, no case and
no store. Everything it hands on is decoded, free of control characters, and hostile all the same.
"""

from helpdeskctl.adapters.mail_parser.parsing import contents, parse, peek

__all__ = ["contents", "parse", "peek"]
