"""What only pretends, for trying out and for tests; in no wheel and no image.

parts              its parts of a stack, beside the services
issuer, mint       the sign-in where anybody may be anybody: its pages, its tokens
simulated_only     refuses to work where something real is on the log
people             who they are, read off the programme files
mail/              the mail server that delivers nothing and shows everything
year/              the simulated year
directory.yaml     where the simulated people are reached: in that mailbox
"""
