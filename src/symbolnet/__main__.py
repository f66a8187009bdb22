"""`python -m symbolnet` is the command `symbolnet`."""

from symbolnet.cli import main

if __name__ == "__main__":
    main()
