"""The pages about people, for the office: list, add, change, disable, hand over, absence, import.

rights          who may do what to whom: the table, and whose roles the operator sees to
desk            one request: who asks, in which jurisdiction, about whom; and what becomes of an act
forms           what is typed, checked field by field
routes          the list, a person, and what is done to one
import_routes   a list as a file: previewed, then imported
list_reader     lists, read beside the event loop (list_check: the process that reads them)
place_routes    units and leaders' posts: the list, and adding one
account_routes  accounts for many at a time
pages           how a page is made
"""
