"""The bench: what it shows comes from what it recorded, and its peers do what they are measured at."""
