"""The documents that notices are: what they say, and how they look in HTML and in plain text."""
