"""What a unit prepares before it is filed: what waits for the head's signature, and forms that are being typed.

schema.sql   the tables, in the schema `intake`; they may be lost
tables       a connection to them, made where they are missing
submissions  what waits for its signature, was returned, or was signed: the only SQL about it
form_drafts  forms as they are being typed: the only SQL about them
held_evidence  files that what waits cites
passing_on   what was prepared about an item that another unit leads since
queue_sizes  how much waits, for the header of every page
sign_off     prepare, sign, return, take back: who may, and what becomes of it
"""
