"""What the doors of the services share.

identity         who asks, as the claims of a token say, by a mapping that is a setting
keys             the public keys of whoever signs tokens: read or fetched, rotated, gone when unreadable
tokens           access tokens checked against them, and remembered for a short while
provider         the sign-in provider, any that speaks OpenID Connect
sessions         sessions of people, in PostgreSQL (sessions.sql)
cookies          the cookies of the one address that people use
visitor          who asks: by bearer token, by session, or nobody known
sign_in          signing in and out: to the provider and back (sign_in_pages: its own pages)
security_events  one structured line each, counted
rights           what an identity may do, by the table of rights
gate             before every handler: which operation it is, and whether this role may do it at all
privileged_reads who read what only few may read, in PostgreSQL (privileged_reads.sql)
header           the header of every page; templates/ and static/design.css are the design of all pages
addresses        addresses that every page knows, and which ones nobody is sent to
root_path        an application below people's address answers with that prefix and without
language         the language of a page, and of what is Chinese on an English one
download         a workbook that a browser saves
assets           files of the project that pages need
request_limits   how much one account, one address and all together may ask for
body_deadline    a body that comes too slowly is given up; a short one is read before the answer
connections      so many connections, and headers in time
doors            a service's two doors: one for people and programs, one for the operator (ports)
operator_door    what the operator asks every service: liveness, readiness, metrics
provider_client  the client with which the provider is asked
problem          errors as RFC 9457 problem documents
openapi          how the OpenAPI documents are made (api_page: as a page to read, with templates/api.html)
entrance         what a request may look like, what every answer says
failures         what no handler expected: one line, the traceback once a minute
"""
