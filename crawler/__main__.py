"""`python -m crawler` is `gongwen`."""

from crawler.cli.main import main

main()
