"""`python -m helpdeskctl.tray`, and what PyInstaller starts from."""

import sys

from helpdeskctl.tray.command import main

if __name__ == "__main__":
    sys.exit(main())
