"""Query: everything on the log can be looked at; rows in PostgreSQL that are rebuilt from the log at any time.

follow/      the three topics into rows, one transaction a batch; the rebuild
read_model/  the tables and the only SQL
answers/     what an answer holds, and who may see what of it
web/         the JSON API and the pages
description/ what the API looks like: the OpenAPI document
app          builds everything from the settings
ops          liveness, readiness and metrics for the operator
metrics      what Prometheus scrapes
settings     QUERY_... from the environment

Imports go one way: web to answers to read_model, and follow to read_model.
"""
