"""The command `meta-prefect`."""

from meta_prefect._command.launcher import main

if __name__ == "__main__":
    raise SystemExit(main())
