"""What intake's API looks like, as an OpenAPI 3.1 document: generated, committed to docs/api, served.

operations   every operation of the API
schemas      what is submitted, by the contract's own types
field_words  what the fields of submissions are called
examples     an example of each, in Chinese; a test has every one of them validated
"""
