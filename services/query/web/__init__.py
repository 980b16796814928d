"""The doors of query.

api         the JSON API
documents   answers as JSON documents
changes     the stream of changes, for whom they concern
pages/      the pages for people
people/     the pages about people, for the office
"""
