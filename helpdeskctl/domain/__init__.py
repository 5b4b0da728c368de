"""The domain: what a help desk by mail is, as values and pure functions.

It knows no file, no clock, no library, no language of the user. What must be read is read
beforehand and handed in; what must happen is handed back as a value.
"""
