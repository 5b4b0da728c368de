"""The entry point: decides only whether this is a pipe, before anything else is imported.

A mail system bounces to the customer whatever a pipe prints or any exit code but 0 and 75
(behaviour.md §2), so `ingest -` must not meet a command line parser that prints usage errors.
"""

import sys


def is_pipe(argv: list[str]) -> bool:
    """Whether the arguments say `ingest` with a lone `-` after it."""
    return "ingest" in argv and "-" in argv[argv.index("ingest") + 1 :]


def main() -> int:
    """Run the command line; the exit code (helpdeskctl.cli.exit_codes)."""
    argv = sys.argv[1:]
    if is_pipe(argv):
        from helpdeskctl.cli.pipe import run_pipe

        return run_pipe(argv)
    from helpdeskctl.cli.main import run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
