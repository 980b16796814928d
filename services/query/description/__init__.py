"""What query's API looks like, as an OpenAPI 3.1 document: generated, committed to docs/api, served.

operations  every operation of the API
schemas     what its answers hold
"""
