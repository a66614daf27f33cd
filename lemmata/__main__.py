"""`python -m lemmata` is the command line."""

from .cli import main

main()
