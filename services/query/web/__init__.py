"""The doors of query.

api         the JSON API
documents   answers as JSON documents
privileged  who is shown what only few may read goes on record
pages/      the pages for people
people/     the pages about people, for the office
"""
