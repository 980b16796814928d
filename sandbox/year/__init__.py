"""The simulated year: units, leaders and the office live through a programme over the public HTTP interfaces."""
