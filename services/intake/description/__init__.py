"""What intake's API looks like, as an OpenAPI 3.1 document: generated, committed to docs/api, served.

operations   every operation of the API, in its order; those about submissions and receipts
programmes   the operations about whole programmes
evidence     the operations about files
parameters   what several operations have in common
schemas      what is submitted, by the contract's own types
field_words  what the fields of submissions are called
examples     an example of each, in Chinese; a test has every one of them validated
"""
