"""The command line: options → one use case → one format. One file per noun."""
