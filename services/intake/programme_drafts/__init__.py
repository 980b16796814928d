"""Drafts of programmes, in PostgreSQL: made, compared and checked by the office before anything is on the log.

draft            a programme that is still being made: empty, of last year's, with what a form or a ledger changes
store            drafts and their versions in PostgreSQL (schema.sql): the only SQL about them
ledger_import    what a ledger would change in a draft, with every problem at its cell
year_calendar    the whole year as a calendar: what would be due when
version_changes  two versions of a draft, compared
period_goals     what a ledger expects of an item by period: where its plan may begin
published        a published programme, as the roster knows it, as what next year's draft is made of
policies         the policies that a draft may choose from
holidays         the holidays that are announced; nothing else knows of the library that has them
"""
