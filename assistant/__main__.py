"""`python -m assistant` is `penala`."""

import sys

from assistant.cli import main

sys.exit(main())
