"""How fast and how large helpdeskctl is, beside its peers: `make bench` (see docs/performance.md)."""
