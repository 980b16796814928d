"""What query's API looks like, as an OpenAPI 3.1 document: generated, committed to docs/api, served.

operations   every operation of the API
reads        how every read is asked and answered
schemas      what its answers hold
log_schemas  what stands of the log in them
"""
