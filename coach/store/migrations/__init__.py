"""The steps from each database to the next; ``HEAD`` is the newest, and a test compares it with them."""

HEAD = "0002"
