"""Who people are: persons, units, jurisdictions and how they are reached. Personal data lies here and nowhere else.

persons        a person and what can happen to one; the log has the id alone
register       the whole directory at one moment, and whose name an event's actor has
contacts       who can be reached under a role, and where
plain_text     what a name or an address may look like
store          the directory in PostgreSQL (schema.sql)
copy           a service's copy of it, which goes on while PostgreSQL is down
contacts_file  contacts by role in a YAML file
administration what an office and the operator do to people, in the directory and with their accounts
people_list/   a list of people as a file: read, compared with the directory, written
accounts       what the sign-in provider holds of a person: credentials
keycloak       accounts at Keycloak, by its Admin REST API
"""
